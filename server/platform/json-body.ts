import type { FastifyInstance, FastifyRequest } from 'fastify'
import { errors } from './errors.ts'

// Fatal: bytes that are not UTF-8 would otherwise become question marks in someone's text.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Bodies are JSON, in UTF-8, and nothing else. */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, readBody(request, Buffer.from(body)))
    } catch (error) {
      done(error instanceof Error ? error : new Error('A body could not be read', { cause: error }))
    }
  })
}

function readBody(request: FastifyRequest, bytes: Buffer): unknown {
  // Many clients name JSON on every request, whether or not it has a body.
  return bytes.length === 0 && !needsBody(request) ? undefined : readJson(bytes)
}

/** @throws 400 saying where it stops being JSON in UTF-8 */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new errors.malformedJson('it is empty')
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (error) {
    throw new errors.malformedJson(whereItBreaks(error))
  }
}

const needsBody = ({ method, routeOptions }: FastifyRequest): boolean =>
  method !== 'GET' && routeOptions.schema?.body !== undefined

/** The parser's finding without its excerpt, which may be part of someone's text or password. */
function whereItBreaks(error: unknown): string {
  if (!(error instanceof SyntaxError)) return 'it is not UTF-8'
  return error.message
    .replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '')
    .replace(/ in JSON at/, ' at')
    .replace(/\.$/, '')
}
