import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, basic, build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'

const otherWorld = `AC${'5'.repeat(32)}`

test('the clock is read, set, set running and advanced', async t => {
  const { control } = await build(t)

  const before = await control('GET', '/_mock/clock')
  const advanced = await control('POST', '/_mock/clock', { advance: 'PT3M' })
  const set = await control('POST', '/_mock/clock', { set: '2027-01-01T00:00:00Z' })
  const running = await control('POST', '/_mock/clock', { mode: 'rate', rate: 60 })
  const wrong = await control('POST', '/_mock/clock', { advance: 'a while' })
  const misspelt = await control('POST', '/_mock/clock', { mood: 'frozen' })

  assert.equal(before.body['mode'], 'frozen')
  assert.equal(Number(advanced.body['now_ms']) - Number(before.body['now_ms']), 180_000)
  assert.equal(set.body['now'], '2027-01-01T00:00:00.000Z')
  assert.deepEqual([running.body['mode'], running.body['rate']], ['rate', 60])
  assert.equal(wrong.status, 400)
  assert.match(String(wrong.body['error']), /PT3M/)
  assert.equal(misspelt.status, 400)
})

test('what is awaited comes, or is explained', async t => {
  const { control, send, mock } = await build(t)
  await send({ To: '+16015530003' })
  const match = { kind: 'message.status', to: '+16015530003' }

  const coming = control('POST', '/_mock/await', { match: { ...match, status: 'undelivered' } })
  await mock.clock.advance('1 min')
  const missing = await control('POST', '/_mock/await', {
    match: { ...match, status: 'delivered' },
    timeout_ms: 5
  })

  assert.equal((await coming).status, 200)
  assert.equal(missing.status, 408)
  assert.match(JSON.stringify(missing.body['near_misses']), /"found":"undelivered"/)
})

test('a world is made on request, is its own, and can be made again', async t => {
  const { mock, control } = await build(t)
  const headers = { 'x-mock-world': otherWorld }
  const reset = () =>
    mock.app.inject({
      method: 'POST',
      url: '/_mock/reset',
      headers,
      payload: {
        seed: 'other',
        profile: 'instant',
        auth_token: 'their-token',
        numbers: [{ phone_number: '+14155550100' }],
        messaging_services: []
      }
    })
  const send = () =>
    mock.app.inject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${otherWorld}/Messages.json`,
      headers: { authorization: basic(otherWorld, 'their-token') },
      payload: { To: person, From: '+14155550100', Body: 'Hello' }
    })

  const made = await reset()
  const first = await send()
  await mock.clock.advance(0)
  const conversation = await mock.app.inject({ url: `/_mock/handsets/${person}`, headers })
  const here = await control('GET', `/_mock/handsets/${person}`)
  await reset()
  const again = await send()

  assert.deepEqual(
    [made.json().auth_token, made.json().profile, made.json().numbers.length],
    ['their-token', 'instant', 1]
  )
  assert.equal(first.statusCode, 201)
  assert.equal(conversation.json().messages[0].status, 'delivered')
  assert.deepEqual(here.body['messages'], [])
  assert.equal(again.json().sid, first.json().sid, 'the same seed gives the same sids')
})

test('what is under way when a world is reset is forgotten', async t => {
  const { control, send, mock, receiver } = await build(t)
  await send()

  await control('POST', '/_mock/reset')
  await mock.clock.advance('1 h')

  assert.deepEqual(receiver.received, [])
})

test('a world that is not there, or has no name, is told so', async t => {
  const { mock } = await build(t)

  const unknown = await mock.app.inject({
    url: '/_mock/journal',
    headers: { 'x-mock-world': otherWorld }
  })
  const nameless = await mock.app.inject({
    method: 'POST',
    url: '/_mock/reset',
    headers: { 'x-mock-world': 'school' },
    payload: {}
  })

  assert.deepEqual([unknown.statusCode, nameless.statusCode], [404, 400])
})

test('faults are added, listed and removed', async t => {
  const { control, request, send } = await build(t)
  const fault = { effect: { type: 'http', status: 503 }, match: { operation: 'create-message' } }

  const added = await control('POST', '/_mock/faults', fault)
  const refused = await send()
  const listed = await request('GET', `${account}/Messages.json`)
  const rules = await control('GET', '/_mock/faults')
  const removed = await control('DELETE', `/_mock/faults/${String(added.body['id'])}`)
  const missing = await control('DELETE', `/_mock/faults/${String(added.body['id'])}`)
  const nonsense = await control('POST', '/_mock/faults', { effect: { type: 'gremlins' } })

  assert.deepEqual([refused.status, refused.body['code'], listed.status], [503, 20503, 200])
  assert.match(JSON.stringify(rules.body), /"applied":1/)
  assert.deepEqual(
    [added.status, removed.status, missing.status, nonsense.status],
    [201, 204, 404, 400]
  )
  assert.equal((await send()).status, 201)
})

test('opt-outs are listed and cleared', async t => {
  const { control, send } = await build(t)
  await control('POST', `/_mock/handsets/${person}/messages`, { to: firstNumber, body: 'STOP' })

  const list = await control('GET', '/_mock/opt-outs')
  const others = await control('DELETE', '/_mock/opt-outs?handset=%2B16015550199')
  const blocked = await send()
  await control('DELETE', '/_mock/opt-outs')
  const sent = await send()

  assert.match(JSON.stringify(list.body), /"handset":"\+16015550123"/)
  assert.deepEqual([others.status, blocked.status, sent.status], [204, 400, 201])
})

test('health tells the clock', async t => {
  const { control } = await build(t)

  const health = await control('GET', '/_mock/health')

  assert.equal(health.body['status'], 'ok')
})
