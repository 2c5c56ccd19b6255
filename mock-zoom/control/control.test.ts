import assert from 'node:assert/strict'
import { test } from 'node:test'

import { VirtualClock } from '../../simulator/clock.ts'
import { createMockZoom } from '../app.ts'
import { build, startOfTests } from '../testing/build.ts'
import { room } from '../testing/room.ts'

test('a whole call is driven over HTTP, as people and other processes do it', async t => {
  const { control, receiver } = await build(t)
  const act = async (action: string, body: object = {}) => {
    const answer = await control('POST', `/_mock/rooms/Call-0001/${action}`, body)
    assert.ok(answer.status < 300, answer.text)
    return answer.body
  }

  const ana = await act('join', { user_name: 'Ana', as: 'host', user_key: 'staff-42' })
  await act('join', { user_name: 'Ben', phone_number: '+16015550123' })
  await act('join', { user_name: 'Carla', device: 'Mac' })
  await act('record', { action: 'start' })
  await act('share', { user: 'Ben', action: 'start', content: 'whiteboard' })
  await act('share', { user: 'Ben', action: 'stop' })
  await act('chat', { user: 'staff-42', text: 'Hello' })
  await act('alert', { issues: ['High CPU occupation'] })
  await act('callout', { phone_number: '+16015550177', name: 'Dora' })
  await act('callout', { call_type: 'sip', device_ip: '203.0.113.9' })
  await act('leave', { user: 'Ben', abruptly: true })
  await act('remove', { user: 'Carla' })
  await act('record', { action: 'pause' })
  await act('record', { action: 'resume', by: String(ana['user_id']) })
  await control('POST', '/_mock/clock', { advance: 'PT2M' })
  const room = await act('end', { by: 'Ana' })
  const ended = await control('POST', '/_mock/await', {
    match: { kind: 'webhook.delivered', event: 'session.ended', session_name: 'call-0001' }
  })
  await control('POST', '/_mock/clock', { advance: '1 min' })
  const shown = await control('GET', '/_mock/rooms/call-0001')
  const told = await control(
    'GET',
    '/_mock/journal?kind=webhook.delivered&event=session.recording_completed'
  )

  assert.equal(room['status'], 'ended')
  assert.equal(ended.status, 200)
  const [session] = Object.values(Object(shown.body['sessions'])).map(Object)
  assert.deepEqual(
    session.users.map((user: { name: string; inside: boolean }) => [user.name, user.inside]),
    [
      ['Ana', false],
      ['Ben', false],
      ['Carla', false]
    ]
  )
  assert.equal(session.files.length, 3)
  assert.equal(Object(JSON.parse(told.text)).length, 1)
  assert.equal(receiver.events().length, 20)
})

test('what cannot be done now is refused in words, and changes nothing', async t => {
  const { control, call } = await build(t)
  const act = (action: string, body: unknown) =>
    control('POST', `/_mock/rooms/call-0001/${action}`, body)

  const empty = await act('leave', { user: 'Ana' })
  const guest = await act('join', { user_name: 'Ben' })
  const wrong: [action: string, body: unknown, status: number][] = [
    ['leave', { user: 'Eve' }, 404],
    ['leave', { user: ['Ben'] }, 400],
    ['leave', {}, 400],
    ['record', { action: 'start' }, 409],
    ['record', { action: 'start', by: 'Ben' }, 409],
    ['record', { action: 'rewind' }, 400],
    ['end', {}, 409],
    ['share', { user: 'Ben', action: 'start', content: 'feelings' }, 400],
    ['alert', { issues: [] }, 400],
    ['stream', { stream_id: 'none', action: 'connect' }, 404],
    ['callout', { phone_number: 'home' }, 400],
    ['join', { user_name: 'Eve', token: 'a.b.c' }, 400],
    ['join', { user_name: 'Eve', session_password: 'p'.repeat(11) }, 400],
    ['join', { user_name: 'Eve', surplus: 1 }, 400],
    ['dance', {}, 404]
  ]

  assert.equal(empty.status, 409)
  assert.equal(guest.status, 201)
  for (const [action, body, status] of wrong) {
    const answer = await act(action, body)
    assert.equal(answer.status, status, `${action} ${answer.text}`)
    assert.ok(answer.body['error'], answer.text)
  }
  assert.deepEqual(call('call-0001').people(), ['Ben'])
})

test('a world is made, has credentials of its own, and knows nothing of another', async t => {
  const { mock, control, receiver } = await build(t)
  const headers = { 'x-mock-world': 'acctTWO' }
  const make = (payload: object) =>
    mock.app.inject({ method: 'POST', url: '/_mock/reset', headers, payload })

  const before = await mock.app.inject({ url: '/_mock/rooms', headers })
  const made = await make({ sdk_key: 'k', subscriptions: [{ url: receiver.url }], timezone: 'UTC' })
  room(mock, 'here', 'acctTWO').join('Ana')
  const again = await make({ seed: 'another' })
  const bad = await make({ subscriptions: [{ url: receiver.url, events: ['session.created'] }] })
  const named = await mock.app.inject({
    method: 'POST',
    url: '/_mock/reset',
    headers: { 'x-mock-world': '../etc' }
  })
  const infinite = await make({ recording_delay_ms: 'Infinity' })

  assert.equal(before.statusCode, 404)
  assert.deepEqual(
    [made.json().sdk_key, made.json().api_key, again.json().sdk_key, again.json().seed],
    ['k', 'acctTWO-api-key', 'k', 'another']
  )
  assert.deepEqual([bad.statusCode, named.statusCode, infinite.statusCode], [400, 400, 400])
  assert.equal(mock.world('acctTWO').sessions.size, 0)
  assert.equal((await control('GET', '/_mock/rooms')).text, '[]')
})

test('the same story told twice leaves the same journal, to the byte, by a call in the process', async () => {
  const tell = async (seed: string) => {
    const mock = await createMockZoom({
      clock: new VirtualClock({ mode: 'frozen', start: startOfTests }),
      seed,
      downloadBaseUrl: 'http://mock',
      transport: ({ body = '' }) => ({ status: body.includes('user_left') ? 500 : 200 })
    })
    mock
      .world()
      .faults.add({ effect: { type: 'callback', fault: 'delay', ms: [0, 9000] }, probability: 0.5 })
    for (let number = 0; number < 10; number++) {
      const visit = room(mock, `call-${number}`)
      const ana = visit.join('Ana', { as: 'host' }).startsRecording()
      visit.join('Ben').disconnects().rejoins()
      await mock.clock.advance('3 min')
      ana.endsForAll()
    }
    await mock.clock.advance('2 h')
    const digest = mock.world().journal.digest()
    await mock.close()
    return digest
  }

  const [first, second, other] = [await tell('a'), await tell('a'), await tell('b')]

  assert.equal(first, second)
  assert.notEqual(first, other)
})
