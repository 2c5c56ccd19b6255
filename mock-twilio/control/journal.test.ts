import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { account, build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { Random } from '../../simulator/random.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { createMockTwilio } from '../app.ts'
import { developmentAccountSeed } from '../development-account.ts'
import { aReceiver } from '../testing/receiver.ts'

test('the same story told twice leaves the same journal, to the byte, whatever the network does', async t => {
  const receiver = await aReceiver()
  t.after(() => receiver.close())
  const tell = async (networkSeed: string) => {
    const network = new Random(networkSeed)
    receiver.answers(({ url, form }) => ({
      afterMs: network.between(0, 30),
      ...(url === '/inbound'
        ? { body: `<Response><Message>You said ${form['Body']}</Message></Response>` }
        : { status: network.chance(0.5) ? 200 : 204 })
    }))
    const mock = await createMockTwilio({
      clock: new VirtualClock({ mode: 'frozen', start: 0 }),
      seed: 'story',
      accounts: [{ ...developmentAccountSeed(`${receiver.url}/inbound`), profile: 'rough' }]
    })
    const world = mock.world()
    world.faults.add({ effect: { type: 'callback', fault: 'duplicate', times: 3 } })
    world.faults.add({ effect: { type: 'delay', ms: [0, 10_000] }, probability: 0.5 })
    const send = (form: Record<string, string>) =>
      mock.app.inject({
        method: 'POST',
        url: `${account}/Messages.json`,
        headers: {
          authorization: `Basic ${Buffer.from(`${world.accountSid}:${world.authToken}`).toString('base64')}`
        },
        payload: { From: firstNumber, StatusCallback: `${receiver.url}/status`, ...form }
      })

    for (let index = 0; index < 6; index++) {
      await send({ To: `+1601555010${index + 2}`, Body: `Text ${index}` })
    }
    await send({ To: person })
    await mock.app.inject({ method: 'GET', url: `${account}.json` })
    for (let index = 0; index < 6; index++) {
      mock.inbound.receive(world, { from: person, to: firstNumber, body: `${index}`, media: [] })
    }
    await mock.clock.advance('5 min')
    const lines = await mock.app.inject({
      url: '/_mock/journal',
      headers: { accept: 'application/x-ndjson' }
    })
    const { body: digest } = await mock.app.inject('/_mock/journal/digest')
    await mock.close()
    return { lines: lines.body, digest }
  }

  const [first, second] = [await tell('a'), await tell('b')]

  assert.equal(first.lines, second.lines)
  assert.equal(first.digest, second.digest)
  assert.ok(first.lines.split('\n').length > 80)
  assert.match(first.lines, /inbound\.delivered[\s\S]*callback\.delivered/)
})

test('the journal is exported line by line, and its digest is that of the lines', async t => {
  const { mock, send, control } = await build(t)
  for (let index = 0; index < 3; index++) await send({ To: `+1601555012${index}` })
  await mock.clock.advance('1 min')

  const asked = await mock.app.inject('/_mock/journal?format=ndjson')
  const { body } = await control('GET', '/_mock/journal/digest')

  const lines = asked.body.trimEnd().split('\n')
  assert.equal(asked.headers['content-type'], 'application/x-ndjson')
  assert.equal(lines.length, mock.world().journal.lastSeq)
  assert.equal(JSON.parse(lines[0] ?? '').kind, 'message.created')
  assert.equal(body['digest'], createHash('sha256').update(asked.body).digest('hex'))
})

test('pages of the journal are linked', async t => {
  const { mock, send } = await build(t)
  for (let index = 0; index < 3; index++) await send({ To: `+1601555012${index}` })
  const turn = async (url: string) => {
    const answer = await mock.app.inject(url)
    const [, next] = /^<(.*)>; rel="next"$/.exec(String(answer.headers['link'] ?? '')) ?? []
    const seqs: number[] = answer.json().map(({ seq }: { seq: number }) => seq)
    return { seqs, next }
  }

  const newest = await turn('/_mock/journal?kind=request&status=201&limit=2')
  const older = await turn(newest.next ?? '')
  const oldest = await turn('/_mock/journal?operation=create-message&limit=2&keep=oldest')

  assert.deepEqual([newest.seqs, older.seqs, older.next], [[4, 6], [2], undefined])
  assert.deepEqual(oldest.seqs, [2, 4])
  assert.match(oldest.next ?? '', /after=4/)
})

test('the journal is asked by code and by virtual time', async t => {
  const { mock, send, control } = await build(t)
  await send({ To: '1' })
  await mock.clock.advance('1 h')
  await send({ To: '2' })

  const codes = await control('GET', '/_mock/journal?code=21211&until=2026-11-23T12:30:00Z')
  const later = await control('GET', `/_mock/journal?since=${mock.clock.now()}`)
  const nonsense = await control('GET', '/_mock/journal?since=yesterday')

  assert.match(JSON.stringify(codes.body), /^\[\{"seq":1,[^}]*\}\]$/)
  assert.match(JSON.stringify(later.body), /^\[\{"seq":2,[^}]*\}\]$/)
  assert.equal(nonsense.status, 400)
})

test('alerts are asked by code and by what they are about, and awaited', async t => {
  const { send, mock, control, receiver } = await build(t)
  receiver.answers(({ form }) => ({ status: form['MessageStatus'] === 'sent' ? 500 : 204 }))
  const { body: message } = await send()
  await mock.clock.advance('1 min')

  const found = await control('GET', `/_mock/alerts?code=11200&sid=${message.sid}`)
  const none = await control('GET', '/_mock/alerts?code=11200&after=1')
  const awaited = await control('POST', '/_mock/await', { match: { kind: 'alert', code: 11200 } })
  const nonsense = await control('GET', '/_mock/alerts?code=many')

  const [alert] = Object.values(found.body)
  const told: Record<string, unknown> = Object(alert)
  assert.deepEqual([told['severity'], told['status']], ['error', 'sent'])
  assert.match(JSON.stringify(told['request']), /MessageStatus=sent/)
  assert.match(JSON.stringify(told['response']), /"status":500/)
  assert.deepEqual(none.body, [])
  assert.equal(awaited.status, 200)
  assert.equal(nonsense.status, 400)
})

test('all faults are taken away at once, and a schedule that makes no sense is refused', async t => {
  const { control, send } = await build(t)
  const effect = { type: 'http', status: 503 }
  await control('POST', '/_mock/faults', { effect })
  await control('POST', '/_mock/faults', { effect, every: 2 })

  const nonsense = await control('POST', '/_mock/faults', { effect, for: 'ever' })
  const removed = await control('DELETE', '/_mock/faults')

  assert.equal(nonsense.status, 400)
  assert.match(String(nonsense.body['error']), /PT3M/)
  assert.equal(removed.status, 204)
  assert.deepEqual((await control('GET', '/_mock/faults')).body, [])
  assert.equal((await send()).status, 201)
})

test("a world's time may be ahead of the clock, for that world alone", async t => {
  const { mock, control, send } = await build(t)
  const name = `AC${'6'.repeat(32)}`
  const headers = { 'x-mock-world': name }
  await mock.app.inject({
    method: 'POST',
    url: '/_mock/reset',
    headers,
    payload: { clock_offset_ms: 3_600_000 }
  })
  const seeded = mock.world(name).now() - mock.clock.now()

  const changed = await mock.app.inject({
    method: 'POST',
    url: '/_mock/clock',
    headers,
    payload: { offset_ms: -1000 }
  })
  const { body } = await send()
  await mock.clock.advance('1 min')

  assert.equal(seeded, 3_600_000)
  assert.equal(changed.json().world_now, '2026-11-23T11:59:59.000Z')
  assert.equal(mock.world(name).now(), mock.clock.now() - 1000)
  assert.equal(body['date_created'], 'Mon, 23 Nov 2026 12:00:00 +0000')
  assert.equal((await control('GET', '/_mock/clock')).body['offset_ms'], undefined)
})

test("a world's time stays within the years that dates have names for", async t => {
  const { control, mock, send } = await build(t)

  const { status } = await control('POST', '/_mock/clock', { offset_ms: 1e21 })
  await control('POST', '/_mock/clock', { offset_ms: 253_402_300_799_999 })

  for (const [url, name] of [
    ['/_mock/clock', 'offset_ms'],
    ['/_mock/reset', 'clock_offset_ms']
  ] as const) {
    assert.equal((await control('POST', url, { [name]: 'Infinity' })).status, 400)
  }
  assert.equal(status, 400)
  assert.equal(new Date(mock.world().now()).getUTCFullYear(), 9999)
  assert.equal((await send()).body['date_created'], 'Fri, 31 Dec 9999 23:59:59 +0000')
  await control('POST', '/_mock/clock', { offset_ms: -253_402_300_799_999 })
  assert.equal((await send()).body['date_created'], 'Thu, 01 Jan 1970 00:00:00 +0000')
})
