import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { judgeResponses } from '../../contracts/twilio/openapi-judge.ts'
import { createMockTwilio, type MockTwilio } from '../../mock-twilio/app.ts'
import { developmentAccountSeed } from '../../mock-twilio/development-account.ts'
import { createMockZoom, type MockZoom } from '../../mock-zoom/app.ts'
import { developmentAccountSeed as zoomAccountSeed } from '../../mock-zoom/development-account.ts'
import type { WorldSeed as ZoomSeed } from '../../mock-zoom/seeds.ts'
import { type ClientApp, createClientApp } from '../../simulator/client-app.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { freePort } from '../../simulator/free-port.ts'
import { createApp, createDeps, type Deps, startWorkers } from '../app.ts'
import { readConfig } from '../config.ts'
import { entities } from '../entities.ts'
import { migrations } from '../migrations/list.ts'
import { type Dialect, openDatabase } from '../platform/database.ts'
import { createLog } from '../platform/log.ts'
import { development, developmentToken, seedDevelopment } from '../seed.ts'
import { ensurePostgresTemplate, lendPostgresDatabase } from './postgres.ts'

export const [firstNumber, secondNumber] = development.numbers.map(({ number }) => number) as [
  string,
  string
]
export const parentNumber = development.parentNumber
/** When every test begins. */
export const startOfTest = Date.UTC(2026, 10, 23, 12)

export interface Answer {
  status: number
  headers: Record<string, string | string[] | number | undefined>
  // Tests look into answers freely; their shape is judged elsewhere.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

export interface RequestOptions {
  body?: unknown
  /** The administrator's when absent; null for none. */
  token?: string | null
  headers?: Record<string, string>
}

export interface TestServer {
  app: FastifyInstance
  url: string
  deps: Deps
  clock: VirtualClock
  mock: MockTwilio
  /** Only of a test that asks for it. */
  zoom: MockZoom | undefined
  clientApp: ClientApp
  /** A request of an API client, relative to /api/v1. */
  request(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    options?: RequestOptions
  ): Promise<Answer>
  /** Sends a text from the first number to the parent, unless told otherwise. */
  sendMessage(fields?: object, options?: Omit<RequestOptions, 'body'>): Promise<Answer>
  /** Another bearer with a token of its own. */
  createBearer(fields?: object): Promise<{ id: number; token: string; signingSecret: string }>
  /** Moves time, letting texts, callbacks and events take their course on the way. */
  advance(duration: string | number): Promise<void>
  /** Resolves when no lane has work that is due and everything claimed is settled. */
  idle(): Promise<void>
}

export interface BuildOptions {
  environment?: Record<string, string>
  /** Consume the lanes; true when absent. */
  workers?: boolean
  /** With mock-zoom, which begins like this. */
  zoom?: ZoomSeed
}

/** Runs the same tests on SQLite and on PostgreSQL; `TEST_DATABASE` chooses one. */
export function onEachDatabase(tests: (dialect: Dialect) => void): void {
  const wanted = process.env['TEST_DATABASE']
  for (const dialect of ['sqlite', 'postgresql'] as const) {
    if (wanted === undefined || wanted === dialect) describe(`on ${dialect}`, () => tests(dialect))
  }
}

/** A whole system for one test: server and workers, mock provider, client application, one frozen clock. */
export async function build(
  t: TestContext,
  dialect: Dialect = 'sqlite',
  options: BuildOptions = {}
): Promise<TestServer> {
  // What was begun is ended, also when a later step fails: a server left listening would keep the process.
  const endings: (() => unknown)[] = []
  t.after(async () => {
    // Every ending has its turn, also after one that failed.
    const failures: unknown[] = []
    for (const end of endings.toReversed()) {
      try {
        await end()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `A test system did not end well: ${failures.map(String).join('; ')}`
      )
  })
  const clock = new VirtualClock({ mode: 'frozen', start: startOfTest })
  endings.push(() => clock.stop())
  const clientApp = createClientApp({
    username: development.callbackUsername,
    password: development.callbackPassword,
    signingSecret: development.signingSecret
  })
  endings.push(() => clientApp.close())
  const clientAppUrl = await clientApp.app.listen({ host: '127.0.0.1', port: 0 })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const mock = await createMockTwilio({
    clock,
    seed: 'test',
    accounts: [developmentAccountSeed(`${url}/api/v1/twilio_requests/inbound`)]
  })
  const judge = judgeResponses(mock.app)
  endings.push(async () => {
    await mock.close()
    // Whatever a test is about: the mock answered as Twilio's own documents say.
    judge.assertNoViolations()
  })
  const twilioUrl = await mock.app.listen({ host: '127.0.0.1', port: 0 })
  const zoom = options.zoom && (await aMockZoom(clock, url, options.zoom))
  endings.push(() => zoom?.mock.close())
  const database = await aDatabase(dialect)
  endings.push(() => database.drop())
  const files = await mkdtemp(join(tmpdir(), 'common-services-files-'))
  endings.push(() => rm(files, { recursive: true, force: true }))
  const config = readConfig({
    STORAGE_URL: `file:${files}`,
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ALLOW_PRIVATE_CALLBACKS: 'true',
    DATABASE_POOL: '6',
    RATE_LIMIT_PER_MINUTE: '0',
    MAX_EVENT_LOOP_DELAY_MS: '0',
    SHUTDOWN_GRACE_MS: '2000',
    PUBLIC_URL: url,
    ...options.environment,
    DATABASE_URL: database.url,
    PORT: String(port),
    TWILIO_BASE_URL: twilioUrl,
    ...(zoom && { ZOOM_BASE_URL: zoom.url })
  })
  const deps = await createDeps({ config, clock, log: createLog(config.LOG_LEVEL) })
  endings.push(() => deps.close())
  await seedDevelopment(deps, `${clientAppUrl}/events`)
  const app = await createApp(deps)
  const workers = options.workers === false ? undefined : startWorkers(deps)
  endings.push(
    () => workers?.stop(),
    () => app.close()
  )
  await app.listen({ host: '127.0.0.1', port })

  const request: TestServer['request'] = async (
    method,
    path,
    { body, token = developmentToken, headers = {} } = {}
  ) => {
    const answer = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson && answer.body !== '' ? answer.json() : answer.body
    }
  }

  const idle = (): Promise<void> =>
    until('the lanes to be idle', async () => (await entriesInWork(deps)) === 0)

  return {
    app,
    url,
    deps,
    clock,
    mock,
    zoom: zoom?.mock,
    clientApp,
    request,
    sendMessage: (fields = {}, how = {}) =>
      request('POST', '/messages', {
        ...how,
        body: {
          message: {
            sender_number: firstNumber,
            receiver_number: parentNumber,
            message_body: 'School is closed today.',
            ...fields
          }
        }
      }),
    async createBearer(fields = {}) {
      const bearer = await request('POST', '/admin/bearers', {
        body: {
          bearer_name: 'Another application',
          bearer_type: 'Application',
          callback_url: `${clientAppUrl}/events`,
          username: development.callbackUsername,
          password: development.callbackPassword,
          ...fields
        }
      })
      const key = await request('POST', '/admin/api_keys', { body: { bearer_id: bearer.body.id } })
      return {
        id: bearer.body.id,
        token: key.body.token,
        signingSecret: bearer.body.signing_secret
      }
    },
    async advance(duration) {
      if (workers) await idle()
      await clock.advance(duration)
      if (workers) await idle()
    },
    idle
  }
}

async function aMockZoom(
  clock: VirtualClock,
  serverUrl: string,
  seed: ZoomSeed
): Promise<{ mock: MockZoom; url: string }> {
  const mock = await createMockZoom({
    clock,
    seed: 'test',
    accounts: [{ ...zoomAccountSeed(`${serverUrl}/api/v1/zoom_webhooks`), ...seed }]
  })
  return { mock, url: await mock.app.listen({ host: '127.0.0.1', port: 0 }) }
}

/** Polls a condition of another party's until it holds. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
  everyMs = 5
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}`)
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}

/** Due or claimed, counted by one statement: an entry that is settled may cause another at that moment. */
async function entriesInWork({ database, clock }: Deps): Promise<number> {
  const { sql } = await import('kysely')
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from lane_entries
    where claim_token is not null or due_at <= ${clock.now()}`.execute(database.sql)
  return Number(rows[0]?.count)
}

/** A migrated and empty database for one test: copied from a template, or one that another test has done with. */
export async function aDatabase(dialect: Dialect): Promise<{ url: string; drop(): Promise<void> }> {
  if (dialect === 'postgresql') {
    await ensurePostgresTemplate('server_template', migrated)
    return lendPostgresDatabase('server_template')
  }
  sqliteTemplate ??= makeSqliteTemplate()
  const directory = await mkdtemp(join(tmpdir(), 'common-services-'))
  const file = join(directory, 'test.sqlite')
  await copyFile(await sqliteTemplate, file)
  return { url: `sqlite:${file}`, drop: () => rm(directory, { recursive: true, force: true }) }
}

let sqliteTemplate: Promise<string> | undefined

async function makeSqliteTemplate(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'common-services-template-'))
  process.on('exit', () => void rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'template.sqlite')
  await migrated(`sqlite:${file}`)
  return file
}

async function migrated(url: string): Promise<void> {
  const database = await openDatabase({ url, entities, migrations })
  await database.migrate()
  await database.close()
}
