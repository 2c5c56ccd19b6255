import { createServer } from 'node:http'

/** An application as the mock sees it: it takes callbacks, keeps them, and answers what the test wants. */

export interface ReceivedCallback {
  method: string
  url: string
  headers: Record<string, string | string[] | undefined>
  form: Record<string, string>
  /** As it came: for documents. */
  body: string
}

export interface ReceiverAnswer {
  status?: number
  contentType?: string
  body?: string
  headers?: Record<string, string | string[]>
  /** Of real time: as slow as a network may be. */
  afterMs?: number
}

export interface Receiver {
  url: string
  received: ReceivedCallback[]
  /** What it answers from now on: to all, or by path. */
  answers: (answer: (callback: ReceivedCallback) => ReceiverAnswer | 'cut' | 'silent') => void
  close: () => Promise<void>
}

export async function aReceiver(): Promise<Receiver> {
  const received: ReceivedCallback[] = []
  let answer: Parameters<Receiver['answers']>[0] = () => ({ status: 204 })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const body = Buffer.concat(chunks).toString('utf8')
      const form = Object.fromEntries(new URLSearchParams(body || (url.split('?')[1] ?? '')))
      const callback = { method, url, headers, form, body }
      received.push(callback)
      const chosen = answer(callback)
      if (chosen === 'cut') {
        request.socket.destroy()
        return
      }
      if (chosen === 'silent') return
      const { status = 200, contentType = 'text/xml', body: answered, afterMs } = chosen
      const send = () => {
        response.writeHead(status, {
          ...(answered === undefined ? {} : { 'content-type': contentType }),
          ...chosen.headers
        })
        response.end(answered ?? '')
      }
      if (afterMs === undefined) send()
      else setTimeout(send, afterMs)
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answers: next => {
      answer = next
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
