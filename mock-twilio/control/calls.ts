import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import type { CallRecord } from '../voice/call-record.ts'
import type { Calls } from '../voice/calls.ts'
import { register, unregister, type DeviceRecord } from '../voice/devices.ts'
import { transcriptLines, transcriptOf } from '../voice/transcript.ts'
import { CallHabits } from '../carrier/persona.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

/*
 * Calls as the people outside see them: phones and browsers that ring, are picked up, spoken into and put down; and
 * what happened in a call.
 */

const strict = { additionalProperties: false }

const CallSid = Type.Optional(
  Type.String({ description: 'the newest call that fits, when absent' })
)
const Which = Type.Object({ call_sid: CallSid }, strict)
const Keys = Type.Object(
  { digits: Type.String({ pattern: '^[0-9*#A-D]{1,32}$' }), call_sid: CallSid },
  strict
)
const Speech = Type.Object(
  { words: Type.String({ minLength: 1, maxLength: 4000 }), call_sid: CallSid },
  strict
)
const Dialled = Type.Object({ to: Type.String({ description: 'a number of the world' }) }, strict)
const Registration = Type.Object({ token: Type.String({ maxLength: 10_000 }) }, strict)
const Connection = Type.Object(
  {
    parameters: Type.Optional(
      Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 4000 }))
    )
  },
  strict
)
const Phone = Type.Object({ number: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }) })
const Browser = Type.Object({ identity: Type.String({ minLength: 1, maxLength: 256 }) })
const PhoneInHand = Type.Object({ who: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }) })
const BrowserAtHand = Type.Object({ who: Type.String({ minLength: 1, maxLength: 256 }) })
const Sid = Type.Object({ sid: Type.String() })

interface Options {
  world: (accountSid?: string) => World
  calls: Calls
}

export const callControl: FastifyPluginCallbackTypebox<Options> = (app, options, done) => {
  const { world, calls } = options
  app.post(
    '/_mock/handsets/:number/calls',
    { schema: { params: Phone, body: Dialled } },
    (request, reply) => {
      const here = world(worldNameIn(request))
      const { sid } = calls.receive(here, { from: request.params.number, to: request.body.to })
      return reply.code(201).send({ sid })
    }
  )
  void app.register(acts, { ...options, path: '/_mock/handsets', who: PhoneInHand, scheme: '' })
  void app.register(acts, {
    ...options,
    path: '/_mock/clients',
    who: BrowserAtHand,
    scheme: 'client:'
  })

  app.post('/_mock/clients', { schema: { body: Registration } }, (request, reply) => {
    const here = world(worldNameIn(request))
    return reply.code(201).send(shownDevice(here, register(here, request.body.token)))
  })

  app.get('/_mock/clients', request => {
    const here = world(worldNameIn(request))
    return [...here.devices.values()].map(device => shownDevice(here, device))
  })

  app.put(
    '/_mock/clients/:identity',
    { schema: { params: Browser, body: CallHabits } },
    request => {
      const here = world(worldNameIn(request))
      const party = `client:${request.params.identity}`
      const device = here.devices.get(party)
      if (device === undefined) throw new ControlRefusal(404, `${party} is not registered`)
      here.handsets.give(party, { calls: request.body })
      return shownDevice(here, device)
    }
  )

  app.delete('/_mock/clients/:identity', { schema: { params: Browser } }, (request, reply) => {
    const here = world(worldNameIn(request))
    const party = `client:${request.params.identity}`
    if (!unregister(here, party)) throw new ControlRefusal(404, `${party} is not registered`)
    return reply.code(204).send()
  })

  app.post(
    '/_mock/clients/:identity/calls',
    { schema: { params: Browser, body: Connection } },
    (request, reply) => {
      const here = world(worldNameIn(request))
      const { parameters = {} } = request.body
      const party = `client:${request.params.identity}`
      const { sid } = calls.connect(here, party, Object.entries(parameters))
      return reply.code(201).send({ sid })
    }
  )

  app.get('/_mock/calls', request => {
    const here = world(worldNameIn(request))
    return Array.from(here.calls.newestFirst(), shownCall)
  })

  app.get('/_mock/calls/:sid', { schema: { params: Sid } }, request => {
    const here = world(worldNameIn(request))
    const call = here.calls.find(request.params.sid)
    if (call === undefined) throw new ControlRefusal(404, `there is no call ${request.params.sid}`)
    const legs = [...here.calls.all()].filter(leg => leg.parentCallSid === call.sid)
    return {
      ...shownCall(call),
      steps: transcriptOf(call),
      lines: transcriptLines(call),
      legs: legs.map(({ sid }) => sid)
    }
  })
  done()
}

/** What anybody does with a phone in the hand, or in the browser. */
const acts: FastifyPluginCallbackTypebox<
  Options & { path: string; who: typeof PhoneInHand; scheme: '' | 'client:' }
> = (app, { world, calls, path, who: params, scheme }, done) => {
  app.post(`${path}/:who/digits`, { schema: { params, body: Keys } }, request => {
    const { digits, call_sid: sid } = request.body
    const here = world(worldNameIn(request))
    return { sid: calls.press(here, scheme + request.params.who, digits, sid).sid }
  })
  app.post(`${path}/:who/speech`, { schema: { params, body: Speech } }, request => {
    const { words, call_sid: sid } = request.body
    const here = world(worldNameIn(request))
    return { sid: calls.say(here, scheme + request.params.who, words, sid).sid }
  })
  app.post(`${path}/:who/answer`, { schema: { params, body: Which } }, request => {
    const here = world(worldNameIn(request))
    return { sid: calls.pickUp(here, scheme + request.params.who, request.body.call_sid).sid }
  })
  app.post(`${path}/:who/decline`, { schema: { params, body: Which } }, request => {
    const here = world(worldNameIn(request))
    return { sid: calls.decline(here, scheme + request.params.who, request.body.call_sid).sid }
  })
  app.post(`${path}/:who/hangup`, { schema: { params, body: Which } }, request => {
    const here = world(worldNameIn(request))
    return { sid: calls.putDown(here, scheme + request.params.who, request.body.call_sid).sid }
  })
  done()
}

function shownDevice(world: World, device: DeviceRecord): Record<string, unknown> {
  const { identity, party, expiresAt, isReachable, applicationSid } = device
  return {
    identity,
    expires_at: new Date(expiresAt).toISOString(),
    is_reachable: isReachable && expiresAt > world.now(),
    application_sid: applicationSid,
    calls: world.handsets.get(party)?.persona.calls ?? {}
  }
}

function shownCall(call: CallRecord): Record<string, unknown> {
  const { sid, parentCallSid, direction, from, to, status, answeredBy, bridgedWith } = call
  return {
    sid,
    parent_call_sid: parentCallSid,
    direction,
    from,
    to,
    status,
    answered_by: answeredBy,
    connected_with: bridgedWith
  }
}
