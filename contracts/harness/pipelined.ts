import { connect } from 'node:net'

interface RawAnswer {
  status: number
  headers: Record<string, string>
  text: string
}

/**
 * Sends requests in one packet over one connection, so that the server has them at the same moment: over
 * connections of their own each would be answered before the next one is read.
 */
export function sendPipelined(
  origin: string,
  requests: readonly {
    method: string
    path: string
    headers: Record<string, string>
    body: string
  }[],
  timeoutMs: number
): Promise<RawAnswer[]> {
  const { hostname, port, host } = new URL(origin)
  const packet = requests.map(({ method, path, headers, body }, place) => {
    const all = {
      host,
      ...headers,
      'content-length': String(Buffer.byteLength(body)),
      ...(place === requests.length - 1 && { connection: 'close' })
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
  })
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const socket = connect(Number(port || 80), hostname, () => socket.write(packet.join('')))
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('pipelined requests: no answer')))
    socket.on('data', part => parts.push(Buffer.from(part)))
    socket.on('error', reject)
    socket.on('close', () => resolve(answersIn(Buffer.concat(parts))))
  })
}

function answersIn(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest: Buffer = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) return answers
    const [statusLine = '', ...lines] = rest.toString('latin1', 0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map(line => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      })
    )
    const length = Number(headers['content-length'] ?? 0)
    const start = end + 4
    answers.push({
      status: Number(statusLine.split(' ')[1]),
      headers,
      text: rest.subarray(start, start + length).toString()
    })
    rest = rest.subarray(start + length)
  }
}
