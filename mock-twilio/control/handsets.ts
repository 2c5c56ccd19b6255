import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { conversationOf } from '../carrier/conversation.ts'
import { sourceOf } from '../carrier/handsets.ts'
import type { InboundMessages } from '../carrier/inbound.ts'
import { checkMedia, offFor, Persona } from '../carrier/persona.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const strict = { additionalProperties: false }

const Handset = Type.Object({ number: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }) })

const Text = Type.Object(
  {
    to: Type.String({ description: 'a number of the world' }),
    body: Type.Optional(Type.String({ maxLength: 16_000 })),
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
      const pictures = [...urls.map(url => ({ url })), ...media]
      checkMedia(pictures)
      const { sid } = inbound.receive(world(worldNameIn(request)), {
        from: request.params.number,
        to,
        body,
        media: pictures.map(sourceOf)
      })
      return reply.code(201).send({ sid })
    }
  )

  app.get('/_mock/handsets', request => {
    const here = world(worldNameIn(request))
    return [...here.handsets.byNumber.keys()].map(number => shown(here, number))
  })

  app.get('/_mock/handsets/:number', { schema: { params: Handset } }, request => {
    const here = world(worldNameIn(request))
    const { number } = request.params
    return { ...shown(here, number), messages: conversationOf(here, number) }
  })

  app.put(
    '/_mock/handsets/:number',
    { schema: { params: Handset, body: Persona } },
    (request, reply) => {
      const here = world(worldNameIn(request))
      const { number } = request.params
      const isNew = here.handsets.get(number) === undefined
      here.handsets.give(number, request.body)
      here.journal.append({ kind: 'handset.given', number })
      return reply.code(isNew ? 201 : 200).send(shown(here, number))
    }
  )

  app.delete('/_mock/handsets/:number', { schema: { params: Handset } }, (request, reply) => {
    const here = world(worldNameIn(request))
    const { number } = request.params
    if (!here.handsets.remove(number)) throw new ControlRefusal(404, `${number} has no persona`)
    here.journal.append({ kind: 'handset.removed', number })
    return reply.code(204).send()
  })
  done()
}

/** The persona and where it stands; of a number without one, the number alone. */
function shown(world: World, number: string): Record<string, unknown> {
  const handset = world.handsets.get(number)
  if (handset === undefined) return { number }
  const { persona, received, sent, step } = handset
  return {
    number,
    persona,
    state: {
      is_off: offFor(persona.off, world.now()) > 0,
      received,
      sent,
      script_step: step,
      pending: world.agenda
        .list()
        .filter(({ plan }) => plan.kind === 'handset.replies' && plan['number'] === number)
        .map(({ at, plan }) => ({
          at: new Date(at + world.clockOffsetMs).toISOString(),
          to: plan['to'],
          body: plan['body']
        }))
    }
  }
}
