import { once } from 'node:events'
import { connect } from 'node:net'

import { splitMessages } from './http-message.ts'

export interface LoadRequest {
  path: string
  headers: Record<string, string>
  body: string
}

export interface LoadResult {
  answered: number
  seconds: number
  p99Ms: number
}

/** POSTs the same bytes again and again over kept-alive connections, each waiting for its answer. */
export async function load(
  url: string,
  request: LoadRequest,
  { connections, seconds }: { connections: number; seconds: number }
): Promise<LoadResult> {
  const { hostname, port } = new URL(url)
  const bytes = bytesOf(hostname, request)
  const latenciesMs: number[] = []
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1_000
  const oneConnection = async (): Promise<void> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let sentAt = performance.now()
    socket.on(
      'data',
      splitMessages(answer => {
        const now = performance.now()
        latenciesMs.push(now - sentAt)
        sentAt = now
        if (!isSuccess(answer)) socket.destroy(new Error(`not expected: ${answer}`))
        else if (now < endsAt) socket.write(bytes)
        else socket.end()
      })
    )
    socket.write(bytes)
    await once(socket, 'close')
  }
  await Promise.all(Array.from({ length: connections }, oneConnection))
  return {
    answered: latenciesMs.length,
    seconds: (performance.now() - startedAt) / 1_000,
    p99Ms: latenciesMs.toSorted((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)] ?? 0
  }
}

function bytesOf(host: string, { path, headers, body }: LoadRequest): Buffer {
  const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`)
}

function isSuccess(answer: string): boolean {
  return answer.startsWith('HTTP/1.1 2')
}
