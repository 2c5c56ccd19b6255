import { once } from 'node:events'
import { connect } from 'node:net'

import { splitMessages } from './http-message.ts'
import type { MeasuredRequest } from './measure.ts'

/** Load that goes on until it is stopped, or until it has asked often enough. */
export interface Load {
  /** Settles when the last of a limited number of requests is answered. */
  ended: Promise<unknown>
  /** How many requests were answered so far. */
  answered: () => number
  /** How long answers took since this was asked last. */
  takeLatenciesMs: () => number[]
  /** Settles when every request has its answer. */
  stop: () => Promise<void>
}

/**
 * POSTs the same bytes again and again over kept-alive connections, each waiting for its answer. It costs about
 * half of what the leanest route here costs, so that it does not hold back what it measures.
 *
 * @param atMost how many requests; without it, until it is stopped
 */
export function startLoad(
  url: string,
  request: MeasuredRequest,
  connections: number,
  atMost = Infinity
): Load {
  const { hostname, port } = new URL(url)
  const bytes = bytesOf(hostname, request)
  let latenciesMs: number[] = []
  let answered = 0
  let asked = 0
  let isStopped = false
  const oneConnection = async (): Promise<void> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let sentAt = performance.now()
    const take = (answer: string): void => {
      const now = performance.now()
      latenciesMs.push(now - sentAt)
      answered++
      sentAt = now
      if (!answer.startsWith('HTTP/1.1 2')) socket.destroy(new Error(`refused: ${answer}`))
      else ask()
    }
    const ask = (): void => {
      if (isStopped || asked >= atMost) {
        socket.destroy()
        return
      }
      asked++
      socket.write(bytes)
    }
    socket.on('data', splitMessages(take))
    ask()
    await once(socket, 'close')
    if (!isStopped && asked < atMost) throw new Error(`${url} closed a connection`)
  }
  const ended = Promise.all(Array.from({ length: connections }, oneConnection))
  // Heard by `stop`.
  ended.catch(() => undefined)
  return {
    ended,
    answered: () => answered,
    takeLatenciesMs: () => {
      const taken = latenciesMs
      latenciesMs = []
      return taken
    },
    stop: async () => {
      isStopped = true
      await ended
    }
  }
}

function bytesOf(host: string, { path, headers, body }: MeasuredRequest): Buffer {
  const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`)
}
