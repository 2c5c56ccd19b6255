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

export interface RequestLimits extends ExchangeLimits {
  connectTimeoutMs: number
  /** Whether TLS tells the name of the host. */
  hasServerName: boolean
}

/** Where a request goes: what is known of a URL once it was read. */
interface Target {
  origin: URL
  /** The head as far as it is the same for all requests to the URL. */
  get: string
  post: string
}

const mostTargets = 1000

/** Connections to wherever they are asked to lead, kept for the next request that goes there in the same way. */
export class HttpConnections {
  readonly #targets = new Map<string, Target>()
  readonly #connectors = new Map<string, buildConnector.connector>()
  readonly #idle = new Map<string, HttpConnection[]>()
  readonly #open = new Set<HttpConnection>()
  #isClosed = false

  async exchange(request: HttpRequest, limits: RequestLimits): Promise<HttpAnswer> {
    const target = this.#target(request.url)
    const head = headOf(request, target)
    const way = `${target.origin.origin} ${limits.connectTimeoutMs} ${limits.hasServerName}`
    const connection = this.#takeIdle(way) ?? (await this.#connect(target.origin, limits))
    const answer = await connection.exchange(head, request.body ?? '', limits)
    if (answer.isKeptAlive) this.#keep(way, connection)
    return answer
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#open) connection.destroy()
    this.#open.clear()
    this.#idle.clear()
  }

  /** The one that was used last, so that those which are not needed grow old. */
  #takeIdle(way: string): HttpConnection | undefined {
    const idle = this.#idle.get(way)
    for (let last = idle?.pop(); last !== undefined; last = idle?.pop()) {
      if (last.isUsable) return last
      last.destroy()
    }
    return undefined
  }

  #keep(way: string, connection: HttpConnection): void {
    const idle = this.#idle.get(way)
    if (idle === undefined) this.#idle.set(way, [connection])
    else idle.push(connection)
  }

  async #connect(origin: URL, limits: RequestLimits): Promise<HttpConnection> {
    const socket = await this.#openSocket(origin, limits)
    if (this.#isClosed) {
      socket.destroy()
      throw new CallbackFailed('connect')
    }
    const connection = new HttpConnection(socket)
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

  #connector({ connectTimeoutMs, hasServerName }: RequestLimits): buildConnector.connector {
    const key = `${connectTimeoutMs} ${hasServerName}`
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
    const target = { origin, get: `GET ${line}`, post: `POST ${line}` }
    if (this.#targets.size >= mostTargets) this.#targets.clear()
    this.#targets.set(url, target)
    return target
  }
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
