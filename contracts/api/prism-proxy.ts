import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One way in which a request or its response broke the document. */
export interface Violation {
  method: string
  /** With the query. */
  path: string
  status: number
  /** Begins with "request" or "response", then the way to the value. */
  location: string[]
  severity: string
  message: string
}

export interface PrismProxy {
  /** Point any client here instead of at the upstream. */
  url: string
  violations: () => Violation[]
  /** The violations since the last call, then forgets them. */
  takeViolations: () => Violation[]
  close: () => Promise<void>
}

/**
 * Judges live traffic by an OpenAPI document: client → recorder → Prism → upstream. Nothing is refused
 * for breaking it; what does, on either side, is collected. Prism reports in a response header, which an
 * SDK would hide from a test, hence the recorder in front.
 *
 * Two things pass otherwise than without it: Prism follows redirects itself, and answers a GET that has
 * a body with 501 of its own (https://github.com/stoplightio/prism/issues/2259).
 */
export const startPrismProxy = async (options: {
  /** A file's path, or the document itself. */
  document: string | Record<string, unknown>
  upstream: string
}): Promise<PrismProxy> => {
  const folder = await mkdtemp(join(tmpdir(), 'prism-'))
  const file =
    typeof options.document === 'string' ? options.document : join(folder, 'openapi.json')
  if (typeof options.document !== 'string') await writeFile(file, JSON.stringify(options.document))

  const prism = await startPrism(file, options.upstream).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  let found: Violation[] = []
  const recorder = createServer((request, response) => {
    pass(request, response, prism.port, violations => found.push(...violations))
  })
  recorder.listen(0, '127.0.0.1')
  await once(recorder, 'listening')

  return {
    url: `http://127.0.0.1:${portOf(recorder.address())}`,
    violations: () => [...found],
    takeViolations: () => {
      const taken = found
      found = []
      return taken
    },
    async close() {
      recorder.closeAllConnections()
      recorder.close()
      await prism.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
}

const pass = (
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  record: (violations: Violation[]) => void
) => {
  const { method = 'GET', url: path = '/', headers } = request
  const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers }, answer => {
    const { 'sl-violations': reported, ...rest } = answer.headers
    const status = answer.statusCode ?? 0
    if (reported) record(violationsIn(String(reported), { method, path, status }))
    response.writeHead(status, rest)
    answer.pipe(response)
  })
  onward.on('error', cause => {
    if (response.headersSent) return response.destroy(cause)
    const message = `Prism gave no answer: ${cause.message}`
    record([{ method, path, status: 502, location: [], severity: 'Error', message }])
    return response.writeHead(502, { 'content-type': 'text/plain' }).end(message)
  })
  request.pipe(onward)
}

const violationsIn = (
  reported: string,
  exchange: Pick<Violation, 'method' | 'path' | 'status'>
): Violation[] => {
  const reports = parseReports(reported)
  return reports.map(({ location, severity, message }) => ({
    ...exchange,
    location,
    severity,
    message
  }))
}

// Prism cuts a report that outgrows a header and puts a sentence before it: no longer JSON, but not nothing.
const parseReports = (reported: string): Pick<Violation, 'location' | 'severity' | 'message'>[] => {
  if (reported.startsWith('[')) return JSON.parse(reported)
  return [{ location: [], severity: 'Error', message: reported.slice(0, 1000) }]
}

const command = fileURLToPath(import.meta.resolve('@stoplight/prism-cli/dist/index.js'))

// Prism 5.16 puts its report into a header as it is, and ends with ERR_INVALID_CHAR when a name or a value
// in it is not Latin. Loaded before Prism, this writes such letters as JSON's own \u escapes.
const asciiReports = `data:text/javascript,${encodeURIComponent(`
  import { ServerResponse } from 'node:http'
  const { setHeader } = ServerResponse.prototype
  const escaped = letter => '\\\\u' + letter.charCodeAt(0).toString(16).padStart(4, '0')
  ServerResponse.prototype.setHeader = function (name, value) {
    const isReport = name === 'sl-violations'
    return setHeader.call(this, name, isReport ? value.replace(/[^ -~]/g, escaped) : value)
  }
`)}`

const startupTimeoutMs = 60_000

const startPrism = async (document: string, upstream: string) => {
  const child = spawn(
    process.execPath,
    [
      '--import',
      asciiReports,
      command,
      'proxy',
      document,
      upstream,
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--errors',
      'false',
      // Prism would answer with headers of its own that the server never sent.
      '--cors',
      'false'
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'test', NO_COLOR: '1' } }
  )
  const exited = once(child, 'exit')
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  const stop = async () => {
    process.off('exit', killWithUs)
    child.kill('SIGKILL')
    await exited
  }

  // Its log is read to the end, or Prism would stop when the pipe is full; only the end of it is kept.
  let log = ''
  const port = new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('time is up')), startupTimeoutMs)
    const read = (chunk: string) => {
      log = (log + chunk).slice(-8000)
      const listening = /Prism is listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)
      if (!listening) return
      clearTimeout(timer)
      resolve(Number(listening[1]))
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error('it ended'))
    })
  })

  try {
    return { port: await port, stop }
  } catch (cause) {
    await stop()
    throw new Error(`Prism did not start on ${document}. It said:\n${log}`, { cause })
  }
}

const portOf = (address: unknown) => {
  if (typeof address === 'object' && address !== null && 'port' in address) {
    return Number(address.port)
  }
  throw new Error('the recorder has no port')
}
