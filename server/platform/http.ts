import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { everyRealMs, stopwatch } from './clock.ts'
import { type ErrorDetail, errors, invalidValues, refuse, registerErrorHandling } from './errors.ts'
import { randomId } from './ids.ts'
import { takeJsonBodies } from './json-body.ts'
import type { Metrics } from './metrics.ts'
import { mostDetails, validatorCompiler } from './validation.ts'

type HttpConfig = Pick<
  Config,
  'BODY_LIMIT_BYTES' | 'RATE_LIMIT_PER_MINUTE' | 'MAX_EVENT_LOOP_DELAY_MS'
>

declare module 'fastify' {
  interface FastifyRequest {
    receivedAt: number
  }
}

/**
 * The HTTP side that every route shares: ids, limits, headers, the error form, and the check of every text.
 *
 * @param textProblem what keeps a text from being stored and sent; undefined when nothing does
 */
export async function createHttpServer(deps: {
  config: HttpConfig
  log: Logger
  metrics: Metrics
  textProblem: (text: string) => string | undefined
}): Promise<FastifyInstance> {
  const { config, log, metrics } = deps
  const logger: FastifyBaseLogger = log
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.BODY_LIMIT_BYTES,
    genReqId: ({ headers }) => acceptableId(headers['x-request-id']) ?? randomId(),
    // An id of 255 characters may take twelve bytes for each when it is URL-encoded.
    routerOptions: { maxParamLength: 4_096, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      void refuse(error, request, reply)
    },
    forceCloseConnections: 'idle',
    return503OnClosing: true
  })
  // Log lines name their request themselves; a logger for each request would cost more than the lines.
  app.setChildLoggerFactory(parent => parent)
  app.setValidatorCompiler(validatorCompiler)
  takeJsonBodies(app)
  // GET /messages takes its numbers in a body too.
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  registerErrorHandling(app)

  // A connection that was answering when the server began to close would stay until its keep-alive ends.
  app.addHook('preClose', done => {
    const sweep = everyRealMs(50, () => app.server.closeIdleConnections())
    app.server.once('close', () => sweep.cancel())
    done()
  })

  app.decorateRequest('receivedAt', 0)
  // Hooks of every request call back instead of returning a promise: a promise for each is a sixth of the work.
  app.addHook('onRequest', (request, reply, done) => {
    request.receivedAt = stopwatch()
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    done()
  })
  const durations = rememberDurations(metrics)
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    const seconds = (stopwatch() - request.receivedAt) / 1_000
    durations(request.method, route, reply.statusCode).observe(seconds)
    const isRefusal = reply.statusCode >= 400
    if (isRefusal || log.isLevelEnabled('debug')) {
      const line = {
        request_id: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(seconds * 1_000)
      }
      if (isRefusal) log.info(line, 'refused')
      else log.debug(line, 'answered')
    }
    done()
  })
  app.addHook('preValidation', (request, _reply, done) => {
    const problems: ErrorDetail[] = []
    collectProblems(request.body, '', 0, deps.textProblem, problems)
    collectProblems(request.query, '', 0, deps.textProblem, problems)
    collectProblems(request.params, '', 0, deps.textProblem, problems)
    if (problems.length > 0) throw invalidValues(problems)
    done()
  })

  // An answer in JSON needs one of helmet's headers, set above; the pages of /docs get them all.
  await app.register(helmet, { global: false })
  if (config.RATE_LIMIT_PER_MINUTE > 0) {
    await app.register(rateLimit, {
      global: false,
      max: config.RATE_LIMIT_PER_MINUTE,
      timeWindow: 60_000,
      enableDraftSpec: true,
      // Told when it matters, on the answer that refuses: three headers on every answer cost a text 3 %.
      addHeadersOnExceeding: {
        'ratelimit-limit': false,
        'ratelimit-remaining': false,
        'ratelimit-reset': false
      },
      // A token has a budget of its own wherever it comes from; without one the address counts.
      keyGenerator: request => request.headers.authorization ?? request.ip,
      allowList: request => request.routeOptions.config.access === 'provider',
      errorResponseBuilder: (_request, { ttl }) =>
        new errors.rateLimited(String(Math.ceil(ttl / 1_000)))
    })
    // Before access is checked, so that guessing tokens is limited too.
    app.addHook('onRequest', app.rateLimit())
  }
  await app.register(underPressure, {
    maxEventLoopDelay: config.MAX_EVENT_LOOP_DELAY_MS,
    retryAfter: 1,
    pressureHandler: (request, reply) => {
      // A provider's callback is cheap, and dear when it is lost.
      if (request.routeOptions.config.access === 'provider') return
      void reply.header('retry-after', 1)
      throw new errors.overloaded()
    }
  })
  return app
}

/** The histogram of each route and status, found once: routes and statuses are few. */
function rememberDurations(
  metrics: Metrics
): (method: string, route: string, status: number) => Observer {
  const known = new Map<string, Observer>()
  return (method, route, status) => {
    const key = `${status} ${method} ${route}`
    const observer = known.get(key) ?? metrics.httpRequests.labels({ method, route, status })
    known.set(key, observer)
    return observer
  }
}

type Observer = ReturnType<Metrics['httpRequests']['labels']>

/** An id that the client gave is taken over when it is harmless in a log. */
function acceptableId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{8,128}$/.test(header) ? header : undefined
}

const deepest = 32

/** Names that JavaScript gives a meaning of its own. No request has a field of such a name. */
const forbiddenNames = new Set(['__proto__', 'constructor', 'prototype'])

/** Walks a parsed value and names, by its path, each part of it that cannot be taken whatever its schema says. */
function collectProblems(
  value: unknown,
  path: string,
  depth: number,
  textProblem: (text: string) => string | undefined,
  problems: ErrorDetail[]
): void {
  if (problems.length >= mostDetails) return
  if (typeof value === 'string') {
    const problem = textProblem(value)
    if (problem !== undefined) problems.push({ field: path, message: problem })
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (depth > deepest)
    throw new errors.badRequest(`The body is nested more than ${deepest} levels deep.`)
  if (Array.isArray(value)) {
    for (const [place, item] of value.entries())
      collectProblems(item, `${path}[${place}]`, depth + 1, textProblem, problems)
    return
  }
  for (const [name, item] of Object.entries(value)) {
    if (textProblem(name) !== undefined)
      problems.push({ field: path || 'body', message: 'has a field whose name is not plain text' })
    else if (forbiddenNames.has(name))
      problems.push({ field: path || 'body', message: `must not have a field named ${name}` })
    else
      collectProblems(
        item,
        path === '' ? name : `${path}.${name}`,
        depth + 1,
        textProblem,
        problems
      )
  }
}
