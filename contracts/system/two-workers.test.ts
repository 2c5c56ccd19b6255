import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aDatabase, firstNumber, until } from '../../server/testing/build.ts'
import {
  finalEvents,
  inParallel,
  postUntilAccepted,
  registerClientApp,
  startOutside,
  startProcess,
  startServer
} from './processes.ts'

const messages = 1_000

test(`two workers share ${messages} messages; one is killed midway, and nothing is lost or doubled`, async t => {
  const outside = await startOutside(t)
  const database = await aDatabase('postgresql')
  t.after(() => database.drop())
  const environment = {
    DATABASE_URL: database.url,
    DATABASE_POOL: '6',
    WORKERS: 'external',
    LEASE_MS: '3000',
    RECONCILE_AFTER_MS: '1000',
    STATUS_CHECK_AFTER_MS: '1000'
  }
  const server = await startServer(t, outside, environment)
  await registerClientApp(outside)
  const workers = [1, 2].map(() =>
    startProcess(t, 'server/worker.ts', { ...outside.environment, ...environment })
  )
  const bodies = Array.from({ length: messages }, (_, place) => `Shared text ${place}`)
  const uuids: string[] = []

  const posting = inParallel(bodies, 16, async body => {
    const receiver = `+1601555${1_000 + (Number(/\d+/.exec(body)?.[0]) % 8_000)}`
    const message = { sender_number: firstNumber, receiver_number: receiver, message_body: body }
    uuids.push(await postUntilAccepted(outside, body, message))
  })
  const created = () =>
    outside.mock.world().journal.list({ match: { kind: 'message.created' }, limit: messages * 2 })
      .length
  await until('a third of the messages to be sent', () => created() > messages / 3, 20_000)
  await workers[0]?.kill('SIGKILL')
  await posting
  await until(
    'the final event of every message',
    () => finalEvents(outside).size === messages,
    30_000
  ).catch((cause: unknown) => {
    const said = [server, ...workers].map(process => process.output()).join('\n')
    throw new Error(
      `${finalEvents(outside).size} of ${messages} messages have a final event:\n${said}`,
      { cause }
    )
  })

  assert.equal(new Set(uuids).size, messages)
  assert.deepEqual(
    bodies.filter(body => outside.timesSent(body) !== 1),
    [],
    'each text is at the provider exactly once'
  )
  assert.ok([...finalEvents(outside).values()].every(ids => ids.size === 1))
  assert.equal(await workers[1]?.kill('SIGTERM'), 0)
  assert.equal(await server.kill('SIGTERM'), 0)
})
