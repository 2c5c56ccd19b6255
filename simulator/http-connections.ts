import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

import { buildConnector } from 'undici'

import { CallbackFailed } from './callback-failures.ts'
import { afterRealTime } from './clock.ts'
import type { HttpAnswer } from './http-answer.ts'
import { HttpConnection, type ExchangeLimits } from './http-connection.ts'

export interface HttpRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Readonly<Record<string, string>>
  body?: string | undefined
}

/** Every request that was answered, as an HttpRequest, for those who collect evidence. */
export const answeredRequests = channel('simulator:http-request')

export interface RequestLimits extends ExchangeLimits {
  connectTimeoutMs: number
  /** Whether TLS tells the name of the host. */
  hasServerName: boolean
}

/** Where a request goes: what is known of a URL once it was read. */
interface Target {
  origin: URL
  /** Idle connections to that origin, by the way in which they were made. */
  idle: Map<number, HttpConnection[]>
  /** The head as far as it is the same for all requests to the URL. */
  get: string
  post: string
}

const mostTargets = 1000

/** Connections to wherever they are asked to lead, kept for the next request that goes there in the same way. */
export class HttpConnections {
  readonly #targets = new Map<string, Target>()
  readonly #connectors = new Map<number, buildConnector.connector>()
  readonly #idle = new Map<string, Map<number, HttpConnection[]>>()
  readonly #open = new Set<HttpConnection>()
  #isClosed = false

  exchange(request: HttpRequest, limits: RequestLimits): Promise<HttpAnswer> {
    const target = this.#target(request.url)
    const head = headOf(request, target)
    const body = request.body ?? ''
    const idle = idleOf(target, limits)
    const connection = takeUsable(idle)
    const answer =
      connection === undefined
        ? this.#connect(target.origin, limits, idle).then(fresh =>
            fresh.exchange(head, body, limits)
          )
        : connection.exchange(head, body, limits)
    return answeredRequests.hasSubscribers ? answer.then(telling(request)) : answer
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#open) connection.destroy()
    this.#open.clear()
    this.#idle.clear()
  }

  async #connect(
    origin: URL,
    limits: RequestLimits,
    idle: HttpConnection[]
  ): Promise<HttpConnection> {
    const socket = await this.#openSocket(origin, limits)
    if (this.#isClosed) {
      socket.destroy()
      throw new CallbackFailed('connect')
    }
    const connection = new HttpConnection(socket, idle)
    this.#open.add(connection)
    socket.once('close', () => this.#open.delete(connection))
    return connection
  }

  #openSocket(origin: URL, limits: RequestLimits): Promise<Socket> {
    const { protocol, hostname, host, port } = origin
    return new Promise((resolve, reject) => {
      let isTooLate = false
      const limit = afterRealTime(limits.endsAt - performance.now(), () => {
        isTooLate = true
        reject(new CallbackFailed('total_timeout'))
      })
      const where = { protocol, host, port, hostname: withoutBrackets(hostname) }
      this.#connector(limits)(where, (error, socket) => {
        limit.cancel()
        if (error !== null) reject(error)
        else if (isTooLate) socket.destroy()
        else resolve(socket)
      })
    })
  }

  #connector(limits: RequestLimits): buildConnector.connector {
    const { connectTimeoutMs, hasServerName } = limits
    const key = wayOf(limits)
    let connector = this.#connectors.get(key)
    if (connector === undefined) {
      connector = hasServerName
        ? buildConnector({ timeout: connectTimeoutMs, allowH2: false })
        : withoutServerName(connectTimeoutMs)
      this.#connectors.set(key, connector)
    }
    return connector
  }

  #target(url: string): Target {
    const known = this.#targets.get(url)
    if (known !== undefined) return known
    const origin = new URL(url)
    if (origin.protocol !== 'http:' && origin.protocol !== 'https:') {
      throw new CallbackFailed('protocol')
    }
    const line = `${origin.pathname}${origin.search} HTTP/1.1\r\nhost: ${origin.host}\r\n`
    const idle = this.#idle.get(origin.origin) ?? new Map<number, HttpConnection[]>()
    this.#idle.set(origin.origin, idle)
    const target = { origin, idle, get: `GET ${line}`, post: `POST ${line}` }
    if (this.#targets.size >= mostTargets) this.#targets.clear()
    this.#targets.set(url, target)
    return target
  }
}

function telling(request: HttpRequest): (answer: HttpAnswer) => HttpAnswer {
  return answer => {
    answeredRequests.publish(request)
    return answer
  }
}

/** What the connections differ in that lead to the same place. */
function wayOf({ connectTimeoutMs, hasServerName }: RequestLimits): number {
  return 2 * connectTimeoutMs + Number(hasServerName)
}

function idleOf({ idle }: Target, limits: RequestLimits): HttpConnection[] {
  const way = wayOf(limits)
  const known = idle.get(way)
  if (known !== undefined) return known
  const none: HttpConnection[] = []
  idle.set(way, none)
  return none
}

/** The one that was used last, so that those which are not needed grow old. */
function takeUsable(idle: HttpConnection[]): HttpConnection | undefined {
  for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
    if (last.isUsable) return last
    last.destroy()
  }
  return undefined
}

// What would end a header, or is none of HTTP's characters.
// oxlint-disable-next-line no-control-regex
const forbidden = /[^\t\u0020-\u007e\u0080-\u00ff]/

function headOf({ method, headers }: HttpRequest, target: Target): string {
  let head = method === 'GET' ? target.get : target.post
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (forbidden.test(value)) throw new CallbackFailed('protocol')
    head += `${name}: ${value}\r\n`
  }
  return head
}

/** An IPv6 address stands in brackets in a URL alone. */
function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

/** undici puts the host's name wherever there is none. */
function withoutServerName(timeoutMs: number): buildConnector.connector {
  const plain = buildConnector({ timeout: timeoutMs })
  return (options, callback) => {
    if (options.protocol !== 'https:') {
      plain(options, callback)
      return
    }
    const socket = connectTls({
      host: options.hostname,
      port: Number(options.port || 443),
      servername: ''
    })
    const limit = afterRealTime(timeoutMs, () => {
      socket.destroy(new CallbackFailed('connect_timeout'))
    })
    socket.once('secureConnect', () => {
      limit.cancel()
      callback(null, socket)
    })
    socket.once('error', error => {
      limit.cancel()
      callback(error, null)
    })
  }
}
