import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { firstNumber, parentNumber, startOfTest, until } from '../../server/testing/build.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { call, postUntilAccepted, startOutside, startServer } from './processes.ts'

test("a server process follows the provider's clock: a message for tomorrow is sent when a day is skipped", async t => {
  const clock = new VirtualClock({ mode: 'frozen', start: startOfTest })
  const outside = await startOutside(t, { clock })
  const directory = await mkdtemp(join(tmpdir(), 'followed-clock-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const server = await startServer(t, outside, {
    DATABASE_URL: `sqlite:${join(directory, 'server.sqlite')}`,
    CLOCK_URL: `${outside.environment['TWILIO_BASE_URL']}/_mock/clock`
  })
  const sendAt = new Date(startOfTest + 24 * 3_600_000).toISOString()

  const uuid = await postUntilAccepted(outside, 'tomorrow', {
    sender_number: firstNumber,
    receiver_number: parentNumber,
    message_body: 'See you tomorrow.',
    send_at: sendAt
  })
  const { body: before } = await call(outside, 'GET', `/messages/${uuid}`)
  await clock.advance('23 h')
  const sentEarly = outside.timesSent('See you tomorrow.')
  await clock.advance('1 h')
  await until(
    'the message to reach the provider',
    () => outside.timesSent('See you tomorrow.') === 1
  )

  assert.deepEqual(
    [before['internal_status'], before['created_at']],
    ['scheduled', new Date(startOfTest).toISOString()]
  )
  assert.equal(sentEarly, 0)
  assert.equal(await server.kill('SIGTERM'), 0)
})
