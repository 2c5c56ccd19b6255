import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, startOfTest } from '../../../contracts/twilio/judged-mock.ts'

const alerts = '/monitor.twilio.com/v1/Alerts'

interface ListedAlert {
  sid: string
  error_code: string
}

test("what the application did wrong is listed by Twilio's own monitor, newest first", async t => {
  const { send, request, mock, receiver } = await build(t)
  receiver.answers(({ form }) => ({
    status: form['MessageStatus'] === 'sent' ? 500 : 200,
    body: 'nothing to see',
    contentType: 'application/json'
  }))
  const { body: message } = await send()
  await mock.clock.advance('1 min')

  const { body } = await request('GET', alerts)
  const errors = await request('GET', alerts, { LogLevel: 'error' })
  const codes = (list: unknown) => listed(list).map(({ error_code: code }) => code)
  const [, failed] = listed(body['alerts'])
  const one = await request('GET', `${alerts}/${failed?.sid}`)

  assert.deepEqual(codes(body['alerts']), ['12300', '11200'])
  assert.deepEqual(codes(errors.body['alerts']), ['11200'])
  assert.equal(one.body['resource_sid'], message.sid)
  assert.equal(one.body['response_body'], 'nothing to see')
  assert.match(String(one.body['request_variables']), /MessageStatus=sent/)
  assert.match(String(one.body['request_headers']), /x-twilio-signature=/)
  assert.equal(one.body['request_url'], `${receiver.url}/status`)
})

test('alerts are turned over page by page, and by date', async t => {
  const { request, mock } = await build(t)
  for (let day = 0; day < 3; day++) {
    mock.world().alert(11200, `day ${day}`)
    await mock.clock.advance('24 h')
  }
  const day = (index: number) =>
    new Date(startOfTest + index * 86_400_000).toISOString().slice(0, 10)

  const { body: first } = await request('GET', alerts, { PageSize: 2 })
  const meta: Record<string, unknown> = Object(first['meta'])
  const next = String(meta['next_page_url']).replace('https://', '/')
  const { body: second } = await request('GET', next)
  const { body: middle } = await request('GET', alerts, { StartDate: day(1), EndDate: day(1) })
  const wrong = await request('GET', alerts, { StartDate: 'yesterday' })

  assert.equal(listed(first['alerts']).length, 2)
  assert.equal(listed(second['alerts']).length, 1)
  assert.equal(listed(middle['alerts']).length, 1)
  assert.deepEqual([wrong.status, wrong.body['code']], [400, 20001])
})

test('an alert that is not there is not found', async t => {
  const { request } = await build(t)

  const { status, body } = await request('GET', `${alerts}/NO${'0'.repeat(32)}`)

  assert.deepEqual([status, body['code']], [404, 20404])
})

function listed(value: unknown): ListedAlert[] {
  return Array.isArray(value) ? value : []
}

test('an alert about half a character is listed like any other', async t => {
  const { request, mock } = await build(t)
  mock.world().alert(14103, 'a Message to \ud83d has neither text nor media')

  const { status, body } = await request('GET', alerts)

  assert.equal(status, 200)
  assert.match(JSON.stringify(body), /%EF%BF%BD/)
})
