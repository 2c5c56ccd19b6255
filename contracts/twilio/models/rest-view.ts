import assert from 'node:assert/strict'

import { createMockTwilio } from '../../../mock-twilio/app.ts'
import { developmentAccount } from '../../../mock-twilio/development-account.ts'
import { VirtualClock } from '../../../simulator/clock.ts'
import { basic } from '../judged-mock.ts'
import {
  isFinal,
  learn,
  poolOf,
  type OwnedNumber,
  type Reference,
  type ReferenceMessage
} from './reference.ts'

/*
 * One mock, and in it a world that is made anew for every run. It is a subaccount, so that its parent can
 * suspend it and wake it up again. Everything is asked over the REST API, as a client would.
 */

export type Json = Readonly<Record<string, unknown>>

export interface Answer {
  status: number
  body: Json
}

export interface Rest {
  readonly accountSid: string
  /** Under /2010-04-01/Accounts/{this account}/ */
  api: (method: 'GET' | 'POST' | 'DELETE', path: string, form?: Form) => Promise<Answer>
  /** The same with the account's own token, where the above is asked by its parent. */
  asItself: (method: 'GET' | 'POST' | 'DELETE', path: string, form?: Form) => Promise<Answer>
  withStandardKey: (method: 'GET' | 'POST' | 'DELETE', path: string, form?: Form) => Promise<Answer>
  /** Under messaging.twilio.com/v1/, with the account's own token. */
  messaging: (method: 'GET' | 'POST' | 'DELETE', path: string, form?: Form) => Promise<Answer>
  control: (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>
  advance: (ms: number) => Promise<void>
  /** The account itself, as its parent changes it. */
  setAccountStatus: (status: 'active' | 'suspended') => Promise<void>
  close: () => Promise<void>
}

export type Form = Readonly<Record<string, string | readonly string[]>>

export const localNumber = '+16015550100'
const loneNumber = '+16015550101'
const farNumber = '+16625550102'
const tollFreeNumber = '+18885550103'
export const ownNumbers = [localNumber, loneNumber, farNumber, tollFreeNumber]
export const shortCode = '60155'
export const parentsNumber = '+16015550190'
export const firstService = 'MG000000000000000000000000000000aa'

const standardKey = {
  sid: 'SK000000000000000000000000000000aa',
  secret: 'secret',
  type: 'standard'
}

const start = Date.UTC(2026, 10, 23, 12)

export async function openRest(): Promise<Rest> {
  const clock = new VirtualClock({ mode: 'frozen', start })
  const { accountSid: parentSid, authToken } = developmentAccount
  const numbers = [{ phone_number: parentsNumber }]
  const accounts = [{ account_sid: parentSid, auth_token: authToken, numbers }]
  const mock = await createMockTwilio({ clock, retention: 1000, accounts })
  await mock.app.ready()
  const parent = basic(parentSid, authToken)

  const request = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    authorization: string,
    form?: Form
  ): Promise<Answer> => {
    const answer = await mock.app.inject({
      method,
      url,
      headers: {
        authorization,
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {})
      },
      ...(form ? { payload: encode(form) } : {})
    })
    return {
      status: answer.statusCode,
      body: answer.body === '' ? {} : answer.json()
    }
  }
  const created = await request('POST', '/2010-04-01/Accounts.json', parent, {})
  const accountSid = String(created.body['sid'])
  const own = basic(accountSid, 'token')
  const account = `/2010-04-01/Accounts/${accountSid}`

  return {
    accountSid,
    api: (method, path, form) => request(method, `${account}/${path}`, parent, form),
    asItself: (method, path, form) => request(method, `${account}/${path}`, own, form),
    withStandardKey: (method, path, form) =>
      request(method, `${account}/${path}`, basic(standardKey.sid, standardKey.secret), form),
    messaging: (method, path, form) =>
      request(method, `/messaging.twilio.com/v1/${path}`, own, form),
    control: async (method, path, body) => {
      const answer = await mock.app.inject({
        method,
        url: `/_mock/${path}`,
        headers: { 'x-mock-world': accountSid },
        ...(body ? { payload: body } : {})
      })
      assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.body}`)
      return answer.json()
    },
    advance: ms => clock.advance(ms),
    setAccountStatus: async status => {
      const answer = await request('POST', `${account}.json`, parent, { Status: status })
      assert.equal(answer.body['status'], status)
    },
    close: () => mock.close()
  }
}

/** A new world, and the model of it: four numbers and a short code, and a service that has two of them. */
export async function beginRun(rest: Rest, profile: 'instant' | 'reliable'): Promise<Reference> {
  await rest.control('POST', 'reset', {
    profile,
    auth_token: 'token',
    api_keys: [standardKey],
    numbers: ownNumbers.map(phone_number => ({ phone_number })),
    short_codes: [{ short_code: shortCode }],
    messaging_services: [{ sid: firstService, phone_numbers: [localNumber, farNumber] }]
  })
  const numbers = await rest.api('GET', 'IncomingPhoneNumbers.json')
  const codes = await rest.api('GET', 'SMS/ShortCodes.json')
  const pool = new Set([localNumber, farNumber])
  const clock = await rest.control('GET', 'clock')
  return {
    now: isJson(clock) ? Number(clock['now_ms']) : Number.NaN,
    isInstant: profile === 'instant',
    isSuspended: false,
    numbers: new Map([
      ...listOf(numbers, 'incoming_phone_numbers').map(number =>
        owned(String(number['phone_number']), String(number['sid']))
      ),
      ...listOf(codes, 'short_codes').map(code =>
        owned(String(code['short_code']), String(code['sid']))
      )
    ]),
    services: new Set([firstService]),
    alphaSenders: new Map(),
    blocks: new Set(),
    messages: [],
    sticky: new Map(),
    replies: new Map()
  }

  function owned(phoneNumber: string, sid: string): [string, OwnedNumber] {
    return [phoneNumber, { sid, serviceSid: pool.has(phoneNumber) ? firstService : undefined }]
  }
}

/** All that the REST API shows of messages, and what of it the model did not foresee is a difference. */
export async function compareMessages(model: Reference, rest: Rest): Promise<void> {
  const answer = await rest.api('GET', 'Messages.json?PageSize=1000')
  assert.equal(answer.status, 200)
  const listed = listOf(answer, 'messages')
  assert.deepEqual(
    listed.map(({ sid }) => sid),
    model.messages.map(({ sid }) => sid).toReversed(),
    'the list, newest first'
  )
  for (const [index, message] of model.messages.entries()) {
    const shown = listed[listed.length - 1 - index]
    if (shown !== undefined) compareMessage(model, message, shown)
  }
}

export function compareMessage(model: Reference, message: ReferenceMessage, shown: Json): void {
  const what = `${message.sid} to ${message.to}, last seen ${message.status}`
  const status = String(shown['status'])
  const code = shown['error_code']
  const expected =
    message.expected.length > 0 ? message.expected : [{ status: message.status, code: undefined }]
  const isForeseen = expected.some(
    possible =>
      possible.status === status && (possible.code === undefined || possible.code === code)
  )
  assert.ok(isForeseen, `${what} is ${status}/${String(code)}, not ${JSON.stringify(expected)}`)
  const from = typeof shown['from'] === 'string' ? shown['from'] : null
  if (message.from !== null) assert.equal(from, message.from, what)
  else if (from !== null) {
    assert.ok(
      message.choice?.has(from),
      `${what} is from ${from}: ${[...(message.choice ?? [])].join(', ')}`
    )
  }
  learn(model, message, { status, from })
  compareFields(message, shown, what)
}

const beforeSending = ['scheduled', 'accepted', 'queued', 'canceled', 'sending']

function compareFields(message: ReferenceMessage, shown: Json, what: string): void {
  assert.equal(shown['direction'], message.direction, what)
  assert.equal(shown['to'], message.to, what)
  assert.equal(shown['body'], message.body, what)
  assert.equal(shown['messaging_service_sid'], message.serviceSid, what)
  assert.equal(shown['num_media'], String(message.media), what)
  assert.equal(message.sid.slice(0, 2), message.media > 0 ? 'MM' : 'SM')
  const { status } = message
  if (status === 'accepted') assert.equal(shown['num_segments'], '0', what)
  if (['queued', 'sent', 'delivered', 'received'].includes(status) && message.media === 0) {
    assert.equal(shown['num_segments'], String(message.segments), what)
  }
  if (beforeSending.includes(status)) {
    assert.equal(shown['date_sent'], null, what)
    assert.equal(shown['price'], null, what)
  }
  if (status === 'delivered' || status === 'undelivered') {
    assert.match(String(shown['date_sent']), /\+0000$/, what)
    if (status === 'delivered') assert.match(String(shown['price']), /^-\d\.\d{4,5}$/, what)
  }
  const isTrouble = status === 'failed' || status === 'undelivered'
  assert.equal(typeof shown['error_code'], isTrouble ? 'number' : 'object', what)
  assert.equal(typeof shown['error_message'], isTrouble ? 'string' : 'object', what)
  if (!isFinal(message) && status !== 'sent') assert.equal(shown['error_code'], null, what)
}

/** Who has said STOP to whom, and how often the provider itself has answered. */
export async function compareOptOuts(model: Reference, rest: Rest): Promise<void> {
  const optOuts = await rest.control('GET', 'opt-outs')
  assert.ok(Array.isArray(optOuts))
  assert.deepEqual(
    optOuts.map(({ handset, sender }) => `${handset} ${sender}`).toSorted(),
    [...model.blocks].toSorted(),
    'who is opted out'
  )
  const replies = await rest.control('GET', 'journal?kind=provider.reply')
  assert.ok(Array.isArray(replies))
  for (const [handset, count] of model.replies) {
    assert.equal(replies.filter(({ to }) => to === handset).length, count, `replies to ${handset}`)
  }
}

/** The numbers, the services, and which of the numbers each service has. */
export async function comparePools(model: Reference, rest: Rest): Promise<void> {
  const numbers = await rest.api('GET', 'IncomingPhoneNumbers.json?PageSize=1000')
  const codes = await rest.api('GET', 'SMS/ShortCodes.json')
  assert.deepEqual(
    [...listOf(numbers, 'incoming_phone_numbers'), ...listOf(codes, 'short_codes')]
      .map(({ sid }) => String(sid))
      .toSorted(),
    [...model.numbers.values()].map(({ sid }) => sid).toSorted(),
    'the numbers of the account'
  )
  // With its own token it sees nothing; what it has is looked at when it is awake again.
  if (model.isSuspended) return
  const services = await rest.messaging('GET', 'Services?PageSize=1000')
  assert.deepEqual(
    listOf(services, 'services')
      .map(({ sid }) => String(sid))
      .toSorted(),
    [...model.services].toSorted(),
    'the services'
  )
  for (const service of model.services) {
    const pool = await rest.messaging('GET', `Services/${service}/PhoneNumbers?PageSize=1000`)
    const names = await rest.messaging('GET', `Services/${service}/AlphaSenders`)
    const name = model.alphaSenders.get(service)
    assert.deepEqual(
      listOf(names, 'alpha_senders').map(({ sid }) => sid),
      name === undefined ? [] : [name]
    )
    const short = await rest.messaging('GET', `Services/${service}/ShortCodes`)
    assert.deepEqual(
      [
        ...listOf(pool, 'phone_numbers').map(number => String(number['phone_number'])),
        ...listOf(short, 'short_codes').map(code => String(code['short_code']))
      ].toSorted(),
      poolOf(model, service).toSorted(),
      `the numbers of ${service}`
    )
  }
}

export function listOf({ body }: Answer, key: string): Json[] {
  const list = body[key]
  assert.ok(Array.isArray(list), `no ${key} in ${JSON.stringify(body)}`)
  return list.filter(isJson)
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function encode(form: Form): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const single of Array.isArray(value) ? value : [value]) parameters.append(name, single)
  }
  return parameters.toString()
}
