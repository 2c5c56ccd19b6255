import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Agent } from 'undici'
import { developmentToken } from '../../server/seed.ts'
import { freePort } from '../../simulator/free-port.ts'
import { startTarget, type TargetProcess } from '../target-process.ts'
import type { Expectation, Progress } from './accounts.ts'
import type { Books } from './books.ts'

/** A server and the world around it, each in processes of their own. */
export interface System {
  server: TargetProcess
  workers: TargetProcess[]
  world: TargetProcess
  /** Where mock-twilio listens; nobody of a bare system. */
  mockUrl: string
  /** A request of an API client; the administrator's unless a token is given. */
  request(method: 'GET' | 'POST', path: string, options?: RequestOptions): Promise<Reply>
  /** Opens new books. */
  expect(expectations: Expectation[]): Promise<void>
  progress(): Promise<Progress>
  books(): Promise<Books>
  /** CPU of the server and its workers since they started. */
  cpuMs(): Promise<number>
  stop(): Promise<void>
}

export interface RequestOptions {
  body?: unknown
  token?: string
  contentType?: string
}

export interface Reply {
  status: number
  body: Record<string, unknown>
}

export interface SystemOptions {
  bare: boolean
  workers: number
  /** Of PostgreSQL; a SQLite file of its own when absent. */
  databaseUrl?: string | undefined
  environment?: Record<string, string>
}

export async function startSystem(options: SystemOptions): Promise<System> {
  const directory = await mkdtemp(join(tmpdir(), 'load-'))
  const [port, mockPort, clientAppPort] = await Promise.all([freePort(), freePort(), freePort()])
  const mockUrl = `http://127.0.0.1:${mockPort}`
  const environment = {
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MOCK_PORT: String(mockPort),
    TWILIO_BASE_URL: mockUrl,
    CLIENT_APP_PORT: String(clientAppPort),
    CALLBACK_URL: `http://127.0.0.1:${clientAppPort}/events`,
    DATABASE_URL: options.databaseUrl ?? `sqlite:${join(directory, 'load.sqlite')}`,
    WORKERS: options.workers > 0 ? 'external' : 'internal',
    LOG_LEVEL: 'error',
    ...options.environment
  }
  const started: TargetProcess[] = []
  const start = async (name: string): Promise<TargetProcess> => {
    const target = await startTarget(name, environment)
    started.push(target)
    return target
  }
  const agent = new Agent({ connections: 256, headersTimeout: 0, bodyTimeout: 0 })
  const stop = async (): Promise<void> => {
    await agent.destroy()
    for (const target of started.toReversed()) await target.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const world = await start(options.bare ? 'bare-world' : 'outside-world')
    const server = await start(options.bare ? 'bare-server' : 'server')
    const workers: TargetProcess[] = []
    for (let count = 0; count < options.workers; count++) workers.push(await start('worker'))
    return {
      server,
      workers,
      world,
      mockUrl,
      stop,
      async request(method, path, { body, token = developmentToken, contentType } = {}) {
        const answer = await agent.request({
          origin: server.url,
          path: `/api/v1${path}`,
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body !== undefined && { 'content-type': contentType ?? 'application/json' })
          },
          body: body === undefined ? null : bodyOf(body)
        })
        const text = await answer.body.text()
        return { status: answer.statusCode, body: text === '' ? {} : JSON.parse(text) }
      },
      async expect(expectations) {
        await world.ask('expect', expectations)
      },
      progress: async () => (await world.ask('progress')) as Progress,
      books: async () => (await world.ask('books')) as Books,
      async cpuMs() {
        const usages = await Promise.all([server, ...workers].map(target => target.usage()))
        return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
      }
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function bodyOf(body: unknown): string | Readable {
  if (typeof body === 'string') return body
  return isStream(body) ? Readable.from(body) : JSON.stringify(body)
}

const isStream = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body
