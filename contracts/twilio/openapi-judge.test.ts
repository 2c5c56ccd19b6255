import assert from 'node:assert/strict'
import { test } from 'node:test'

import fastify from 'fastify'

import { account, build } from './judged-mock.ts'
import { judgeResponses } from './openapi-judge.ts'

test('every answer of the mock is judged, by operation and status', async t => {
  const { request, judge } = await build(t)

  await request('GET', `${account}.json`)
  await request('GET', '/messaging/v1/Services')

  assert.deepEqual(
    [...judge.covered],
    ['GET /2010-04-01/Accounts/{Sid}.json 200', 'GET /v1/Services 200']
  )
  judge.assertNoViolations()
})

test('a wrong type, a surplus field and an undocumented path are found', async () => {
  const app = fastify()
  const judge = judgeResponses(app)
  const messages = '/api/2010-04-01/Accounts/:AccountSid/Messages'
  app.get(`${messages}.json`, () => ({ messages: [], total: 0 }))
  app.get(`${messages}/:Sid.json`, () => ({ num_segments: 1, date_sent: '2026-11-23' }))
  app.get('/messaging/v1/Nothing', () => ({}))

  for (const url of ['Messages.json', 'Messages/SM1.json']) {
    await app.inject({ url: `/api/2010-04-01/Accounts/AC1/${url}` })
  }
  await app.inject({ url: '/messaging/v1/Nothing' })

  const told = judge.violations.map(({ problems }) => problems.join('; '))
  assert.equal(told.length, 3)
  assert.match(told[0] ?? '', /"additionalProperty":"total"/)
  assert.match(told[1] ?? '', /\/num_segments must be string/)
  assert.match(told[1] ?? '', /\/date_sent must match format/)
  assert.match(told[2] ?? '', /documents no GET \/v1\/Nothing/)
  assert.throws(() => judge.assertNoViolations(), /breaks Twilio's contract/)
})
