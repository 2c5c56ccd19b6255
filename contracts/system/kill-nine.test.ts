import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { firstNumber, until } from '../../server/testing/build.ts'
import { Random } from '../../simulator/random.ts'
import {
  finalEvents,
  inParallel,
  type Outside,
  postUntilAccepted,
  type Process,
  registerClientApp,
  startOutside,
  startServer
} from './processes.ts'

/** `TEST_MESSAGES` and `TEST_KILLS` make it longer. */
const messages = Number(process.env['TEST_MESSAGES'] ?? 1_000)
const kills = Number(process.env['TEST_KILLS'] ?? 3)

test(`a server killed ${kills} times at random loses none of ${messages} messages and sends none twice`, async t => {
  const seed = process.env['TEST_SEED'] ?? String(Date.now())
  t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the moments`)
  const outside = await startOutside(t)
  const environment = await sqliteEnvironment(t)
  let server = await startServer(t, outside, environment)
  await registerClientApp(outside)
  const bodies = Array.from({ length: messages }, (_, place) => `Text ${place} of the storm`)
  const uuids = new Map<string, string>()

  const posting = inParallel(bodies, 16, async body => {
    const message = {
      sender_number: firstNumber,
      receiver_number: receiverOf(body),
      message_body: body
    }
    uuids.set(body, await postUntilAccepted(outside, `key of ${body}`, message))
  })
  const random = new Random(`kill-nine/${seed}`)
  for (let kill = 0; kill < kills; kill++) {
    await new Promise(resolve => setTimeout(resolve, random.between(200, 1_500)))
    await server.kill('SIGKILL')
    server = await startServer(t, outside, environment)
  }
  await posting
  await everyFinalEvent(outside, server, [...uuids.values()])

  const wrong = bodies
    .map(body => [body, outside.timesSent(body)] as const)
    .filter(([, times]) => times !== 1)
  assert.deepEqual(wrong, [], 'each text is at the provider exactly once')
  const finals = finalEvents(outside)
  assert.equal(finals.size, messages)
  assert.ok(
    [...finals.values()].every(ids => ids.size === 1),
    'an event has one id however often it is delivered'
  )
})

test('a server that is asked to stop finishes what is in flight and exits with 0', async t => {
  const outside = await startOutside(t)
  const environment = await sqliteEnvironment(t)
  const server = await startServer(t, outside, environment)
  await registerClientApp(outside)
  outside.clientApp.answerWith(undefined, { delayMs: 300 })
  const bodies = Array.from({ length: 60 }, (_, place) => `Last words ${place}`)
  const accepted: string[] = []
  await inParallel(bodies, 16, async body => {
    const message = {
      sender_number: firstNumber,
      receiver_number: receiverOf(body),
      message_body: body
    }
    accepted.push(await postUntilAccepted(outside, body, message))
  })

  const stoppedAt = performance.now()
  const exitCode = await server.kill('SIGTERM')
  const tookMs = performance.now() - stoppedAt
  outside.clientApp.answerWith(undefined)
  const next = await startServer(t, outside, environment)
  await everyFinalEvent(outside, next, accepted)

  assert.equal(exitCode, 0, server.output())
  assert.ok(tookMs < 5_000, `took ${tookMs} ms`)
  assert.deepEqual(
    bodies.map(body => outside.timesSent(body)),
    bodies.map(() => 1)
  )
  assert.equal(await next.kill('SIGTERM'), 0)
})

const receiverOf = (body: string): string =>
  `+1601555${String(1_000 + ((body.length * 37 + (Number(/\d+/.exec(body)?.[0]) || 0)) % 8_000))}`

async function sqliteEnvironment(t: TestContext): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'kill-nine-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return {
    DATABASE_URL: `sqlite:${join(directory, 'server.sqlite')}`,
    LEASE_MS: '3000',
    RECONCILE_AFTER_MS: '1000',
    STATUS_CHECK_AFTER_MS: '1000',
    CLIENT_EVENT_RETRY_SCHEDULE: '500ms,1s,1s,2s,2s,5s,5s,5s',
    SHUTDOWN_GRACE_MS: '3000'
  }
}

async function everyFinalEvent(
  outside: Outside,
  server: Process,
  uuids: readonly string[]
): Promise<void> {
  const missing = () => {
    const finals = finalEvents(outside)
    return uuids.filter(uuid => !finals.has(uuid))
  }
  await until('the final event of every message', () => missing().length === 0, 30_000).catch(
    (cause: unknown) => {
      throw new Error(
        `${missing().length} messages have no final event, e.g. ${missing()[0]}. The server said:\n${server.output()}`,
        { cause }
      )
    }
  )
}
