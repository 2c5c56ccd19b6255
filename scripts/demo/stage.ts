import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { freePort } from '../../simulator/free-port.ts'

/** What a story plays on: the stack in a process of its own, reached over HTTP and nothing else. */
export interface Stage {
  /** A request of an API client; throws when the status is not the expected one. */
  api(method: Method, path: string, options?: { body?: object; expect?: number }): Promise<Json>
  /** The simulator's control API. */
  mock(method: Method, path: string, body?: object): Promise<Json>
  /** The control API of mock-zoom; its clock is the simulator's. */
  zoom(method: Method, path: string, body?: object): Promise<Json>
  /** How the client application answers from now on; nothing: as it should. */
  clientAppAnswers(status?: number): Promise<void>
  /** The event that the client application got after the ones already seen, of this type; waits for it. */
  nextEvent(type: string, matches: (payload: Json) => boolean): Promise<Json>
  /** Moves the simulator's clock, and with it the whole stack. */
  advance(duration: string): Promise<void>
  /** Prints a line of the timeline. */
  line(who: string, what: string): Promise<void>
  close(): Promise<void>
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

// A story looks into answers freely, and checks what it finds.
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

/** Starts the stack on free ports with an empty database of its own. */
export async function openStage(): Promise<Stage> {
  const ports = [freePort(), freePort(), freePort(), freePort()] as const
  const [server, twilio, clientApp, zoom] = await Promise.all(ports)
  const directory = await mkdtemp(join(tmpdir(), 'common-services-demo-'))
  const stack = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
    env: {
      ...process.env,
      PORT: String(server),
      MOCK_TWILIO_PORT: String(twilio),
      MOCK_ZOOM_PORT: String(zoom),
      CLIENT_APP_PORT: String(clientApp),
      DATABASE_URL: `sqlite:${join(directory, 'demo.sqlite')}`,
      STORAGE_URL: `file:${join(directory, 'recordings')}`
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const token = await printedToken(stack)
  const local = (port: number): string => `http://127.0.0.1:${port}`
  const seen = new Set<number>()

  const stage: Stage = {
    api: async (method, path, { body, expect = 200 } = {}) => {
      const answer = await send(method, `${local(server)}/api/v1${path}`, body, {
        authorization: `Bearer ${token}`
      })
      if (answer.status !== expect)
        throw new Error(
          `${method} ${path}: expected ${expect}, got ${answer.status} ${JSON.stringify(answer.body)}`
        )
      return answer.body
    },
    mock: async (method, path, body) => {
      const answer = await send(method, `${local(twilio)}/_mock${path}`, body)
      if (answer.status >= 400)
        throw new Error(`${method} /_mock${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    zoom: async (method, path, body) => {
      const answer = await send(method, `${local(zoom)}/_mock${path}`, body)
      if (answer.status >= 400)
        throw new Error(`${method} /_mock${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    clientAppAnswers: async status => {
      await send('PUT', `${local(clientApp)}/behaviour`, status === undefined ? {} : { status })
    },
    nextEvent: async (type, matches) =>
      eventually(`the event ${type}`, async () => {
        const { body: events } = await send('GET', `${local(clientApp)}/events`)
        const found = events.find(
          (event: Json) =>
            !seen.has(event.seq) &&
            event.type === type &&
            event.answered < 300 &&
            matches(event.payload)
        )
        if (!found) return undefined
        if (!found.authentic)
          throw new Error(`${type} came without a right signature or basic auth`)
        seen.add(found.seq)
        return found.payload
      }),
    advance: async duration => {
      await stage.mock('POST', '/clock', { advance: duration })
    },
    line: async (who, what) => {
      const { now } = await stage.mock('GET', '/clock')
      process.stdout.write(`  ${now.slice(11, 19)}  ${who.padEnd(11)} ${what}\n`)
    },
    close: async () => {
      stack.kill('SIGTERM')
      if (stack.exitCode === null) await once(stack, 'exit')
      await rm(directory, { recursive: true, force: true })
    }
  }
  return stage
}

/** Waits until the question has an answer. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  timeoutMs = 10_000
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs / 1_000} s for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

async function send(
  method: Method,
  url: string,
  body?: object,
  headers: Record<string, string> = {}
): Promise<{ status: number; body: Json }> {
  const answer = await request(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    body: body ? JSON.stringify(body) : null
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, body: text === '' ? undefined : JSON.parse(text) }
}

/** The stack says that it is up by printing how to use it. What it prints later is its log, and is read away. */
function printedToken(stack: ChildProcess): Promise<string> {
  let printed = ''
  return new Promise((resolve, reject) => {
    stack.stdout?.on('data', chunk => {
      printed += String(chunk)
      const [, token] = /development key +(\S+)[\s\S]*Ctrl-C/.exec(printed) ?? []
      if (token !== undefined) resolve(token)
    })
    stack.once('exit', code =>
      reject(new Error(`The stack ended with ${code}. It printed:\n${printed}`))
    )
  })
}
