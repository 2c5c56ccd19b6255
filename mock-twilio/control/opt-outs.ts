import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { recordOptIn, recordOptOut } from '../carrier/inbound-keywords.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const strict = { additionalProperties: false }

const NewOptOut = Type.Object(
  {
    handset: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }),
    sender: Type.String({ description: 'a number or a messaging service of the world' }),
    keyword: Type.Optional(Type.String({ minLength: 1, maxLength: 160 }))
  },
  strict
)

const Which = Type.Object(
  { handset: Type.Optional(Type.String()), sender: Type.Optional(Type.String()) },
  strict
)

/** Twilio's API does not show who opted out; a test may look, and decide. */
export const optOutControl: FastifyPluginCallbackTypebox<{
  world: (accountSid?: string) => World
}> = (app, { world }, done) => {
  app.get('/_mock/opt-outs', { schema: { querystring: Which } }, request => {
    const here = world(worldNameIn(request))
    return matching(here, request.query)
  })

  app.post('/_mock/opt-outs', { schema: { body: NewOptOut } }, (request, reply) => {
    const here = world(worldNameIn(request))
    const { handset, keyword = 'STOP' } = request.body
    const sender = senderOf(here, request.body.sender)
    if (sender === undefined) {
      const known = [...here.numbersByPhone.keys(), ...here.services.keys()].join(', ')
      throw new ControlRefusal(404, `${request.body.sender} is no sender here, but ${known}`)
    }
    const isNew = recordOptOut(here, { handset, sender, keyword })
    const [optOut] = matching(here, { handset, sender })
    return reply.code(isNew ? 201 : 200).send(optOut)
  })

  app.delete('/_mock/opt-outs', { schema: { querystring: Which } }, (request, reply) => {
    const here = world(worldNameIn(request))
    for (const { handset, sender } of matching(here, request.query)) {
      recordOptIn(here, { handset, sender, keyword: 'removed' })
    }
    return reply.code(204).send()
  })
  done()
}

function matching(world: World, which: { handset?: string; sender?: string }) {
  const sender = which.sender === undefined ? undefined : senderOf(world, which.sender)
  if (which.sender !== undefined && sender === undefined) return []
  return world.optOuts
    .list()
    .filter(
      optOut =>
        (which.handset === undefined || optOut.handset === which.handset) &&
        (sender === undefined || optOut.sender === sender)
    )
}

/** What a block against this sender stands against: the whole service, for a number in one. */
function senderOf(world: World, sender: string): string | undefined {
  if (world.services.has(sender)) return sender
  const number = world.numbersByPhone.get(sender)
  return number === undefined ? undefined : (number.serviceSid ?? number.phoneNumber)
}
