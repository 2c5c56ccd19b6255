import assert from 'node:assert/strict'
import { test } from 'node:test'

import { signJwt } from '../jwt.ts'
import { build, startOfTests, twice } from '../testing/build.ts'

const codes = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  body['code']
]

test('a session is listed, shown and shown with its users while it is live and when it is past', async t => {
  const { api, call, mock } = await build(t)
  const visit = call('Call-0001')
  const ana = visit.join('Ana', { as: 'host', userKey: 'staff-42', sessionKey: 'key-1' })
  visit.join('Ben', { sessionKey: 'key-1' }).leaves()
  const path = `/videosdk/sessions/${twice(visit.session().id)}`

  const live = await api('GET', '/videosdk/sessions?type=live')
  const users = await api('GET', `${path}/users`)
  await mock.clock.advance('65 s')
  ana.endsForAll()
  const none = await api('GET', '/videosdk/sessions')
  const past = await api('GET', '/videosdk/sessions?type=past&session_name=CALL-0001')
  const byKey = await api('GET', '/videosdk/sessions?type=past&session_key=other')
  const details = await api('GET', `${path}?type=past`)
  const notLive = await api('GET', path)
  const pastUsers = await api('GET', `${path}/users?type=past`)

  const [shown] = Object.values(Object(past.body['sessions'])).map(Object)
  assert.equal(Object(live.body['sessions']).length, 1)
  assert.deepEqual(none.body['sessions'], [])
  assert.deepEqual(byKey.body['sessions'], [])
  assert.deepEqual(
    [past.body['from'], past.body['to'], past.body['page_size'], past.body['next_page_token']],
    ['2026-11-22', '2026-11-23', 30, '']
  )
  assert.deepEqual(
    [shown.session_name, shown.duration, shown.user_count, shown.session_key, shown.start_time],
    ['call-0001', '01:05', 2, 'key-1', '2026-11-23T12:00:00Z']
  )
  assert.equal(details.body['total_minutes'], 2)
  assert.deepEqual(codes(notLive), [404, 3001])
  const inside = Object.values(Object(users.body['users'])).map(Object)
  assert.deepEqual(
    inside.map(user => [user.name, user.user_key, user.is_original_host, user.leave_time]),
    [['Ana', 'staff-42', true, undefined]]
  )
  assert.equal(Object(pastUsers.body['users']).length, 2)
})

test('a reserved session is started by its first join, may be taken back before, and lapses after a day', async t => {
  const { api, call, mock } = await build(t)
  const create = (name: string, more: object = {}) =>
    api('POST', '/videosdk/sessions', { session_name: name, ...more })

  const first = await create('First', {
    session_password: 'pw',
    settings: { auto_recording: 'cloud' }
  })
  const again = await create('fIRST')
  const second = await create('Second')
  const path = (id: unknown) => `/videosdk/sessions/${twice(String(id))}`
  const deleted = await api('DELETE', path(second.body['session_id']))
  const gone = await api('GET', `${path(second.body['session_id'])}?type=scheduled`)
  const scheduled = await api('GET', `${path(first.body['session_id'])}?type=scheduled`)
  const silent = call('first').events()
  call('first').join('Ana', { password: 'pw', as: 'host' })
  const started = await api('DELETE', path(first.body['session_id']))
  await create('third')
  await mock.clock.advance('24 h')
  const third = await create('third')

  assert.deepEqual([first.status, second.status, deleted.status], [201, 201, 204])
  assert.equal(typeof first.body['session_number'], 'number')
  assert.deepEqual(codes(again), [400, 3000])
  assert.deepEqual(codes(gone), [404, 3001])
  assert.equal(scheduled.body['session_name'], 'first')
  assert.deepEqual(silent, [])
  assert.equal(call('first').session().id, first.body['session_id'])
  assert.ok(call('first').events().includes('session.recording_started'))
  assert.deepEqual(codes(started), [400, 3000])
  assert.equal(third.status, 201)
})

test('an id that begins with a slash or holds two is found when it is encoded twice', async t => {
  const { api, call, mock } = await build(t)
  let id = ''
  for (let number = 0; !id.startsWith('/'); number++) {
    call(`call-${number}`).join('Ana', { as: 'host' })
    id = call(`call-${number}`).session().id
  }
  const path = (encoded: string) => `/videosdk/sessions/${encoded}`

  const raw = await api('GET', path(id))
  const once = await api('GET', path(encodeURIComponent(id)))
  const both = await api('GET', path(twice(id)))
  const whole = await mock.app.inject({
    url: `/v2/${twice(path(id))}`,
    headers: {
      authorization: `Bearer ${signJwt({ iss: 'mock-api-key-0001', iat: 1, exp: 4e9 }, mock.world().credentials.apiSecret)}`
    }
  })

  assert.deepEqual(codes(raw), [400, 300])
  assert.deepEqual(codes(once), [400, 300])
  assert.equal(both.body['id'], id)
  assert.equal(whole.json().id, id)
})

test('a world that does not mind takes any encoding', async t => {
  const { api, call } = await build(t, { path_encoding: 'lenient', rate_limits: 'off' })
  for (let number = 0; number < 40; number++) {
    const visit = call(`call-${number}`)
    visit.join('Ana')
    const { id } = visit.session()
    for (const encoded of [id, encodeURIComponent(id), twice(id)]) {
      const { body } = await api('GET', `/videosdk/sessions/${encoded}`)
      assert.equal(body['id'], id)
    }
  }
})

test('a token must be signed by the API secret, be whole and not be over', async t => {
  const { mock } = await build(t)
  const { apiKey: iss, apiSecret, sdkSecret } = mock.world().credentials
  const now = Math.floor(startOfTests / 1000)
  const ask = async (authorization?: string) => {
    const answer = await mock.app.inject({
      url: '/v2/videosdk/sessions',
      headers: authorization === undefined ? {} : { authorization }
    })
    return [answer.statusCode, answer.json().code, answer.json().message]
  }
  const wrong = [401, 124, 'Invalid access token.']

  for (const bad of [
    undefined,
    '',
    'Bearer',
    'Bearer a.b.c',
    `Basic ${Buffer.from('a:b').toString('base64')}`,
    `Bearer ${signJwt({ iss, iat: now, exp: now + 60 }, sdkSecret)}`,
    `Bearer ${signJwt({ iss: 'foreign', iat: now, exp: now + 60 }, apiSecret)}`,
    `Bearer ${signJwt({ iss, iat: now }, apiSecret)}`,
    `Bearer ${signJwt({ iss, iat: now, exp: 'soon' }, apiSecret)}`
  ]) {
    assert.deepEqual(await ask(bad), wrong, String(bad))
  }
  const good = `Bearer ${signJwt({ iss, iat: now, exp: now + 60 }, apiSecret)}`
  assert.equal((await ask(good))[0], 200)
  await mock.clock.advance('1 min')
  assert.deepEqual(await ask(good), [401, 124, 'Access token is expired.'])
})

test('server-to-server OAuth gives tokens, which Video SDK takes where the world says so', async t => {
  const statuses = []
  for (const accepts of [false, true]) {
    const { mock } = await build(t, { accepts_oauth: accepts })
    const { clientId, clientSecret } = mock.world().credentials
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
    const token = (query: string, authorization: string) =>
      mock.app.inject({
        method: 'POST',
        url: `/oauth/token?${query}`,
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' }
      })
    const query = 'grant_type=account_credentials&account_id=acctMOCK0001'
    const given = await token(query, `Basic ${basic}`)
    assert.deepEqual([given.json().token_type, given.json().expires_in], ['bearer', 3600])
    const asked = await mock.app.inject({
      url: '/v2/videosdk/sessions',
      headers: { authorization: `Bearer ${given.json().access_token}` }
    })
    statuses.push(asked.statusCode)
    const refused = [
      await token(query, 'Basic eDp5'),
      await token('grant_type=password', `Basic ${basic}`),
      await token('grant_type=account_credentials&account_id=x', `Basic ${basic}`)
    ]
    assert.deepEqual(
      refused.map(({ statusCode }) => statusCode),
      [401, 400, 400]
    )
  }

  assert.deepEqual(statuses, [401, 200])
})

test('what is not as it must be is refused field by field', async t => {
  const { api, call, mock } = await build(t, { rate_limits: 'off' })
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const path = `/videosdk/sessions/${twice(visit.session().id)}`
  const fieldsOf = async (...asked: Parameters<typeof api>) => {
    const { status, body } = await api(...asked)
    assert.deepEqual([status, body['code'], body['message']], [400, 300, 'Validation Failed.'])
    return Object.values(Object(body['errors'])).map(error => Object(error).field)
  }

  assert.deepEqual(await fieldsOf('PUT', `${path}/status`, { action: 'stop' }), ['action'])
  assert.deepEqual(await fieldsOf('PUT', `${path}/status`, {}), ['action'])
  assert.deepEqual(await fieldsOf('PATCH', `${path}/events`, { method: 'dance' }), ['method'])
  assert.deepEqual(await fieldsOf('PATCH', `${path}/events`, { method: 'user.remove' }), [
    'params.participant_uuid'
  ])
  assert.deepEqual(await fieldsOf('PATCH', `${path}/events`, { method: 'user.invite.callout' }), [
    'params.phone_number'
  ])
  assert.deepEqual(
    await fieldsOf('POST', '/videosdk/sessions', { session_name: 'n'.repeat(201) }),
    ['session_name']
  )
  assert.deepEqual(await fieldsOf('POST', '/videosdk/sessions', { session_name: ['a'] }), [
    'session_name'
  ])
  assert.deepEqual(await fieldsOf('POST', '/videosdk/sessions', { session_name: 'a\0b' }), [
    'session_name'
  ])
  assert.deepEqual(
    await fieldsOf('POST', '/videosdk/sessions', {
      session_name: 'a',
      session_password: 'p'.repeat(11)
    }),
    ['session_password']
  )
  assert.deepEqual(await fieldsOf('GET', '/videosdk/sessions?type=all'), ['type'])
  assert.deepEqual(await fieldsOf('GET', '/videosdk/sessions?page_size=many'), ['page_size'])
  assert.deepEqual(await fieldsOf('GET', '/videosdk/sessions?from=yesterday'), ['from'])
  assert.deepEqual(await fieldsOf('GET', '/videosdk/sessions?from=2026-11-31'), ['from'])
  assert.deepEqual(await fieldsOf('GET', '/videosdk/sessions?from=2026-09-01&to=2026-11-23'), [
    'from'
  ])
  assert.deepEqual(await fieldsOf('GET', '/videosdk/recordings?trash=true&from=2026-11-22'), [
    'from'
  ])
  assert.deepEqual(await fieldsOf('GET', '/videosdk/report/daily?month=13'), ['month'])
  const tooOld = await api('GET', '/videosdk/sessions?from=2025-01-01&to=2025-01-02')
  assert.deepEqual(codes(tooOld), [400, 12702])
  for (const payload of ['{', '[]', '"end"', 'null', '']) {
    const answer = await mock.app.inject({
      method: 'PUT',
      url: `/v2${path}/status`,
      headers: {
        authorization: `Bearer ${signJwt({ iss: 'mock-api-key-0001', iat: 1, exp: 4e9 }, mock.world().credentials.apiSecret)}`
      },
      payload
    })
    assert.deepEqual(
      [answer.statusCode, answer.json().code, answer.json().message],
      [400, 300, 'Request Body should be a valid JSON object.'],
      payload
    )
  }
  assert.equal(visit.session().status, 'live')
})

test('an operation that nobody knows is refused, and the journal and the alerts say so loudly', async t => {
  const { api, mock } = await build(t)

  const unknown = await api('GET', '/videosdk/sessions_of_mine')
  const wrongMethod = await api('POST', '/videosdk/recordings', {})
  const elsewhere = await mock.app.inject('/v3/anything')

  assert.deepEqual(codes(unknown), [404, 2300])
  assert.deepEqual(codes(wrongMethod), [405, 2300])
  assert.equal(elsewhere.statusCode, 404)
  const { journal, alertLog } = mock.world()
  assert.equal(journal.list({ match: { kind: 'request.unknown' } }).length, 2)
  assert.match(
    alertLog.all[0]?.message ?? '',
    /no such operation here: GET \/videosdk\/sessions_of_mine/
  )
})

test('a page goes on where the one before ended, for a quarter of an hour and for the same question', async t => {
  const { api, call, mock } = await build(t)
  for (let number = 0; number < 5; number++) call(`call-${number}`).join('Ana')
  const list = (query: string) => api('GET', `/videosdk/sessions?${query}`)
  const namesIn = ({ body }: { body: Record<string, unknown> }) =>
    Object.values(Object(body['sessions'])).map(session => Object(session).session_name)

  const first = await list('page_size=2')
  const token = String(first.body['next_page_token'])
  const second = await list(`page_size=2&next_page_token=${token}`)
  const last = await list(`page_size=2&next_page_token=${String(second.body['next_page_token'])}`)
  const otherQuestion = await list(`page_size=3&next_page_token=${token}`)
  const nonsense = await list('page_size=2&next_page_token=nonsense')
  await mock.clock.advance('15 min')
  const late = await list(`page_size=2&next_page_token=${token}`)

  assert.deepEqual(
    [first, second, last].flatMap(namesIn),
    [4, 3, 2, 1, 0].map(n => `call-${n}`)
  )
  assert.equal(last.body['next_page_token'], '')
  for (const refused of [otherQuestion, nonsense, late])
    assert.deepEqual(codes(refused), [400, 300])
})

test('requests are limited by the second, the minute and the day, and the headers say how', async t => {
  const { api, call, mock } = await build(t, { plan: 'free' })
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const path = `/videosdk/sessions/${twice(visit.session().id)}/recordings`

  const light = []
  for (let asked = 0; asked < 5; asked++) light.push(await api('GET', path))
  await mock.clock.advance('1 s')
  const later = await api('GET', path)
  const many = []
  for (let asked = 0; asked < 11; asked++) many.push(await api('GET', '/videosdk/sessions'))

  assert.deepEqual(
    light.map(({ status }) => status),
    [404, 404, 404, 404, 429]
  )
  assert.equal(light[0]?.headers['x-ratelimit-remaining'], '3')
  const { headers, body } = light[4] ?? later
  assert.deepEqual(
    ['category', 'type', 'limit', 'remaining', 'reset'].map(name => headers[`x-ratelimit-${name}`]),
    ['Light', 'QPS', '4', '0', String(startOfTests / 1000 + 1)]
  )
  assert.match(String(body['message']), /maximum per-second rate limit/)
  assert.equal(later.status, 404)
  assert.deepEqual(codes(many[10] ?? later), [429, 429])
  assert.equal(many[10]?.headers['x-ratelimit-category'], 'Resource-intensive')

  mock.world().rates.set('Light/day', { since: Date.UTC(2026, 10, 23), count: 6000 })
  await mock.clock.advance('1 s')
  const daily = await api('GET', path)
  assert.deepEqual(codes(daily), [429, 429])
  assert.equal(daily.headers['x-ratelimit-type'], 'Daily-limit')
  assert.equal(daily.headers['retry-after'], '2026-11-24T00:00:00.000Z')
})

test('a master account asks about its own accounts, and about no other', async t => {
  const { api, control, mock } = await build(t)
  await mock.app.inject({
    method: 'POST',
    url: '/_mock/reset',
    headers: { 'x-mock-world': 'acctSUB1' },
    payload: { master_account_id: 'acctMOCK0001' }
  })
  await mock.app.inject({
    method: 'POST',
    url: '/_mock/reset',
    headers: { 'x-mock-world': 'acctOTHER' }
  })
  await mock.app.inject({
    method: 'POST',
    url: '/_mock/rooms/in-the-sub/join',
    headers: { 'x-mock-world': 'acctSUB1' },
    payload: { user_name: 'Ana' }
  })

  const own = await api('GET', '/accounts/acctSUB1/videosdk/sessions')
  const foreign = await api('GET', '/accounts/acctOTHER/videosdk/sessions')
  const rooms = await control('GET', '/_mock/rooms')

  assert.match(own.text, /in-the-sub/)
  assert.deepEqual(codes(foreign), [400, 1010])
  assert.deepEqual(rooms.text, '[]')
})

test('who was in the session can be removed and silenced by the API', async t => {
  const { api, call } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const ben = visit.join('Ben')
  const control = (method: string, uuid = ben.user.participantUuid) =>
    api('PATCH', `/videosdk/sessions/${twice(visit.session().id)}/events`, {
      method,
      params: { participant_uuid: uuid }
    })

  const statuses = [
    (await control('share.block')).status,
    (await control('audio.block')).status,
    (await control('audio.unblock')).status,
    (await control('user.remove')).status
  ]
  const unknown = await control('user.remove', 'nobody')

  assert.deepEqual(statuses, [202, 202, 202, 202])
  assert.deepEqual(codes(unknown), [404, 1001])
  assert.deepEqual(visit.people(), ['Ana'])
  assert.deepEqual(visit.session().blocked, { audio: [], video: [], share: [ben.id] })
})

test('reports tell what was used, recorded, dialled, done and sent', async t => {
  const { api, call, mock } = await build(t)
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host', phoneNumber: '+16015550123' }).startsRecording()
  await mock.clock.advance('10 min')
  ana.endsForAll()
  await visit.expects('session.recording_completed')
  await api('DELETE', `/videosdk/sessions/${twice(visit.session().id)}/recordings`)
  const report = async (name: string, list: string) => {
    const { body, status } = await api('GET', `/videosdk/report/${name}`)
    assert.equal(status, 200)
    return Object.values(Object(body[list])).map(Object)
  }

  const days = await report('daily', 'dates')
  const storage = await report('cloud_recording', 'cloud_recording_storage')
  const calls = await report('telephone', 'telephony_usage')
  const done = await report('operationlogs', 'operation_logs')
  const sent = await report('webhook_logs', 'webhook_logs')

  assert.equal(days.length, 30)
  assert.deepEqual(days[22], { date: '2026-11-23', sessions: 1, users: 1, session_minutes: 10 })
  assert.equal(storage.length, 2)
  assert.deepEqual([calls[0].phone_number, calls[0].duration], ['+16015550123', 10])
  assert.equal(done[0].action, 'trashed')
  assert.ok(
    sent.some(({ event, http_status: status }) => event === 'session.ended' && status === 200)
  )
})

test('storage of its own is kept and shown without its secret', async t => {
  const { api } = await build(t)
  const s3 = {
    region: 'us-east-1',
    bucket: 'recordings',
    authentication_mechanism: 'aws_access_key',
    access_key: { id: 'AKIA', key: 'very secret' }
  }
  const root = '/videosdk/settings/storage'

  const turned = await api('PATCH', root, { bring_our_own_storage: true })
  const made = await api('POST', `${root}/location`, { name: 'Ours', provider: 'aws_s3', s3 })
  const path = `${root}/location/${String(made.body['id'])}`
  const changed = await api('PATCH', path, { name: 'Theirs' })
  const shown = await api('GET', path)
  const listed = await api('GET', `${root}/location`)
  const deleted = await api('DELETE', path)
  const gone = await api('GET', path)

  assert.deepEqual(
    [turned, made, changed, shown, deleted, gone].map(({ status }) => status),
    [204, 201, 204, 200, 204, 404]
  )
  assert.equal(shown.body['name'], 'Theirs')
  assert.doesNotMatch(made.text + shown.text + listed.text, /very secret/)
})

test('streams that come in are made, changed, bound and forgotten', async t => {
  const { api, call } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const session = `/videosdk/sessions/${twice(visit.session().id)}`

  const made = await api('POST', '/videosdk/stream_ingestions', { stream_name: 'Choir' })
  const id = String(made.body['stream_id'])
  const path = `/videosdk/stream_ingestions/${id}`
  const changed = await api('PATCH', path, { stream_description: 'The hall' })
  const shown = await api('GET', path)
  const params = { stream_ingestion_stream_id: id }
  const early = await api('PATCH', `${session}/events`, { method: 'stream_ingestion.send', params })
  await api('PATCH', `${session}/events`, { method: 'stream_ingestion.bind', params })
  await api('PATCH', `${session}/events`, { method: 'stream_ingestion.send', params })
  const bound = await api('GET', `${session}/stream_ingestions`)
  const listed = await api('GET', '/videosdk/stream_ingestions')
  const deleted = await api('DELETE', path)

  assert.deepEqual([made.status, changed.status, deleted.status], [201, 204, 204])
  assert.equal(shown.body['stream_description'], 'The hall')
  assert.deepEqual(codes(early), [404, 3001])
  assert.deepEqual(JSON.parse(bound.text), [
    { stream_id: id, rtmp_connection_status: 0, rtmp_stream_push_status: 1 }
  ])
  assert.equal(Object(listed.body['stream_ingestions']).length, 1)
})

test('what only answers is there: qualities, sharing, live streams, dialling in, media streams', async t => {
  const { api, call, mock } = await build(t, { rate_limits: 'off' })
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' }).shares('desktop')
  const path = `/videosdk/sessions/${twice(visit.session().id)}`

  const qos = await api('GET', `${path}/users/qos`)
  const one = await api('GET', `${path}/users/${ana.id}/qos`)
  const nobody = await api('GET', `${path}/users/7/qos`)
  const sharing = await api('GET', `${path}/users/sharing`)
  const stream = await api('GET', `${path}/livestream`)
  const early = await api('PATCH', `${path}/livestream/status`, { action: 'start' })
  const sip = await api('POST', `${path}/sip_dialing`, {})
  const rtms = await api('PATCH', `${path}/rtms_app/status`, { action: 'start' })
  const answers = await api('GET', '/marketplace/app/event_subscription')

  assert.deepEqual(
    [qos, one, nobody, sharing, stream, early, sip, rtms, answers].map(({ status }) => status),
    [200, 200, 404, 200, 200, 400, 200, 204, 200]
  )
  assert.match(sharing.text, /"content":"desktop"/)
  assert.equal(mock.world().journal.list({ match: { kind: 'session.rtms' } }).length, 1)
})
