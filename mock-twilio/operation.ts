import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'

import type { FaultSubject } from '../simulator/fault-match.ts'
import type { FaultResponses } from '../simulator/fault-responses.ts'
import { Random } from '../simulator/random.ts'
import { underFaults, type Refusals } from '../simulator/request-faults.ts'
import { pathOnHost } from './addressing.ts'
import { usernameIn, type Admission, type Authentication } from './authentication.ts'
import type { Calls } from './voice/calls.ts'
import type { Delivery } from './carrier/delivery.ts'
import { errorBody, refusal, refusalForStatus, TwilioRefusal } from './errors.ts'
import { emptyForm, isForm, text, type Form } from './forms.ts'
import type { KeyRecord } from './resources/key.ts'
import type { Store } from './store.ts'
import type { Conferences } from './voice/conferences.ts'
import type { Recordings } from './voice/recordings.ts'
import type { World } from './world.ts'

/** What an operation is asked. */
export interface Call {
  readonly world: World
  /** The account whose credentials were given: the world itself, or its parent. */
  readonly caller: World
  readonly params: Readonly<Record<string, string>>
  readonly query: Form
  readonly form: Form
  /** The path as Twilio's own host would see it, without the query. */
  readonly path: string
  /** As the answer's header Twilio-Request-Id tells it. */
  readonly requestId: string
  readonly reply: FastifyReply
  readonly services: Services
}

export interface Services {
  readonly store: Store
  readonly delivery: Delivery
  readonly calls: Calls
  readonly recordings: Recordings
  readonly conferences: Conferences
}

/** One operation of Twilio's API. Its path is Twilio's, behind the name of the product. */
export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** The HTTP status of success. */
  readonly status: 200 | 201 | 202 | 204
  /** Whether it is kept from standard API keys, as Accounts, Keys and Tokens are. */
  readonly isForMainKeys?: boolean
  /** Whether Twilio's test credentials reach it. */
  readonly isForTestCredentials?: boolean
  /** Whether it gives a file, which can also be asked about alone (HEAD). */
  readonly isFile?: boolean
  /** Whether, in this world, it is had without a login. */
  readonly isOpen?: (world: World) => boolean
  /** Gives the resource to show, nothing at all (204), or the reply when it has answered by itself. */
  readonly handle: (call: Call) => Record<string, unknown> | FastifyReply | undefined
}

export interface OperationContext {
  services: Services
  authentication: Authentication
  responses: FaultResponses
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
    const exposeHeadRoute = operation.isFile === true
    app.route({ method, url: path, handler: handlerOf(operation, context), exposeHeadRoute })
    methodsByPath.set(path, (methodsByPath.get(path) ?? new Set()).add(method))
  }
  for (const [url, methods] of methodsByPath) {
    const others = allMethods.filter(method => !methods.has(method))
    const handler = refusalOfMethods(context.services.store)
    app.route({ method: others, url, handler, exposeHeadRoute: false })
  }
}

/** The headers that Twilio puts on every answer. A request that enters a world gets its id there. */
export function addTwilioHeaders(app: FastifyInstance, seed: string): void {
  const random = new Random(`${seed}/requests`)
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/_mock/')) {
      reply.header('X-Home-Region', 'us1')
      reply.header('X-API-Domain', productDomain(request.url))
      reply.header('X-Powered-By', 'AT-5000')
      reply.header('X-Shenanigans', 'none')
      reply.header('Strict-Transport-Security', 'max-age=31536000')
    }
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    const seconds = (reply.elapsedTime / 1000).toFixed(3)
    reply.header('Twilio-Request-Duration', seconds)
    if (!reply.hasHeader(idHeader) && !request.url.startsWith('/_mock/')) {
      reply.header(idHeader, `RQ${random.hex(32)}`)
      reply.header('Twilio-Concurrent-Requests', '1')
    }
    done(null, payload)
  })
}

/** Inside, a path begins with the name of its product. */
function productDomain(url: string): string {
  const end = url.indexOf('/', 1)
  return `${end === -1 ? 'api' : url.slice(1, end)}.twilio.com`
}

const idHeader = 'Twilio-Request-Id'

/** Counts the request until its answer has been sent to the end, or its connection is gone. */
function enter(world: World, reply: FastifyReply): string {
  const requestId = world.requestIds.sid('RQ')
  world.concurrentRequests++
  reply.raw.once('close', () => {
    world.concurrentRequests--
  })
  reply.header(idHeader, requestId)
  reply.header('Twilio-Concurrent-Requests', String(world.concurrentRequests))
  return requestId
}

const refusals: Refusals<TwilioRefusal> = {
  tooMany: () => refusal(20429),
  ofStatus: refusalForStatus,
  isRefusal: error => error instanceof TwilioRefusal,
  bodyOf: errorBody
}

function handlerOf(operation: Operation, context: OperationContext) {
  const { services, responses } = context
  const { status } = operation
  return (request: FastifyRequest, reply: FastifyReply): unknown => {
    const params = namesIn(request.params)
    const admission = admit(operation, request, params, context)
    const { world, caller } = admission
    const call: Call = {
      world,
      caller,
      params,
      query: isForm(request.query) ? request.query : emptyForm,
      form: isForm(request.body) ? request.body : emptyForm,
      path: withoutQuery(pathOnHost(request.url)),
      requestId: enter(world, reply),
      reply,
      services
    }
    if (!world.faults.isEmpty) {
      return underFaults({
        world,
        refusals,
        reply,
        requestId: call.requestId,
        status,
        subject: subjectOf(operation, call),
        responses,
        carryOut: () => carryOut(operation, admission, request, call),
        noteRefusal: error => noteRefusal(operation, call, error)
      })
    }
    const answer = carryOut(operation, admission, request, call)
    if (answer === reply) return reply
    reply.code(status)
    return status === 204 ? reply.send() : answer
  }
}

/** What the operation answers; either way the journal tells of it. */
function carryOut(
  operation: Operation,
  admission: Admission,
  request: FastifyRequest,
  call: Call
): unknown {
  try {
    refuseAsAskedFor(request)
    refuseWithoutPermission(operation, admission)
    const answer = operation.handle(call)
    call.world.journal.append({
      kind: 'request',
      operation: operation.name,
      status: operation.status,
      sid: answer === call.reply ? undefined : sidOf(answer),
      request_id: call.requestId
    })
    return answer
  } catch (error) {
    if (error instanceof TwilioRefusal) noteRefusal(operation, call, error)
    throw error
  }
}

function noteRefusal(operation: Operation, call: Call, error: TwilioRefusal): void {
  const { to, from } = subjectOf(operation, call)
  noteRefused(call.world, operation.name, error, { to, from, request_id: call.requestId })
}

function noteRefused(
  world: World,
  operation: string | undefined,
  { status, code, message }: TwilioRefusal,
  fields: Readonly<Record<string, unknown>>
): void {
  world.journal.append({ kind: 'request.refused', operation, status, code, message, ...fields })
}

/** Who is refused at the door is noted where they wanted to go, else where they came from. */
function admit(
  operation: Operation,
  request: FastifyRequest,
  params: Readonly<Record<string, string>>,
  { services: { store }, authentication }: Pick<OperationContext, 'services' | 'authentication'>
): Admission {
  const { authorization } = request.headers
  const { AccountSid: wanted } = params
  if (authorization === undefined && operation.isOpen !== undefined) {
    const world = store.get(wanted ?? '')
    if (world !== undefined && operation.isOpen(world)) {
      return { world, caller: world, key: undefined }
    }
  }
  try {
    return authentication.admit(authorization, wanted)
  } catch (error) {
    if (error instanceof TwilioRefusal) {
      const said = usernameIn(authorization)
      const world = store.get(wanted ?? '') ?? store.get(said ?? '') ?? store.get(store.defaultName)
      // What is no sid may be a secret in the wrong place.
      const username = said !== undefined && /^(?:AC|SK)\w{32}$/.test(said) ? said : undefined
      if (world !== undefined) noteRefused(world, operation.name, error, { username })
    }
    throw error
  }
}

function refusalOfMethods(store: Store) {
  return ({ method, url }: FastifyRequest): never => {
    const error = refusal(20004)
    const world = store.get(store.defaultName)
    const path = withoutQuery(pathOnHost(url))
    if (world !== undefined) noteRefused(world, undefined, error, { method, path })
    throw error
  }
}

/** A suspended account is left to its parent, which may look at it and take it up again. */
function refuseWithoutPermission(operation: Operation, { world, caller, key }: Admission): void {
  if (key !== undefined && key.type !== 'main' && !isPermitted(operation, key)) {
    const message = `The API key ${key.sid} may not ${operation.name}`
    throw new TwilioRefusal(20003, 403, message)
  }
  if (world.isForTests && operation.isForTestCredentials !== true) throw refusal(20008)
  if (caller.status !== 'active') throw refusal(20005, caller.accountSid)
  if (world.status === 'active') return
  const isLeftToParent = operation.method === 'GET' || operation.name === 'update-account'
  if (!isLeftToParent) throw refusal(20005, world.accountSid)
}

function isPermitted(operation: Operation, { type, permissions }: KeyRecord): boolean {
  if (type === 'restricted') return permissions.includes(operation.name)
  return operation.isForMainKeys !== true
}

/** `Prefer: code=429` asks for that answer, as in Prism. */
function refuseAsAskedFor({ headers }: FastifyRequest): void {
  const { prefer } = headers
  if (prefer === undefined) return
  const [, code] = /\bcode="?([45]\d\d)\b/.exec(String(prefer)) ?? []
  if (code !== undefined) throw refusalForStatus(Number(code))
}

/** What faults are held against. The number that is looked up is the one that it is to. */
function subjectOf({ name, method }: Operation, { form, params, path }: Call): FaultSubject {
  return {
    operation: name,
    method,
    path,
    to: text(form, 'To') ?? params['PhoneNumber'],
    from: text(form, 'From'),
    service: text(form, 'MessagingServiceSid') ?? params['ServiceSid'],
    body: text(form, 'Body')
  }
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
