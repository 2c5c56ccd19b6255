import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, twice } from './testing/build.ts'

test('a rule refuses an operation with a status, an answer is lost, late or damaged', async t => {
  const { api, control, call, mock } = await build(t, { rate_limits: 'off' })
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const path = `/videosdk/sessions/${twice(visit.session().id)}`
  const once = (effect: object, match: object = {}) =>
    control('POST', '/_mock/faults', { match, effect, count: 1 })

  await once({ type: 'http', status: 429, retry_after: 3 }, { operation: 'end-session' })
  const other = await api('GET', path)
  const limited = await api('PUT', `${path}/status`, { action: 'end' })
  await once({ type: 'http', status: 503 }, { to: 'call-0001' })
  const broken = await api('GET', path)
  await once({ type: 'response', fault: 'truncated_json' })
  const cut = await api('GET', path)
  await once({ type: 'response', fault: 'html', status: 502 })
  const html = await api('GET', path)
  await once({ type: 'concurrency', limit: 0 })
  const crowded = await api('GET', path)
  await once({ type: 'connection', fault: 'answer_lost' }, { operation: 'end-session' })
  await assert.rejects(api('PUT', `${path}/status`, { action: 'end' }))

  assert.equal(other.status, 200)
  assert.deepEqual(
    [limited.status, limited.body['code'], limited.headers['retry-after']],
    [429, 429, '3']
  )
  assert.deepEqual([broken.status, broken.body['code']], [503, 503])
  assert.throws(() => JSON.parse(cut.text), SyntaxError)
  assert.deepEqual([html.status, html.headers['content-type']], [502, 'text/html'])
  assert.match(String(crowded.body['message']), /Too many concurrent requests/)
  assert.equal(visit.session().status, 'ended', 'it was done, and nobody heard of it')
  const kinds = mock
    .world()
    .journal.list({ limit: 1000 })
    .map(({ kind }) => kind)
  assert.ok(kinds.includes('request.answer_lost') && kinds.includes('request.damaged'))
})

test('a header asks for a refusal, and a rule that did not apply says why', async t => {
  const { api, control, mock, apiToken } = await build(t)
  await control('POST', '/_mock/faults', {
    match: { operation: 'end-session' },
    effect: { type: 'http', status: 500 }
  })

  const preferred = await mock.app.inject({
    url: '/v2/videosdk/recordings',
    headers: { authorization: `Bearer ${apiToken()}`, prefer: 'code=429' }
  })
  await api('GET', '/videosdk/recordings')
  const { text } = await control('GET', '/_mock/faults')

  assert.equal(preferred.statusCode, 429)
  assert.match(text, /operation is \\"list-recordings\\", not end-session/)
})
