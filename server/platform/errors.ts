import createError, { type FastifyError } from '@fastify/error'
import { type Static, Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { watchMethods } from './allowed-methods.ts'
import { mostDetails } from './validation.ts'

/** One wrong field, named by its path in the words of the request. */
export interface ErrorDetail {
  field: string
  message: string
}

/** The one form in which every refusal is written. */
export const ErrorBody = Type.Object(
  {
    error: Type.Object({
      code: Type.String({
        description: 'A stable word to switch on.',
        examples: ['invalid_values']
      }),
      message: Type.String({ description: 'What is wrong, readable without a catalogue.' }),
      details: Type.Array(
        Type.Object({
          field: Type.String({
            description: 'Path of the field.',
            examples: ['message.receiver_number']
          }),
          message: Type.String({ description: 'What was expected and what came.' })
        })
      ),
      request_id: Type.String({ description: 'Also in the header `x-request-id`.' })
    })
  },
  { $id: 'Error', title: 'Error' }
)
export type ErrorBody = Static<typeof ErrorBody>

/** The catalogue: everything that this API refuses, with the status that goes with it. */
export const errors = {
  malformedJson: createError('malformed_json', 'The body is not valid JSON: %s', 400),
  badRequest: createError('bad_request', '%s', 400),
  forbidden: createError('forbidden', '%s', 403),
  invalidSignature: createError(
    'invalid_signature',
    "The provider's signature does not match this request.",
    403
  ),
  notFound: createError('not_found', '%s', 404),
  conflict: createError('conflict', '%s', 409),
  requestInProgress: createError(
    'request_in_progress',
    'The first request with this Idempotency-Key is still running; retry in a moment.',
    409
  ),
  methodNotAllowed: createError('method_not_allowed', '%s', 405),
  tooLarge: createError('too_large', 'The body is larger than %s bytes.', 413),
  uriTooLong: createError('uri_too_long', 'A part of the path is too long.', 414),
  unsupportedMediaType: createError('unsupported_media_type', '%s', 415),
  invalidValues: createError('invalid_values', '%s', 422),
  idempotencyKeyReused: createError(
    'idempotency_key_reused',
    'This Idempotency-Key was used with another request.',
    422
  ),
  receiverOptedOut: createError(
    'receiver_opted_out',
    'The receiver opted out of messages from this sender.',
    422
  ),
  receiverOptedOutOfCalls: createError(
    'receiver_opted_out',
    'Whoever would be called opted out of calls from this number.',
    422
  ),
  rateLimited: createError('rate_limited', 'Too many requests; retry in %s s.', 429),
  limitReached: createError<[string, number]>('limit_reached', '%s; retry in %s s.', 429),
  overloaded: createError(
    'overloaded',
    'The server is overloaded or a dependency is down; retry in a moment.',
    503
  )
} as const

/** A refusal that names the fields at fault. */
export class FieldError extends Error {
  readonly code: string
  readonly statusCode: number
  readonly details: readonly ErrorDetail[]

  constructor(
    error: { code: string; statusCode?: number | undefined; message: string },
    details: readonly ErrorDetail[]
  ) {
    super(error.message)
    this.code = error.code
    this.statusCode = error.statusCode ?? 422
    this.details = details
  }
}

/** 429: a limit of the bearer's was reached, and after a while it is not any more. */
export class LimitReached extends FieldError {
  readonly limit: number
  readonly retryAfterSeconds: number
  readonly #sentence: string

  constructor(sentence: string, limit: number, retryAfterSeconds: number) {
    super(new errors.limitReached(sentence, retryAfterSeconds), [])
    this.limit = limit
    this.retryAfterSeconds = retryAfterSeconds
    this.#sentence = sentence
  }

  /** The same refusal, telling what was done before it. */
  after(done: string): LimitReached {
    return new LimitReached(`${this.#sentence}; ${done}`, this.limit, this.retryAfterSeconds)
  }
}

/** 422 for values that are well-formed JSON and still wrong. */
export function invalidValues(details: readonly ErrorDetail[]): FieldError {
  const [first] = details
  return new FieldError(
    new errors.invalidValues(first ? `${first.field} ${first.message}` : 'A value is wrong.'),
    details
  )
}

/** Sends every error of the application in the one form, and logs those that are our fault. */
export function registerErrorHandling(app: FastifyInstance): void {
  const methodsOf = watchMethods(app)
  app.setErrorHandler(refuse)
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path
    const allowed = methodsOf(path)
    if (allowed.length === 0)
      return refuse(new errors.notFound(`There is no ${request.method} ${shown}.`), request, reply)
    void reply.header('allow', allowed.join(', '))
    return refuse(
      new errors.methodNotAllowed(`${shown} has no ${request.method}, but ${allowed.join(', ')}.`),
      request,
      reply
    )
  })
}

/** A longer body than this is not read to its end for the sake of an answer. */
const passedOverBytes = 64 * 1_024 * 1_024

/** Turns whatever was thrown into an answer. */
export function refuse(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply
): FastifyReply {
  const refusal = asRefusal(error, request)
  if (refusal.statusCode === 500 || isDependencyDown(error))
    request.log.error({ err: error, request_id: request.id }, 'unexpected error')
  if (error instanceof LimitReached) {
    const { limit, retryAfterSeconds } = error
    void reply.headers({ ...rateLimitHeaders(limit, 0, retryAfterSeconds) })
    void reply.header('retry-after', retryAfterSeconds)
  }
  if (refusal.statusCode === 503 || refusal.statusCode === 429)
    void reply.header('retry-after', reply.getHeader('retry-after') ?? 1)
  // What is left of a body that was refused on its way in is passed over; else it would be in the way of the
  // connection's next request.
  if (!request.raw.complete) request.raw.removeAllListeners('readable').resume()
  // A connection that is closed while its client still writes takes the answer with it.
  if (Number(request.headers['content-length']) <= passedOverBytes)
    void reply.removeHeader('connection')
  const { statusCode, message, details } = refusal
  const body: ErrorBody = {
    // @fastify/error writes codes in capitals; ours are words.
    error: {
      code: refusal.code.toLowerCase(),
      message,
      details: details.slice(0, mostDetails),
      request_id: request.id
    }
  }
  return reply
    .code(statusCode)
    .header('x-request-id', request.id)
    .type('application/json; charset=utf-8')
    .serializer((answer: unknown) => JSON.stringify(answer))
    .send(body)
}

/** https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-07.html */
const rateLimitHeaders = (limit: number, remaining: number, resetSeconds: number) => ({
  'ratelimit-limit': limit,
  'ratelimit-remaining': remaining,
  'ratelimit-reset': resetSeconds
})

interface Refusal {
  statusCode: number
  code: string
  message: string
  details: readonly ErrorDetail[]
}

/** Fastify's own refusals in the words of our catalogue. */
function asRefusal(error: FastifyError, request: FastifyRequest): Refusal {
  if (error instanceof FieldError) {
    const { statusCode, code, message, details } = error
    return { statusCode, code, message, details }
  }
  if (error.validation) return asRefusal(validationRefusal(error, request), request)
  const known = isDependencyDown(error)
    ? new errors.overloaded()
    : (translateFrameworkError(error, request) ?? error)
  const statusCode = known.statusCode ?? 500
  if (statusCode >= 500 && !(known instanceof errors.overloaded))
    return {
      statusCode: 500,
      code: 'internal_error',
      message: 'Something went wrong on our side; quote the request id when you report it.',
      details: []
    }
  return { statusCode, code: known.code, message: known.message, details: [] }
}

const connectionTroubles = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300'
])

/** The database cannot be reached, is starting or stopping, or takes no more connections: that passes. */
function isDependencyDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    ('code' in error && connectionTroubles.has(String(error.code))) || isDependencyDown(error.cause)
  )
}

function translateFrameworkError(
  error: FastifyError,
  request: FastifyRequest
): FastifyError | undefined {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new errors.tooLarge(String(request.routeOptions.bodyLimit))
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE': {
      const expected = request.routeOptions.schema?.consumes?.join(' or ') ?? 'application/json'
      const found = request.headers['content-type'] ?? 'none'
      return new errors.unsupportedMediaType(
        `The body must be ${expected}, got the content type ${found}.`
      )
    }
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new errors.badRequest('The body is not as long as its Content-Length says.')
    case 'FST_ERR_BAD_URL':
      return new errors.badRequest('The URL is not well-formed.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new errors.uriTooLong()
    default:
      return undefined
  }
}

function validationRefusal(error: FastifyError, request: FastifyRequest): FieldError {
  const context = error.validationContext ?? 'body'
  if (context === 'body' && request.body === undefined)
    return invalidValues([{ field: 'body', message: 'is required' }])
  return invalidValues(
    (error.validation ?? []).map(problem => ({
      field: fieldPath(problem.instancePath, context),
      message: problem.message ?? 'is wrong'
    }))
  )
}

/** `/message/media_urls/0` as `message.media_urls[0]`, in the words of the request. */
function fieldPath(pointer: string, context: string): string {
  const path = pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce(
      (text, part) =>
        /^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`,
      ''
    )
  return path === '' ? context : path
}
