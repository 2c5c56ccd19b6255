import { timingSafeEqual, webcrypto } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { isRecord, type Json } from './json.ts'

/** An event as it arrived. */
export interface Arrival {
  at: number
  headers: Readonly<Record<string, string>>
  raw: string
  payload: Json
}

/** What an address answers. */
export interface Behaviour {
  status?: number
  headers?: Record<string, string>
  /** Real time before the answer. */
  delayMs?: number
}

/** An address of its own for the events of one story. */
export interface Mailbox {
  url: string
  arrivals: Arrival[]
  /** From now on; a function is asked for each arrival, which it is given with its place from 0. */
  answer(behaviour: Behaviour | ((arrival: Arrival, place: number) => Behaviour)): void
}

export interface Inbox {
  open(name: string): Mailbox
  close(): Promise<void>
}

/** Takes the events of every client application that a run plays. */
export async function openInbox(options: {
  host: string
  port: number
  /** How the server reaches it; the address that it listens on when absent. */
  publicUrl?: string | undefined
}): Promise<Inbox> {
  const boxes = new Map<string, { box: Mailbox; behaviour: Parameters<Mailbox['answer']>[0] }>()

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(Buffer.from(part))
    const known = boxes.get(request.url ?? '')
    if (!known) {
      response.writeHead(404).end()
      return
    }
    const raw = Buffer.concat(parts).toString()
    const arrival: Arrival = {
      at: performance.now(),
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)])
      ),
      raw,
      payload: payloadIn(raw)
    }
    known.box.arrivals.push(arrival)
    const { behaviour } = known
    const {
      status = 204,
      headers = {},
      delayMs = 0
    } = typeof behaviour === 'function'
      ? behaviour(arrival, known.box.arrivals.length - 1)
      : behaviour
    if (delayMs > 0) await new Promise(resolve => setTimeout(resolve, delayMs).unref())
    response.writeHead(status, headers).end()
  }

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy())
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  const base = options.publicUrl ?? `http://${options.host}:${port}`

  return {
    open(name) {
      const path = `/${name}`
      const arrivals: Arrival[] = []
      const box: Mailbox = {
        url: base + path,
        arrivals,
        answer(behaviour) {
          boxes.set(path, { box, behaviour })
        }
      }
      box.answer({})
      return box
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

function payloadIn(raw: string): Json {
  try {
    const payload: unknown = JSON.parse(raw)
    return isRecord(payload) ? payload : {}
  } catch {
    return {}
  }
}

/** What of an event's envelope is wrong: basic auth, and the signature of Standard Webhooks by WebCrypto. */
export async function envelopeProblems(
  { headers, raw, payload }: Arrival,
  expected: { username: string; password: string; signingSecret: string }
): Promise<string[]> {
  const problems: string[] = []
  const basic = `Basic ${Buffer.from(`${expected.username}:${expected.password}`).toString('base64')}`
  if (!isSame(headers['authorization'] ?? '', basic))
    problems.push('basic auth is not what the bearer was given')
  if (!(headers['content-type'] ?? '').startsWith('application/json'))
    problems.push(`content type is ${headers['content-type']}`)
  const id = headers['webhook-id'] ?? ''
  const timestamp = headers['webhook-timestamp'] ?? ''
  if (id === '' || id !== payload['event_id']) problems.push('webhook-id is not the event_id')
  if (!/^\d{10}$/.test(timestamp)) problems.push(`webhook-timestamp is ${timestamp}`)
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
  const key = await webcrypto.subtle.importKey(
    'raw',
    Buffer.from(expected.signingSecret.replace(/^whsec_/, ''), 'base64'),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign']
  )
  const content = new TextEncoder().encode(`${id}.${timestamp}.${raw}`)
  const signature = Buffer.from(await webcrypto.subtle.sign('HMAC', key, content)).toString(
    'base64'
  )
  const given = (headers['webhook-signature'] ?? '').split(' ')
  if (!given.includes(`v1,${signature}`)) problems.push('webhook-signature does not match')
  return problems
}

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
