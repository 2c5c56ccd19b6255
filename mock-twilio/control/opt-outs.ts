import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

/** Twilio's API does not show who opted out; a test may look. */
export const optOutControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
}> = (app, { world }, done) => {
  app.get('/_mock/opt-outs', request => world(worldNameIn(request)).optOuts.list())

  app.delete(
    '/_mock/opt-outs',
    { schema: { querystring: Type.Object({ handset: Type.Optional(Type.String()) }) } },
    (request, reply) => {
      const { optOuts } = world(worldNameIn(request))
      const { handset } = request.query
      if (handset === undefined) optOuts.clear()
      for (const optOut of optOuts.list()) {
        if (optOut.handset === handset) optOuts.remove(optOut.handset, optOut.sender)
      }
      return reply.code(204).send()
    }
  )
  done()
}
