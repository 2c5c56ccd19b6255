import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import {
  freeAtOf,
  mostSegments,
  segmentsPerSecondOf,
  type SenderQueue
} from '../carrier/sender-queues.ts'
import { senderTypeOf } from '../carrier/sender-type.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

/** What waits before each sender. Nothing ever does in a world of unlimited throughput. */
export const queueControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
}> = (app, { world }, done) => {
  app.get('/_mock/queues', request => {
    const where = world(worldNameIn(request))
    const senders = new Set([...where.numbersByPhone.keys(), ...where.carrier.queues.keys()])
    return {
      throughput: where.isThrottled ? 'realistic' : 'unlimited',
      queues: Array.from(senders, sender =>
        describe(where, sender, where.carrier.queues.get(sender))
      )
    }
  })
  done()
}

function describe(world: World, sender: string, queue: SenderQueue | undefined) {
  const segmentsPerSecond = segmentsPerSecondOf(world, sender)
  return {
    sender,
    type: senderTypeOf(sender),
    segments_per_second: segmentsPerSecond,
    waiting_messages: queue?.messages ?? 0,
    waiting_segments: queue?.segments ?? 0,
    most_segments: mostSegments(world, { segmentsPerSecond }),
    next_free_at: new Date(Math.ceil(freeAtOf(world, sender))).toISOString()
  }
}
