import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const statuses = [
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled'
] as const

const Wanted = Type.Object(
  {
    sid: Type.String(),
    status: Type.Optional(Type.Union(statuses.map(status => Type.Literal(status))))
  },
  { additionalProperties: false }
)

/** One more status callback of a message, now: a late one, a repeated one, or one that contradicts. */
export const callbackControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
  callbacks: StatusCallbacks
}> = (app, { world, callbacks }, done) => {
  app.post('/_mock/callbacks', { schema: { body: Wanted } }, (request, reply) => {
    const here = world(worldNameIn(request))
    const { sid } = request.body
    const message = here.messages.find(sid)
    if (message === undefined) throw new ControlRefusal(404, `no message ${sid} in ${here.name}`)
    if (message.statusCallback === null) {
      throw new ControlRefusal(409, `message ${sid} has no status callback`)
    }
    const { status = message.status } = request.body
    callbacks.tell(here, { ...message, status })
    return reply.code(202).send({ sid, status, url: message.statusCallback })
  })
  done()
}
