import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { conversationOf } from '../carrier/conversation.ts'
import type { InboundMessages } from '../carrier/inbound.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const strict = { additionalProperties: false }

const Handset = Type.Object({ number: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }) })

const Text = Type.Object(
  {
    to: Type.String({ description: 'a number of the world' }),
    body: Type.Optional(Type.String()),
    media_urls: Type.Optional(Type.Array(Type.String(), { maxItems: 10 })),
    media: Type.Optional(
      Type.Array(Type.Object({ content_type: Type.String(), base64: Type.String() }, strict), {
        maxItems: 10
      })
    )
  },
  strict
)

/** The phones of the people outside. */
export const handsetControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
  inbound: InboundMessages
}> = (app, { world, inbound }, done) => {
  app.post(
    '/_mock/handsets/:number/messages',
    { schema: { params: Handset, body: Text } },
    (request, reply) => {
      const { to, body = '', media_urls: urls = [], media = [] } = request.body
      const { sid } = inbound.receive(world(worldNameIn(request)), {
        from: request.params.number,
        to,
        body,
        media: [
          ...urls.map(url => ({ contentType: 'image/jpeg', source: { url } })),
          ...media.map(({ content_type: contentType, base64 }) => ({
            contentType,
            source: { bytes: Buffer.from(base64, 'base64') }
          }))
        ]
      })
      return reply.code(201).send({ sid })
    }
  )

  app.get('/_mock/handsets/:number', { schema: { params: Handset } }, request => {
    const { number } = request.params
    return { number, messages: conversationOf(world(worldNameIn(request)), number) }
  })
  done()
}
