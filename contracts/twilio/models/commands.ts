import assert from 'node:assert/strict'

import * as fc from 'fast-check'

import {
  advance,
  alphaSender,
  deleteService,
  firstStatus,
  isFinal,
  joinService,
  leaveService,
  mayBeFinal,
  recordReceived,
  recordSent,
  refusalsOf,
  releaseNumber,
  unreachableHandset,
  type Reference,
  type ReferenceMessage,
  type Sending
} from './reference.ts'
import {
  compareMessage,
  firstService,
  isJson,
  listOf,
  localNumber,
  ownNumbers,
  parentsNumber,
  shortCode,
  type Answer,
  type Form,
  type Rest
} from './rest-view.ts'

/*
 * What a client or a person can do, one command each: ask the model what must come of it, do it over HTTP,
 * hold the answer against the expectation. Commands pick among what exists when their turn comes.
 */

export type ModelCommand = fc.AsyncCommand<Reference, Rest>

const stranger = '+12125550125'
const handsets = ['+16015550123', '+16625550124', stranger, unreachableHandset]

const bodies = [
  { body: 'Your bus is late', segments: 1 },
  { body: 'x'.repeat(160), segments: 1 },
  { body: 'x'.repeat(161), segments: 2 },
  { body: '学'.repeat(70), segments: 1 },
  { body: '学'.repeat(71), segments: 2 }
]

const second = 1000
const day = 86_400 * second
const waits = [299, 300, 301, 600, 3600, 86_400, 35 * 86_400, 35 * 86_400 + 1].map(s => s * second)

function command(name: string, run: (model: Reference, rest: Rest) => Promise<void>): ModelCommand {
  return { check: () => true, run, toString: () => name }
}

const handset = fc.constantFrom(...handsets)
const ownNumber = fc.constantFrom(...ownNumbers)
const ownSender = fc.constantFrom(...ownNumbers, shortCode)
const anySender = fc.constantFrom(
  ...ownNumbers,
  shortCode,
  parentsNumber,
  '+16015550999',
  alphaSender
)
const index = fc.nat({ max: 1000 })

function pick<T>(items: readonly T[], at: number): T | undefined {
  return items.length === 0 ? undefined : items[at % items.length]
}

export const sendFromNumber = (): fc.Arbitrary<ModelCommand> =>
  fc
    .record({
      to: handset,
      from: anySender,
      text: fc.constantFrom(...bodies),
      media: fc.constantFrom(0, 0, 0, 1, 2)
    })
    .map(({ to, from, text, media }) =>
      command(`send from ${from} to ${to}${media ? ' a picture' : ''}`, (model, rest) =>
        send(model, rest, { to, from, media, ...text })
      )
    )

export const sendFromService = (): fc.Arbitrary<ModelCommand> =>
  fc
    .record({
      to: handset,
      service: index,
      from: fc.option(fc.constantFrom(...ownNumbers, shortCode, alphaSender), {
        nil: undefined,
        freq: 5
      }),
      text: fc.constantFrom(...bodies),
      media: fc.constantFrom(0, 0, 0, 1)
    })
    .map(({ to, service, from, text, media }) =>
      command(`send from service ${service}${from ? `, ${from},` : ''} to ${to}`, (model, rest) => {
        const serviceSid = pick([...model.services], service) ?? firstService
        return send(model, rest, { to, serviceSid, from, media, ...text })
      })
    )

/** To somebody from far away, whom only an earlier message binds to one of the numbers. */
export const sendToAStranger = (): fc.Arbitrary<ModelCommand> =>
  index.map(service =>
    command(`send from service ${service} to a stranger`, (model, rest) => {
      const serviceSid = pick([...model.services], service) ?? firstService
      return send(model, rest, { to: stranger, serviceSid, media: 0, ...sample })
    })
  )

export const sendScheduled = (): fc.Arbitrary<ModelCommand> =>
  fc
    .record({
      to: handset,
      service: fc.option(index, { freq: 10 }),
      wait: fc.constantFrom(...waits)
    })
    .map(({ to, service, wait }) =>
      command(`schedule to ${to} in ${wait / second} s, service ${service}`, (model, rest) => {
        const serviceSid = service === null ? undefined : pick([...model.services], service)
        const from = serviceSid === undefined ? localNumber : undefined
        const sendAt = model.now + wait
        return send(model, rest, { to, serviceSid, from, sendAt, media: 0, ...sample })
      })
    )

const sample = { body: 'Your bus is late', segments: 1 }

/** A suspended account is left to its parent, which may look at it and take it up again, and no more. */
function isRefusedAsSuspended(model: Reference, answer: Answer): boolean {
  if (model.isSuspended) assertRefused(answer, [20005, 10001])
  return model.isSuspended
}

async function send(model: Reference, rest: Rest, sending: Sending): Promise<void> {
  const codes = refusalsOf(model, sending)
  const answer = await rest.api('POST', 'Messages.json', formOf(sending))
  if (codes.length > 0) {
    assertRefused(answer, codes)
    return
  }
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  assert.equal(answer.body['status'], firstStatus(sending))
  recordSent(model, String(answer.body['sid']), sending)
}

function formOf({ to, from, serviceSid, body, media, sendAt }: Sending): Form {
  return {
    To: to,
    Body: body,
    ...(from === undefined ? {} : { From: from }),
    ...(serviceSid === undefined ? {} : { MessagingServiceSid: serviceSid }),
    ...(media === 0
      ? {}
      : { MediaUrl: Array.from({ length: media }, (_, at) => `https://example.org/${at}.jpg`) }),
    ...(sendAt === undefined
      ? {}
      : { ScheduleType: 'fixed', SendAt: new Date(sendAt).toISOString() })
  }
}

export const fetchMessage = (): fc.Arbitrary<ModelCommand> =>
  onMessage('fetch', async (model, rest, message) => {
    const answer = await rest.api('GET', `Messages/${message.sid}.json`)
    assert.equal(answer.status, 200)
    compareMessage(model, message, answer.body)
  })

export const cancelMessage = (): fc.Arbitrary<ModelCommand> =>
  onMessage('cancel', async (model, rest, message) => {
    const answer = await rest.api('POST', `Messages/${message.sid}.json`, { Status: 'canceled' })
    if (isRefusedAsSuspended(model, answer)) return
    if (message.status !== 'scheduled') {
      assertRefused(answer, [30409])
      return
    }
    assert.equal(answer.body['status'], 'canceled')
    message.status = 'canceled'
  })

export const redactMessage = (): fc.Arbitrary<ModelCommand> =>
  onMessage('redact', async (model, rest, message) => {
    const answer = await rest.api('POST', `Messages/${message.sid}.json`, { Body: '' })
    if (isRefusedAsSuspended(model, answer)) return
    const isDone = answer.status === 200
    if (!mayBeFinal(message)) assert.equal(isDone, isFinal(message), JSON.stringify(answer.body))
    if (isDone) message.body = ''
    else assertRefused(answer, [20009])
  })

export const deleteMessage = (): fc.Arbitrary<ModelCommand> =>
  onMessage('delete', async (model, rest, message) => {
    const path = `Messages/${message.sid}.json`
    const answer = await rest.api('DELETE', path)
    if (isRefusedAsSuspended(model, answer)) return
    const isDone = answer.status === 204
    if (!mayBeFinal(message)) assert.equal(isDone, isFinal(message), JSON.stringify(answer.body))
    if (!isDone) {
      assertRefused(answer, [20009])
      return
    }
    model.messages = model.messages.filter(other => other !== message)
    assertRefused(await rest.api('GET', path), [20404])
    assertRefused(await rest.api('DELETE', path), [20404])
  })

function onMessage(
  name: string,
  run: (model: Reference, rest: Rest, message: ReferenceMessage) => Promise<void>
): fc.Arbitrary<ModelCommand> {
  return index.map(at =>
    command(`${name} message ${at}`, async (model, rest) => {
      const message = pick(model.messages, at)
      if (message !== undefined) await run(model, rest, message)
    })
  )
}

/** By the receiver or the sender of some message, in pages that are followed by their links. */
export const listMessages = (): fc.Arbitrary<ModelCommand> =>
  fc
    .record({
      receivedAs: fc.option(index),
      sentAs: fc.option(index),
      size: fc.integer({ min: 1, max: 4 })
    })
    .map(({ receivedAs, sentAs, size }) =>
      command(`list as ${receivedAs} from ${sentAs} by ${size}`, async (model, rest) => {
        const to = receivedAs === null ? undefined : pick(model.messages, receivedAs)?.to
        const from = sentAs === null ? undefined : (pick(model.messages, sentAs)?.from ?? undefined)
        const query = new URLSearchParams({ PageSize: String(size) })
        if (to !== undefined) query.set('To', to)
        if (from !== undefined) query.set('From', from)
        const found: unknown[] = []
        let page = `Messages.json?${query.toString()}`
        while (page !== '') {
          const answer = await rest.api('GET', page)
          const messages = listOf(answer, 'messages')
          assert.ok(messages.length <= size)
          found.push(...messages.map(({ sid }) => sid))
          const next = answer.body['next_page_uri']
          page = typeof next === 'string' ? (next.split(`${rest.accountSid}/`)[1] ?? '') : ''
        }
        const expected = model.messages.filter(
          message =>
            (to === undefined || message.to === to) && (from === undefined || message.from === from)
        )
        assert.deepEqual(found, expected.map(({ sid }) => sid).toReversed())
      })
    )

export const waitLong = (): fc.Arbitrary<ModelCommand> =>
  fc.constantFrom(60 * second, 120 * second, 3600 * second, day, 20 * day).map(ms =>
    command(`wait ${ms / second} s`, async (model, rest) => {
      await rest.advance(ms)
      advance(model, ms, true)
    })
  )

/** Too short for everything to be over, unless the carrier takes no time at all. */
export const waitAMoment = (): fc.Arbitrary<ModelCommand> =>
  fc.integer({ min: 1, max: 3000 }).map(ms =>
    command(`wait ${ms} ms`, async (model, rest) => {
      await rest.advance(ms)
      advance(model, ms, false)
    })
  )

const words = ['STOP', ' stop\n', 'Unsubscribe', 'END', 'START', 'start', 'UNSTOP', 'YES', 'HELP']
const others = ['STOP PLEASE', 'yes please', 'Is school open?']

export const text = (): fc.Arbitrary<ModelCommand> =>
  fc
    .record({ from: handset, to: ownSender, body: fc.constantFrom(...words, ...words, ...others) })
    .map(({ from, to, body }) =>
      command(`${from} texts ${JSON.stringify(body)} to ${to}`, async (model, rest) => {
        if (!model.numbers.has(to)) return
        const answer = await rest.control('POST', `handsets/${from}/messages`, { to, body })
        assert.ok(isJson(answer))
        recordReceived(model, String(answer['sid']), { from, to, body })
      })
    )

export const suspend = (): fc.Arbitrary<ModelCommand> =>
  fc.boolean().map(isSuspended =>
    command(isSuspended ? 'suspend the account' : 'resume the account', async (model, rest) => {
      await rest.setAccountStatus(isSuspended ? 'suspended' : 'active')
      model.isSuspended = isSuspended
      const seenByItself = await rest.asItself('GET', 'Messages.json')
      if (!isRefusedAsSuspended(model, seenByItself)) assert.equal(seenByItself.status, 200)
    })
  )

export const createService = (): fc.Arbitrary<ModelCommand> =>
  fc.constant(
    command('create a service', async (model, rest) => {
      if (model.services.size >= 3) return
      const answer = await rest.messaging('POST', 'Services', { FriendlyName: 'Another' })
      if (isRefusedAsSuspended(model, answer)) return
      assert.equal(answer.status, 201)
      model.services.add(String(answer.body['sid']))
    })
  )

export const removeService = (): fc.Arbitrary<ModelCommand> =>
  index.map(at =>
    command(`delete service ${at}`, async (model, rest) => {
      const service = pick([...model.services], at)
      if (service === undefined) return
      const answer = await rest.messaging('DELETE', `Services/${service}`)
      if (isRefusedAsSuspended(model, answer)) return
      assert.equal(answer.status, 204)
      deleteService(model, service)
      assertRefused(await rest.messaging('GET', `Services/${service}`), [20404])
    })
  )

export const addToPool = (): fc.Arbitrary<ModelCommand> =>
  fc.record({ service: index, phoneNumber: ownSender }).map(({ service, phoneNumber }) =>
    command(`add ${phoneNumber} to service ${service}`, async (model, rest) => {
      const serviceSid = pick([...model.services], service)
      if (serviceSid === undefined) return
      const number = model.numbers.get(phoneNumber)
      const sid = number?.sid ?? 'PN00000000000000000000000000000999'
      const answer = sid.startsWith('SC')
        ? await rest.messaging('POST', `Services/${serviceSid}/ShortCodes`, { ShortCodeSid: sid })
        : await rest.messaging('POST', `Services/${serviceSid}/PhoneNumbers`, {
            PhoneNumberSid: sid
          })
      if (isRefusedAsSuspended(model, answer)) return
      if (number === undefined) assertRefused(answer, [21421, 30436, 20404])
      else if (number.serviceSid === serviceSid) assertRefused(answer, [21710])
      else if (number.serviceSid !== undefined) assertRefused(answer, [21712])
      else {
        assert.equal(answer.status, 201, JSON.stringify(answer.body))
        assert.equal(answer.body['sid'], number.sid)
        joinService(model, phoneNumber, serviceSid)
      }
    })
  )

export const removeFromPool = (): fc.Arbitrary<ModelCommand> =>
  fc.record({ service: index, phoneNumber: ownSender }).map(({ service, phoneNumber }) =>
    command(`remove ${phoneNumber} from service ${service}`, async (model, rest) => {
      const serviceSid = pick([...model.services], service)
      const number = model.numbers.get(phoneNumber)
      if (serviceSid === undefined || number === undefined) return
      const list = number.sid.startsWith('SC') ? 'ShortCodes' : 'PhoneNumbers'
      const path = `Services/${serviceSid}/${list}/${number.sid}`
      const answer = await rest.messaging('DELETE', path)
      if (isRefusedAsSuspended(model, answer)) return
      if (number.serviceSid !== serviceSid) {
        assertRefused(answer, [20404])
        return
      }
      assert.equal(answer.status, 204)
      leaveService(model, phoneNumber)
    })
  )

/** A service has one name at most; numbers are chosen before it, and in North America it is not chosen at all. */
export const addAlphaSender = (): fc.Arbitrary<ModelCommand> =>
  index.map(at =>
    command(`name the sender of service ${at}`, async (model, rest) => {
      const serviceSid = pick([...model.services], at)
      if (serviceSid === undefined) return
      const path = `Services/${serviceSid}/AlphaSenders`
      const answer = await rest.messaging('POST', path, { AlphaSender: alphaSender })
      if (isRefusedAsSuspended(model, answer)) return
      if (model.alphaSenders.has(serviceSid)) {
        assertRefused(answer, [21710])
        return
      }
      assert.equal(answer.status, 201, JSON.stringify(answer.body))
      model.alphaSenders.set(serviceSid, String(answer.body['sid']))
    })
  )

export const removeAlphaSender = (): fc.Arbitrary<ModelCommand> =>
  index.map(at =>
    command(`take the name from service ${at}`, async (model, rest) => {
      const named = pick([...model.alphaSenders], at)
      if (named === undefined) return
      const [serviceSid, sid] = named
      const path = `Services/${serviceSid}/AlphaSenders/${sid}`
      const answer = await rest.messaging('DELETE', path)
      if (isRefusedAsSuspended(model, answer)) return
      assert.equal(answer.status, 204)
      model.alphaSenders.delete(serviceSid)
      assertRefused(await rest.messaging('GET', path), [20404])
    })
  )

/** A standard key reads and writes like the token, but for accounts and keys. */
export const askWithAStandardKey = (): fc.Arbitrary<ModelCommand> =>
  fc.constantFrom('Messages.json', 'Keys.json').map(path =>
    command(`look at ${path} with a standard key`, async (model, rest) => {
      const answer = await rest.withStandardKey('GET', path)
      if (path === 'Keys.json') assertRefused(answer, model.isSuspended ? [20003, 20005] : [20003])
      else if (!isRefusedAsSuspended(model, answer)) assert.equal(answer.status, 200)
    })
  )

export const release = (): fc.Arbitrary<ModelCommand> =>
  ownNumber.map(phoneNumber =>
    command(`release ${phoneNumber}`, async (model, rest) => {
      const number = model.numbers.get(phoneNumber)
      if (number === undefined) return
      const answer = await rest.api('DELETE', `IncomingPhoneNumbers/${number.sid}.json`)
      if (isRefusedAsSuspended(model, answer)) return
      assert.equal(answer.status, 204)
      releaseNumber(model, phoneNumber)
    })
  )

export const buy = (): fc.Arbitrary<ModelCommand> =>
  fc.constantFrom(...ownNumbers, parentsNumber).map(phoneNumber =>
    command(`buy ${phoneNumber}`, async (model, rest) => {
      const answer = await rest.api('POST', 'IncomingPhoneNumbers.json', {
        PhoneNumber: phoneNumber
      })
      if (isRefusedAsSuspended(model, answer)) return
      if (model.numbers.has(phoneNumber) || phoneNumber === parentsNumber) {
        assertRefused(answer, [21422])
        return
      }
      assert.equal(answer.status, 201, JSON.stringify(answer.body))
      model.numbers.set(phoneNumber, { sid: String(answer.body['sid']), serviceSid: undefined })
    })
  )

function assertRefused({ status, body }: Answer, codes: readonly number[]): void {
  assert.ok(
    status >= 400 && status < 500 && codes.includes(Number(body['code'])),
    `refused with ${codes.join(' or ')}, got ${status} ${JSON.stringify(body)}`
  )
  assert.equal(body['status'], status)
}
