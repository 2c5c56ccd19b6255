import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { basic, build } from '../contracts/twilio/judged-mock.ts'
import { VirtualClock } from '../simulator/clock.ts'
import { lineOf } from '../simulator/journal.ts'
import { createMockTwilio, type MockTwilio } from './app.ts'
import { developmentAccount, developmentAccountSeed } from './development-account.ts'
import type { WorldSnapshot } from './snapshot-format.ts'
import {
  aMockOfStories,
  askOf,
  aSeed,
  aStep,
  everything,
  startOfStory,
  type Step
} from './testing/story.ts'

const account = `/2010-04-01/Accounts/${developmentAccount.accountSid}`
const seed = Number(process.env['TEST_SEED'] ?? 601_555)

const views = [
  `${account}.json`,
  `${account}/Messages.json?PageSize=1000`,
  `${account}/Calls.json?PageSize=1000`,
  `${account}/Conferences.json?PageSize=1000`,
  `${account}/Recordings.json?PageSize=1000`,
  `${account}/Transcriptions.json?PageSize=1000`,
  `${account}/IncomingPhoneNumbers.json`,
  `${account}/SMS/ShortCodes.json`,
  `${account}/Keys.json`,
  `${account}/Applications.json`,
  '/messaging/v1/Services',
  `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/PhoneNumbers`,
  `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/AlphaSenders`,
  `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/Compliance/Usa2p`,
  '/messaging/v1/a2p/BrandRegistrations',
  '/messaging/v1/Tollfree/Verifications',
  '/trusthub/v1/CustomerProfiles',
  '/trusthub/v1/EndUsers',
  '/monitor/v1/Alerts?PageSize=1000',
  '/_mock/handsets',
  '/_mock/opt-outs',
  '/_mock/queues',
  '/_mock/outages',
  '/_mock/faults',
  '/_mock/alerts'
]

test('a story that is written down in its middle goes on elsewhere as it goes on here', async () => {
  const story = fc.record({
    origin: aSeed,
    isRich: fc.constantFrom(true, false, false),
    before: fc.array(aStep, { minLength: 5, maxLength: 40 }),
    after: fc.array(aStep, { minLength: 1, maxLength: 15 }),
    setsClock: fc.boolean(),
    start: fc.constantFrom(startOfStory, 0, startOfStory + 86_400_000_000)
  })
  await fc.assert(
    fc.asyncProperty(story, async ({ origin, isRich, before, after, setsClock, start }) => {
      const here = await aMockOfStories(origin)
      const there = await aMockOfStories(origin, { start, chance: 'of another kind' })
      try {
        await tell(here, isRich ? [...everything(), ...before] : before)
        const written = JSON.stringify(await here.save())

        await there.restore(JSON.parse(written), { setsClock })

        const from = here.world().journal.lastSeq
        assert.equal(there.world().journal.lastSeq, from)
        assert.deepEqual(stateOf(there, from), JSON.parse(written).state, 'taken up whole')
        for (const mock of [here, there]) {
          await tell(mock, after)
          await mock.clock.advance('30 h')
        }
        assert.equal(linesOf(there, from), linesOf(here, from))
        assert.deepEqual(await viewsOf(there), await viewsOf(here))
        assert.deepEqual(stateOf(there, from), stateOf(here, from))
        if (setsClock) assert.equal(there.clock.now(), here.clock.now())
      } finally {
        await Promise.all([here.close(), there.close()])
      }
    }),
    { seed, numRuns: Number(process.env['TEST_RUNS'] ?? 15), endOnFailure: true }
  )
})

test('a call in the middle of a menu goes on in another mock: the key is pressed there', async t => {
  const { mock, control, request, receiver } = await build(t)
  receiver.answers(({ form }) => ({
    body:
      form['Digits'] === undefined
        ? '<Response><Gather numDigits="2" timeout="30"><Say>Your code</Say></Gather></Response>'
        : `<Response><Say>Code ${form['Digits']}</Say></Response>`
  }))
  const { sid } = (
    await request('POST', `${account}/Calls.json`, {
      To: '+16015550123',
      From: developmentAccount.phoneNumbers[0],
      Url: `${receiver.url}/voice`
    })
  ).body
  await mock.clock.advance('15 s')
  const press = (digits: string) =>
    control('POST', '/_mock/handsets/+16015550123/digits', { digits })
  await press('4')
  const snapshot = JSON.parse(JSON.stringify(await mock.save()))
  await mock.clock.advance('1 h')

  await mock.restore(snapshot)
  assert.equal(mock.world().calls.find(sid)?.status, 'in-progress')
  await press('2')
  await mock.clock.advance('1 min')

  assert.equal(mock.world().calls.find(sid)?.status, 'completed')
  assert.deepEqual(
    mock
      .world()
      .calls.find(sid)
      ?.heard.map(({ what }) => what),
    ['Your code', 'Code 42']
  )
})

test('over HTTP a snapshot is taken, and the world is put back to it', async t => {
  const { control, send, mock, receiver, request } = await build(t)
  const { sid } = (await send()).body
  await mock.clock.advance('1 s')

  const taken = await mock.app.inject({ url: '/_mock/snapshot' })
  await mock.clock.advance('1 min')
  await send({ Body: 'Never mind' })
  receiver.received.length = 0
  const back = await mock.app.inject({
    method: 'POST',
    url: '/_mock/snapshot',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: taken.body
  })
  await mock.clock.advance('1 min')

  assert.match(String(taken.headers['content-type']), /^application\/json/)
  assert.deepEqual([taken.statusCode, back.statusCode, back.json().messages], [200, 200, 1])
  const { body } = await request('GET', `${account}/Messages.json`)
  assert.match(JSON.stringify(body), new RegExp(`"sid":"${sid}","status":"delivered"`))
  assert.doesNotMatch(JSON.stringify(body), /Never mind/)
  assert.equal(receiver.received.at(-1)?.form['MessageStatus'], 'delivered')
  const journal = await control('GET', '/_mock/journal?kind=world.')
  assert.match(JSON.stringify(journal.body), /world\.restored/)
})

test('a world keeps its own time, or sets the clock to where it stood', async t => {
  const { mock } = await build(t)
  const snapshot = await mock.save()
  await mock.clock.advance('1 h')
  const post = (url: string) => mock.app.inject({ method: 'POST', url, payload: snapshot })

  const own = await post('/_mock/snapshot')
  const { offset_ms: offset } = (await mock.app.inject({ url: '/_mock/clock' })).json()
  const set = await post('/_mock/snapshot?set_clock=true')

  assert.deepEqual([own.json().now, set.json().now], [snapshot.saved_at, snapshot.saved_at])
  assert.equal(offset, -3_600_000)
  assert.deepEqual([mock.clock.now(), mock.world().clockOffsetMs], [startOfStory, 0])
})

test('callbacks in flight are waited for, and what they lead to is in the snapshot', async t => {
  const { mock, receiver, send } = await build(t)
  receiver.answers(() => ({ status: 204, afterMs: 50 }))
  await send()
  mock.clock.setMode('rate', 1000)
  await mock.world().journal.await({ kind: 'message.status', status: 'delivered' })
  mock.clock.setMode('frozen')

  const { state } = await mock.save()

  const told = state.journal.entries.filter(({ kind }) => kind === 'callback.delivered')
  assert.equal(told.length, receiver.received.length)
  assert.ok(told.some(({ status }) => status === 'delivered'))
})

test('as long as the application does not answer, there is no snapshot', async t => {
  const mock = await createMockTwilio({
    clock: new VirtualClock({ mode: 'frozen', holdLimitMs: 20 }),
    transport: () => new Promise(() => undefined)
  })
  t.after(() => mock.close())
  const text = { from: '+16015550123', to: '+16015550100', body: 'Hello', media: [] }
  mock.inbound.receive(mock.world(), text)

  const answer = await mock.app.inject({ url: '/_mock/snapshot' })

  assert.equal(answer.statusCode, 409)
  assert.match(answer.json().error, /in flight/)
})

test('one snapshot is taken up by several accounts, which go on apart', async t => {
  const { mock, send } = await build(t)
  const other = `AC${'b'.repeat(32)}`
  await send()
  const snapshot = await mock.save()

  const copy = await mock.app.inject({
    method: 'POST',
    url: '/_mock/snapshot',
    headers: { 'x-mock-world': other },
    payload: snapshot
  })
  await mock.clock.advance('1 min')

  assert.equal(copy.json().account_sid, other)
  const [here, there] = [mock.world(), mock.world(other)].map(({ messages }) => [
    ...messages.newestFirst({})
  ])
  assert.deepEqual([here?.[0]?.status, there?.[0]?.status], ['delivered', 'delivered'])
  assert.notEqual(here?.[0], there?.[0])
  assert.equal(mock.world(other).ownerSid, other)
  mock.world(other).optOuts.add({ handset: '+1', sender: '+2', at: 0, keyword: 'STOP' })
  assert.deepEqual(mock.world().optOuts.list(), [])
  const answer = await mock.app.inject({
    url: `/2010-04-01/Accounts/${other}/Messages.json`,
    headers: { authorization: basic(other, developmentAccount.authToken) }
  })
  assert.equal(answer.statusCode, 200)
  assert.doesNotMatch(answer.body, new RegExp(developmentAccount.accountSid))
})

test('a number that another account has by now stays there, unless it may be in two', async t => {
  const { mock, request } = await build(t)
  const bought = '+12125550147'
  await request('POST', `${account}/IncomingPhoneNumbers.json`, { PhoneNumber: bought })
  const snapshot = await mock.save()
  const other = `AC${'b'.repeat(32)}`

  await assert.rejects(mock.restore(snapshot, { accountSid: other }), /\+12125550147 .* belongs to/)
  assert.equal(mock.store.get(other), undefined)
  await mock.restore(snapshot, { accountSid: other, sharesNumbers: true })

  assert.ok(mock.world(other).numbersByPhone.has(bought))
  await mock.restore(snapshot, { sharesNumbers: true })
  const again = await request('POST', `${account}/IncomingPhoneNumbers.json`, {
    PhoneNumber: bought
  })
  assert.equal(again.body['code'], 21422)
})

test('a key opens the world that it was made in, and no longer the one that was put back', async t => {
  const { mock, request } = await build(t)
  const before = await mock.save()
  const { sid, secret } = (await request('POST', `${account}/Keys.json`)).body
  const after = await mock.save()
  const asks = async () => {
    const headers = { authorization: basic(sid, String(secret)) }
    return (await mock.app.inject({ url: `${account}/Messages.json`, headers })).statusCode
  }

  const statuses = [await asks()]
  for (const snapshot of [before, after]) {
    await mock.restore(snapshot)
    statuses.push(await asks())
  }

  assert.deepEqual(statuses, [200, 401, 200])
})

test('what is no snapshot, or not all of one, is refused in a sentence, and nothing changes', async t => {
  const { mock, send } = await build(t)
  await send()
  const good = JSON.stringify(await mock.save())
  const world = mock.world()
  const seq = world.journal.lastSeq
  const refusals: [body: string, says: RegExp][] = [
    ['', /names a file/],
    ['[]', /no format/],
    ['"x"', /no format/],
    ['null', /no format/],
    ['{}', /no format/],
    ['{"file":1}', /no format/],
    [good.slice(0, -1), /cut off/],
    [good.slice(0, good.length / 2), /cut off/],
    [good.replace('mock-twilio/world', 'mock-zoom/world'), /"mock-zoom\/world"/],
    [good.replace('"version":1', '"version":2'), /version 2.* reads 1/],
    [good.replace('"messages":{', '"letters":{'), /\/state\/messages/],
    [good.replace('"inMs":', '"in":'), /\/state\/agenda/],
    [good.replace('"message.step"', '"message.stop"'), /message\.stop/],
    [good.replace('"seq":1,', '"seq":0,'), /fit together|damaged/],
    [good.replaceAll('"pool":[{', '"pool":[{"sid":"PN0","joinedAt":1},{'), /PN0 is named/],
    [good.replace('"name":"AC0', '"name":"AC1'), /and inside of/]
  ]

  for (const [body, says] of refusals) {
    assert.notEqual(body, good)
    const { statusCode, body: told } = await mock.app.inject({
      method: 'POST',
      url: '/_mock/snapshot',
      payload: body
    })
    assert.equal(statusCode, 400, told)
    assert.match(JSON.parse(told).error, says)
  }
  assert.equal(mock.world(), world)
  assert.equal(world.journal.lastSeq, seq)
  assert.equal(world.agenda.size, 1)
})

test('whatever is changed in a snapshot, it is taken up or refused in words, and no third thing', async t => {
  const mock = await aMockOfStories(developmentAccountSeed('http://app/inbound'))
  t.after(() => mock.close())
  await tell(mock, everything())
  const text = JSON.stringify(await mock.save())
  const nonsense = fc.constantFrom<unknown>(undefined, null, 'x', -1, 1e300, [], {}, [null], true)

  await fc.assert(
    fc.asyncProperty(fc.nat(), nonsense, async (place, value) => {
      const before = mock.world()
      const changed = withLeaf(JSON.parse(text), place, value)
      const answer = await mock.app.inject({
        method: 'POST',
        url: '/_mock/snapshot',
        payload: JSON.stringify(changed)
      })
      assert.ok([200, 400].includes(answer.statusCode), answer.body)
      if (answer.statusCode === 400) {
        assert.equal(mock.world(), before)
        return
      }
      for (const url of views) {
        const { status, body } = await askOf(mock, 'GET', url)
        // A fault whose match is gone refuses everything, as it says.
        assert.ok(status < 500 || body.includes('"code":20503'), `${url}: ${body}`)
      }
    }),
    { seed, numRuns: 200, endOnFailure: true }
  )
})

test('snapshots are kept as files of a directory, and nowhere else', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'snapshots-'))
  t.after(() => rm(directory, { recursive: true }))
  const mock = await createMockTwilio({ snapshots: join(directory, 'here') })
  t.after(() => mock.close())
  const ask = async (method: 'PUT' | 'POST', body: object) => {
    const answer = await mock.app.inject({ method, url: '/_mock/snapshot', payload: body })
    return { status: answer.statusCode, ...answer.json() }
  }

  const written = await ask('PUT', { file: 'snow' })
  mock.world().optOuts.add({ handset: '+1', sender: '+2', at: 0, keyword: 'STOP' })
  const read = await ask('POST', { file: 'snow.json', set_clock: true })

  assert.deepEqual([written.status, read.status], [201, 200])
  assert.equal((await stat(join(directory, 'here', 'snow.json'))).size, written.bytes)
  assert.deepEqual(mock.world().optOuts.list(), [])
  for (const file of ['../snow', '/etc/passwd', '..', '.', '', 'a/b', 'a\\b', 'x\0', '%2e%2e']) {
    for (const method of ['PUT', 'POST'] as const) {
      const { status, error } = await ask(method, { file })
      assert.equal(status, 400, file)
      assert.match(error, /is named by/)
    }
  }
  assert.match((await ask('POST', { file: 'rain' })).error, /there is no file/)
  assert.equal((await ask('POST', { file: 'snow', set_clock: 'maybe' })).status, 400)
  assert.deepEqual(await readdir(directory), ['here'])
  assert.deepEqual(await readdir(join(directory, 'here')), ['snow.json'])
})

test('without a directory no file is named', async t => {
  const { control } = await build(t)

  for (const method of ['PUT', 'POST'] as const) {
    const { status, body } = await control(method, '/_mock/snapshot', { file: 'snow' })
    assert.equal(status, 409)
    assert.match(String(body['error']), /MOCK_SNAPSHOTS/)
  }
})

test('a test writes a world to a file of its own, and another mock takes it up', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'snapshots-'))
  t.after(() => rm(directory, { recursive: true }))
  const { mock, send } = await build(t)
  await send({ StatusCallback: '' })
  const file = join(directory, 'sent.json')

  await mock.saveTo(file)
  const other = await createMockTwilio({ clock: new VirtualClock({ mode: 'frozen' }) })
  t.after(() => other.close())
  const world = await other.restoreFrom(file)
  await other.clock.advance('1 min')

  const [message] = world.messages.newestFirst({})
  assert.equal(message?.status, 'delivered')
  await assert.rejects(other.restoreFrom(join(directory, 'none.json')), /there is no file/)
})

async function tell(mock: MockTwilio, steps: readonly Step[]): Promise<void> {
  for (const { take } of steps) await take(mock)
}

/** As a file would have it, without what tells the copy from the original: its clock, and that it is one. */
function stateOf(mock: MockTwilio, marker: number): WorldSnapshot['state'] {
  const state: WorldSnapshot['state'] = JSON.parse(JSON.stringify(mock.world().save()))
  const entries = state.journal.entries.filter(({ seq }) => seq !== marker)
  const isAtMarker = state.journal.seq === marker
  return {
    ...state,
    clockOffsetMs: 0,
    journal: { ...state.journal, entries, seq: isAtMarker ? marker - 1 : state.journal.seq }
  }
}

function linesOf(mock: MockTwilio, after: number): string {
  const { journal } = mock.world()
  return journal.list({ after, limit: 1_000_000 }).map(lineOf).join('')
}

async function viewsOf(mock: MockTwilio): Promise<unknown> {
  const answers: unknown[] = []
  for (const url of views) answers.push([url, await askOf(mock, 'GET', url)])
  return answers
}

/** With one of its values, counted through, in the place of another. */
function withLeaf(root: unknown, place: number, value: unknown): unknown {
  const holders: [holder: object, key: string][] = []
  const walk = (holder: object) => {
    for (const [key, inner] of Object.entries(holder)) {
      holders.push([holder, key])
      if (typeof inner === 'object' && inner !== null) walk(inner)
    }
  }
  if (typeof root === 'object' && root !== null) walk(root)
  const [holder, key] = holders[(place * 7919) % holders.length] ?? [{}, '']
  Reflect.set(holder, key, value)
  return root
}
