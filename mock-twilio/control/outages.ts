import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { addOutage, endOutage, findOutage, type Outage } from '../carrier/outages.ts'
import { OutageSeed } from '../seeds.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

/** Carriers go down and come back. */
export const outageControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
}> = (app, { world }, done) => {
  app.post('/_mock/outages', { schema: { body: OutageSeed } }, (request, reply) => {
    const outage = addOutage(world(worldNameIn(request)), request.body)
    return reply.code(201).send(describe(outage))
  })

  app.get('/_mock/outages', request =>
    world(worldNameIn(request)).carrier.outages.map(outage => describe(outage))
  )

  app.delete(
    '/_mock/outages/:id',
    { schema: { params: Type.Object({ id: Type.String() }) } },
    (request, reply) => {
      const where = world(worldNameIn(request))
      const outage = findOutage(where, request.params.id)
      if (outage === undefined) throw new ControlRefusal(404, `no outage ${request.params.id}`)
      endOutage(where, outage)
      return reply.code(204).send()
    }
  )
  done()
}

function describe(outage: Outage) {
  return {
    id: outage.id,
    from: new Date(outage.from).toISOString(),
    until: outage.until === null ? null : new Date(outage.until).toISOString(),
    carrier: outage.carrier,
    prefix: outage.prefix,
    effect: outage.effect,
    error_code: outage.errorCode,
    recovery_per_second: outage.recoveryPerSecond,
    /** Messages that wait for the carrier, or for their turn now that it is back. */
    held: outage.held.length - outage.released,
    is_over: outage.isOver
  }
}
