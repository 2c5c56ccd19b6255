import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { Agent, request } from 'undici'
import { createMockTwilio, type MockTwilio } from '../../mock-twilio/app.ts'
import { developmentAccountSeed } from '../../mock-twilio/development-account.ts'
import { development, developmentToken } from '../../server/seed.ts'
import { until } from '../../server/testing/build.ts'
import { freePort } from '../../simulator/free-port.ts'
import { type ClientApp, createClientApp } from '../../simulator/client-app.ts'
import { VirtualClock } from '../../simulator/clock.ts'

/*
 * The server as real processes, which can be killed, between a provider and a client application that live in
 * the test: what those two saw is the truth.
 */

export interface Outside {
  mock: MockTwilio
  clientApp: ClientApp
  clock: VirtualClock
  /** What a server process needs to know of it. */
  environment: Record<string, string>
  serverUrl: string
  /** How many texts with this body the provider has. */
  timesSent(body: string): number
}

export interface Process {
  readonly child: ChildProcess
  /** Everything that it wrote, for the message of a failure. */
  output(): string
  /** Resolves with the exit code; null after a kill. */
  exited: Promise<number | null>
  kill(signal: NodeJS.Signals): Promise<number | null>
}

/**
 * The provider, whose messages arrive at once, and the client application; both die with the test.
 *
 * @param options.retention how many things each of the two remembers
 */
export async function startOutside(
  t: TestContext,
  { clock = new VirtualClock(), retention = 100_000 } = {}
): Promise<Outside> {
  const clientApp = createClientApp({
    retention,
    username: development.callbackUsername,
    password: development.callbackPassword,
    signingSecret: development.signingSecret
  })
  t.after(() => clientApp.close())
  const clientAppUrl = await clientApp.app.listen({ host: '127.0.0.1', port: 0 })
  const port = await freePort()
  const serverUrl = `http://127.0.0.1:${port}`
  const account = developmentAccountSeed(`${serverUrl}/api/v1/twilio_requests/inbound`)
  const mock = await createMockTwilio({
    clock,
    seed: 'system',
    retention,
    accounts: [{ ...account, profile: 'instant' }]
  })
  t.after(() => mock.close())
  const twilioUrl = await mock.app.listen({ host: '127.0.0.1', port: 0 })
  return {
    mock,
    clientApp,
    clock,
    serverUrl,
    environment: {
      PORT: String(port),
      PUBLIC_URL: serverUrl,
      TWILIO_BASE_URL: twilioUrl,
      CLIENT_APP_URL: `${clientAppUrl}/events`,
      ALLOW_PRIVATE_CALLBACKS: 'true',
      RATE_LIMIT_PER_MINUTE: '0',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      LOG_LEVEL: 'error'
    },
    timesSent: body =>
      mock.world().journal.list({ match: { kind: 'message.created', body }, limit: 100 }).length
  }
}

/** Runs a program of the server; it is killed when the test ends. */
export function startProcess(
  t: TestContext,
  program: 'server/main.ts' | 'server/worker.ts',
  environment: Record<string, string>
): Process {
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', part => (output = (output + String(part)).slice(-8_000)))
  const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  t.after(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    child,
    exited,
    output: () => output,
    kill(signal) {
      child.kill(signal)
      return exited
    }
  }
}

/** A server process that answers, known to the client application. */
export async function startServer(
  t: TestContext,
  outside: Outside,
  environment: Record<string, string>
): Promise<Process> {
  const server = startProcess(t, 'server/main.ts', { ...outside.environment, ...environment })
  await until(
    'the server to answer',
    async () => {
      if (server.child.exitCode !== null) throw new Error(`The server ended:\n${server.output()}`)
      return (await call(outside, 'GET', '/status').catch(() => undefined))?.status === 200
    },
    20_000
  )
  return server
}

/** Tells the server where the client application listens. */
export async function registerClientApp(outside: Outside): Promise<void> {
  const { status, body } = await call(outside, 'PATCH', '/bearer', {
    callback_url: outside.environment['CLIENT_APP_URL'],
    username: development.callbackUsername,
    password: development.callbackPassword
  })
  if (status !== 200) throw new Error(`PATCH /bearer answered ${status}: ${JSON.stringify(body)}`)
}

export interface Reply {
  status: number
  body: Record<string, unknown>
}

const agent = new Agent({ connections: 64, headersTimeout: 5_000, bodyTimeout: 5_000 })

/** One request of an API client; rejects when no whole answer comes. */
export async function call(
  { serverUrl }: Pick<Outside, 'serverUrl'>,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {}
): Promise<Reply> {
  const answer = await request(`${serverUrl}/api/v1${path}`, {
    method,
    dispatcher: agent,
    headers: {
      authorization: `Bearer ${developmentToken}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers
    },
    body: body === undefined ? null : JSON.stringify(body)
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, body: text === '' ? {} : JSON.parse(text) }
}

/** Posts a message until the server has taken it, as a careful client does: the same key for every try. */
export async function postUntilAccepted(
  outside: Outside,
  key: string,
  message: object
): Promise<string> {
  for (const deadline = performance.now() + 40_000; performance.now() < deadline;) {
    const answer = await call(
      outside,
      'POST',
      '/messages',
      { message },
      { 'idempotency-key': key }
    ).catch(() => undefined)
    if (answer?.status === 201) return String(answer.body['message_uuid'])
    if (answer && answer.status < 500 && answer.status !== 409)
      throw new Error(`POST /messages answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`The message ${key} was not accepted within 40 s`)
}

/** Runs one task for each item, a few at a time. */
export async function inParallel<Item>(
  items: readonly Item[],
  lanes: number,
  task: (item: Item) => Promise<void>
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await task(item)
    })
  )
}

/** The ids of the events with a final status, by message. */
export function finalEvents({ clientApp }: Outside): Map<string, Set<string>> {
  const finals = new Map<string, Set<string>>()
  for (const { eventId, payload, authentic } of clientApp.events) {
    if (!authentic || payload['internal_status'] !== 'delivered') continue
    const uuid = String(payload['message_uuid'])
    finals.set(uuid, (finals.get(uuid) ?? new Set()).add(eventId))
  }
  return finals
}
