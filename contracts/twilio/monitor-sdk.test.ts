import assert from 'node:assert/strict'
import { test } from 'node:test'

import { phone } from '../../mock-twilio/testing/phone.ts'
import { firstNumber, person, startOfTest } from './judged-mock.ts'
import { anSdk } from './mocked-sdk.ts'

test('what the application did wrong is listed and fetched as alerts', async t => {
  const { withToken: client, mock, receiver } = await anSdk(t)
  receiver.answers(() => ({ status: 500, body: 'no', contentType: 'text/plain' }))
  const message = await client.messages.create({
    to: person,
    from: firstNumber,
    body: 'Your bus is late',
    statusCallback: `${receiver.url}/status`
  })
  await mock.clock.advance('1 min')
  receiver.answers(() => ({ body: '<Response><Shout/></Response>' }))
  await phone(mock, person).texts(firstNumber, 'Hello')

  const [warning, ...errors] = await client.monitor.v1.alerts.list()
  const alert = await client.monitor.v1.alerts(String(errors[0]?.sid)).fetch()

  assert.deepEqual([warning?.errorCode, warning?.logLevel], ['12200', 'warning'])
  assert.ok(errors.length > 0)
  for (const { errorCode, logLevel, resourceSid } of errors) {
    assert.deepEqual([errorCode, logLevel, resourceSid], ['11200', 'error', message.sid])
  }
  assert.deepEqual([alert.errorCode, alert.responseBody], ['11200', 'no'])
  assert.equal(alert.requestUrl, `${receiver.url}/status`)
  assert.match(alert.requestVariables, /MessageStatus=/)
  assert.ok(alert.dateGenerated instanceof Date)
})

test('alerts are listed by level and by day, page by page', async t => {
  const { withToken: client, mock } = await anSdk(t)
  for (let day = 0; day < 5; day++) {
    mock.world().alert(day % 2 === 0 ? 11200 : 12200, `on day ${day}`)
    await mock.clock.advance('24 h')
  }
  const day = (index: number) => new Date(startOfTest + index * 86_400_000)

  const all = await client.monitor.v1.alerts.list({ pageSize: 2 })
  const warnings = await client.monitor.v1.alerts.list({ logLevel: 'warning' })
  const some = await client.monitor.v1.alerts.list({ startDate: day(1), endDate: day(3) })
  const page = await client.monitor.v1.alerts.page({ pageSize: 2, pageNumber: 0 })

  assert.deepEqual(
    [all, warnings, some, page.instances].map(({ length }) => length),
    [5, 2, 3, 2]
  )
  await assert.rejects(client.monitor.v1.alerts(`NO${'0'.repeat(32)}`).fetch(), {
    code: 20404,
    status: 404
  })
})
