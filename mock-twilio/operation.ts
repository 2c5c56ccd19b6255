import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'

import { Random } from '../simulator/random.ts'
import { pathOnHost } from './addressing.ts'
import type { Authentication } from './authentication.ts'
import type { Delivery } from './carrier/delivery.ts'
import { refusal, refusalForStatus, TwilioRefusal } from './errors.ts'
import { emptyForm, isForm, text, type Form } from './forms.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

/** What an operation is asked. */
export interface Call {
  readonly world: World
  readonly params: Readonly<Record<string, string>>
  readonly query: Form
  readonly form: Form
  /** The path as Twilio's own host would see it, without the query. */
  readonly path: string
  readonly reply: FastifyReply
  readonly services: Services
}

export interface Services {
  readonly store: Store
  readonly delivery: Delivery
}

/** One operation of Twilio's API. Its path is Twilio's, behind the name of the product. */
export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  /** The HTTP status of success. */
  readonly status: 200 | 201 | 204
  /** Gives the resource to show, nothing at all (204), or the reply when it has answered by itself. */
  readonly handle: (call: Call) => Record<string, unknown> | FastifyReply | undefined
}

export interface OperationContext {
  services: Services
  authentication: Authentication
}

const allMethods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export function registerOperations(
  app: FastifyInstance,
  operations: readonly Operation[],
  context: OperationContext
): void {
  const methodsByPath = new Map<string, Set<HTTPMethods>>()
  for (const operation of operations) {
    const { method, path } = operation
    app.route({ method, url: path, handler: handlerOf(operation, context), exposeHeadRoute: false })
    methodsByPath.set(path, (methodsByPath.get(path) ?? new Set()).add(method))
  }
  for (const [url, methods] of methodsByPath) {
    const others = allMethods.filter(method => !methods.has(method))
    app.route({ method: others, url, handler: refuseMethod, exposeHeadRoute: false })
  }
}

/** The headers that Twilio puts on every answer. */
export function addTwilioHeaders(app: FastifyInstance, seed: string): void {
  const random = new Random(`${seed}/requests`)
  let concurrent = 0
  app.addHook('onRequest', (request, reply, done) => {
    concurrent++
    if (!request.url.startsWith('/_mock/')) {
      reply.raw.setHeader('Twilio-Request-Id', `RQ${random.hex(32)}`)
      reply.raw.setHeader('Twilio-Concurrent-Requests', String(concurrent))
      reply.raw.setHeader('X-Home-Region', 'us1')
      reply.raw.setHeader('X-API-Domain', 'api.twilio.com')
      reply.raw.setHeader('X-Powered-By', 'AT-5000')
    }
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    const seconds = (reply.elapsedTime / 1000).toFixed(3)
    reply.raw.setHeader('Twilio-Request-Duration', seconds)
    done(null, payload)
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    concurrent--
    done()
  })
}

function handlerOf(operation: Operation, { services, authentication }: OperationContext) {
  return (request: FastifyRequest, reply: FastifyReply): unknown => {
    const params = namesIn(request.params)
    const { authorization } = request.headers
    const world = authentication.worldFor(authorization, params['AccountSid'])
    const form = isForm(request.body) ? request.body : emptyForm
    const subject = subjectOf(operation, form, params)
    try {
      refuseAsAskedFor(request)
      if (!world.faults.isEmpty && meetsFault(subject, world, reply) === 'reset') {
        return cut(reply)
      }
      const answer = operation.handle({
        world,
        params,
        query: isForm(request.query) ? request.query : emptyForm,
        form,
        path: withoutQuery(pathOnHost(request.url)),
        reply,
        services
      })
      world.journal.append({
        kind: 'request',
        operation: operation.name,
        status: operation.status,
        sid: answer === reply ? undefined : sidOf(answer)
      })
      if (!world.faults.isEmpty && losesAnswer(subject, world)) return cut(reply)
      if (answer === reply) return reply
      reply.code(operation.status)
      return operation.status === 204 ? reply.send() : answer
    } catch (error) {
      if (error instanceof TwilioRefusal) {
        world.journal.append({
          kind: 'request.refused',
          operation: operation.name,
          status: error.status,
          code: error.code,
          message: error.message,
          to: subject.to,
          from: subject.from
        })
      }
      throw error
    }
  }
}

function refuseMethod(): never {
  throw refusal(20004)
}

/** `Prefer: code=429` asks for that answer, as in Prism. */
function refuseAsAskedFor({ headers }: FastifyRequest): void {
  const { prefer } = headers
  if (prefer === undefined) return
  const [, code] = /\bcode="?([45]\d\d)\b/.exec(String(prefer)) ?? []
  if (code !== undefined) throw refusalForStatus(Number(code))
}

type Subject = ReturnType<typeof subjectOf>

function meetsFault(subject: Subject, world: World, reply: FastifyReply): 'reset' | undefined {
  const http = world.faults.take('http', subject)
  if (http !== undefined) {
    if (http.retry_after !== undefined) reply.header('Retry-After', String(http.retry_after))
    throw refusalForStatus(http.status, http.code)
  }
  const connection = world.faults.take('connection', { ...subject, phase: 'reset' })
  if (connection === undefined) return undefined
  world.journal.append({ kind: 'request.reset', operation: subject.operation, to: subject.to })
  return 'reset'
}

function losesAnswer(subject: Subject, world: World): boolean {
  const fault = world.faults.take('connection', { ...subject, phase: 'answer_lost' })
  if (fault === undefined) return false
  const { operation, to } = subject
  world.journal.append({ kind: 'request.answer_lost', operation, to })
  return true
}

/** What faults are held against. The number that is looked up is the one that it is to. */
function subjectOf(operation: Operation, form: Form, params: Readonly<Record<string, string>>) {
  return {
    operation: operation.name,
    to: text(form, 'To') ?? params['PhoneNumber'],
    from: text(form, 'From'),
    body: text(form, 'Body')
  }
}

/** The client sees its connection end without an answer. */
function cut(reply: FastifyReply): FastifyReply {
  reply.hijack()
  reply.raw.destroy()
  return reply
}

function sidOf(answer: unknown): unknown {
  return isForm(answer) ? answer['sid'] : undefined
}

function namesIn(params: unknown): Readonly<Record<string, string>> {
  return isNames(params) ? params : {}
}

function isNames(params: unknown): params is Readonly<Record<string, string>> {
  return typeof params === 'object' && params !== null
}

function withoutQuery(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? url : url.slice(0, start)
}
