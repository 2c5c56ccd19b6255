import type { Static, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'

import type { FaultSubject } from '../simulator/fault-match.ts'
import type { FaultResponses } from '../simulator/fault-responses.ts'
import { underFaults, type Refusals } from '../simulator/request-faults.ts'
import { restRoute, restTarget, type RestTarget } from './addressing.ts'
import type { Authentication } from './authentication.ts'
import { errorBody, invalid, refusal, refusalForStatus, ZoomRefusal } from './errors.ts'
import { countRequest, type Label } from './rate-limits.ts'
import type { SessionRecord } from './resources/session.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

/** What an operation is asked. */
export interface Call {
  readonly world: World
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What the JSON said; undefined when there was none. */
  readonly body: unknown
  /** As the answer's header x-zm-trackingid tells it. */
  readonly requestId: string
  /** Where files can be fetched: the address that the client used. */
  readonly origin: string
}

/** One operation of Zoom's API. Its path is Zoom's, behind /v2; a name in braces is a parameter. */
export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly label: Label
  /** The HTTP status of success. */
  readonly status: 200 | 201 | 202 | 204
  /** Gives the resource to show, or nothing at all (202, 204). */
  readonly handle: (call: Call) => Shown
}

export type Shown = Record<string, unknown> | readonly Record<string, unknown>[] | undefined

export interface OperationContext {
  store: Store
  authentication: Authentication
  responses: FaultResponses
}

/** An operation that takes JSON: what does not fit is refused, field by field. What is not known is let be. */
export function withBody<T extends TSchema>(
  schema: T,
  handle: (call: Call, body: Static<T>) => Shown
): Operation['handle'] {
  const compiled = TypeCompiler.Compile(schema)
  return call => {
    const { body } = call
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw refusal('notJson')
    if (compiled.Check(body)) return handle(call, body)
    const fields = new Set(Array.from(compiled.Errors(body), ({ path }) => fieldAt(path)))
    throw invalid(...Array.from(fields, field => ({ field, message: 'Invalid field.' })))
  }
}

function fieldAt(path: string): string {
  return path.slice(1).replaceAll('/', '.') || 'body'
}

interface Route {
  operation: Operation
  pattern: RegExp
  names: readonly string[]
}

const allMethods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** All of /v2 is one route: ids hold slashes, so that Fastify's router could not find its way. */
export function registerOperations(
  app: FastifyInstance,
  operations: readonly Operation[],
  context: OperationContext
): void {
  const routes = operations
    .map(routeOf)
    .toSorted((a, b) => segments(b.operation.path) - segments(a.operation.path))
  app.route({
    method: allMethods,
    url: restRoute,
    exposeHeadRoute: false,
    handler: (request, reply) => answer(request, reply, routes, context)
  })
}

function routeOf(operation: Operation): Route {
  const names = Array.from(operation.path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  const source = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) =>
    name === 'sessionId' ? '(.+)' : '([^/]+)'
  )
  return { operation, names, pattern: new RegExp(`^${source}$`, 's') }
}

function segments(path: string): number {
  return path.split('/').length
}

interface Found {
  operation: Operation
  params: Record<string, string>
}

function find(routes: readonly Route[], method: string, path: string): Found | undefined {
  for (const { operation, pattern, names } of routes) {
    if (operation.method !== method) continue
    const values = pattern.exec(path)
    if (values === null) continue
    const params = Object.fromEntries(names.map((name, place) => [name, values[place + 1] ?? '']))
    return { operation, params }
  }
  return undefined
}

const refusals: Refusals<ZoomRefusal> = {
  tooMany: () => refusal('concurrent'),
  ofStatus: refusalForStatus,
  isRefusal: error => error instanceof ZoomRefusal,
  bodyOf: errorBody
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly Route[],
  context: OperationContext
): unknown {
  const { method, originalUrl } = request
  const target = restTarget(originalUrl)
  if (target === undefined) throw unknownEndpoint(context.store, method, originalUrl)
  const world = admit(request, target, context)
  const requestId = enter(world, reply)
  const { path, account } = ofAccount(target.path)
  const found = find(routes, method, path)
  if (found === undefined) {
    const isKnown = routes.some(({ pattern }) => pattern.test(path))
    if (isKnown)
      throw noteRefused(world, undefined, refusal('methodNotSupported', method), { path })
    request.log.warn({ method, path }, 'no such operation here')
    throw unknownEndpoint(context.store, method, path, world)
  }
  const { operation, params } = found
  const here = worldOf(context.store, world, account)
  const { headers, refusal: limited } = countRequest(here, operation.label)
  for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value)
  const call: Call = {
    world: here,
    params,
    query: target.query,
    body: request.body,
    requestId,
    origin: `${request.protocol}://${request.host}`
  }
  const carryOut = () => carryOutOperation(operation, call, target, request, limited)
  if (here.faults.isEmpty) {
    const resource = carryOut()
    reply.code(operation.status)
    return resource === undefined ? reply.send() : resource
  }
  return underFaults({
    world: here,
    refusals,
    reply,
    requestId,
    status: operation.status,
    subject: subjectOf(operation, call, path),
    responses: context.responses,
    carryOut,
    noteRefusal: error => noteRefusal(operation, call, error)
  })
}

/** A master account asks about an account of its own, its id ahead of the path. */
function ofAccount(path: string): { path: string; account: string | undefined } {
  const [, account, rest] = /^\/accounts\/([^/]+)(\/videosdk\/.*)$/s.exec(path) ?? []
  return rest === undefined ? { path, account: undefined } : { path: rest, account }
}

function worldOf(store: Store, caller: World, account: string | undefined): World {
  if (account === undefined || account === caller.name || account === 'me') return caller
  const world = store.get(account)
  if (world?.origin.master_account_id === caller.name) return world
  throw noteRefused(caller, undefined, refusal('foreignAccount', account), {})
}

function carryOutOperation(
  operation: Operation,
  call: Call,
  target: RestTarget,
  request: FastifyRequest,
  limited: ZoomRefusal | undefined
): unknown {
  try {
    if (limited !== undefined) throw limited
    refuseAsAskedFor(request)
    refuseBadlyEncoded(call, target)
    const resource = operation.handle(call)
    call.world.journal.append({
      kind: 'request',
      operation: operation.name,
      status: operation.status,
      sid: call.params['sessionId'] ?? idOf(resource),
      request_id: call.requestId
    })
    return resource
  } catch (error) {
    if (error instanceof ZoomRefusal) noteRefusal(operation, call, error)
    throw error
  }
}

function idOf(shown: Shown): unknown {
  return shown !== undefined && 'session_id' in shown ? shown.session_id : undefined
}

/** Zoom's own gateway reads such a path otherwise than it was meant. */
function refuseBadlyEncoded({ world, params }: Call, { encodings }: RestTarget): void {
  const { sessionId } = params
  if (sessionId === undefined || !world.settings.isPathStrict || encodings >= 2) return
  if (sessionId.startsWith('/') || sessionId.includes('//')) throw refusal('invalidSessionId')
}

/** Counts the request until its answer has been sent to the end, or its connection is gone. */
function enter(world: World, reply: FastifyReply): string {
  const requestId = world.requestIds.requestId()
  world.concurrentRequests++
  reply.raw.once('close', () => {
    world.concurrentRequests--
  })
  reply.raw.setHeader('x-zm-trackingid', requestId)
  return requestId
}

/** Who is refused at the door is noted in the default world. */
function admit(
  { headers, method }: FastifyRequest,
  { path }: RestTarget,
  { store, authentication }: OperationContext
): World {
  try {
    return authentication.admit(headers.authorization)
  } catch (error) {
    const world = store.get(store.defaultName)
    if (error instanceof ZoomRefusal && world !== undefined) {
      noteRefused(world, undefined, error, { method, path })
    }
    throw error
  }
}

/** Loud, since a client relies on something that this mock does not have. */
function unknownEndpoint(store: Store, method: string, path: string, world?: World): ZoomRefusal {
  const where = world ?? store.get(store.defaultName)
  where?.journal.append({ kind: 'request.unknown', method, path })
  where?.alert(2300, `no such operation here: ${method} ${path}`, { method, path })
  return refusal('unknownEndpoint')
}

function noteRefusal(operation: Operation, call: Call, error: ZoomRefusal): void {
  const { sessionId: sid } = call.params
  noteRefused(call.world, operation.name, error, { sid, request_id: call.requestId })
}

function noteRefused(
  world: World,
  operation: string | undefined,
  error: ZoomRefusal,
  fields: Readonly<Record<string, unknown>>
): ZoomRefusal {
  const { status, code, message, errors } = error
  const told = { kind: 'request.refused', operation, status, code, message, errors, ...fields }
  world.journal.append(told)
  return error
}

/** `Prefer: code=429` asks for that answer, as in Prism. */
function refuseAsAskedFor({ headers }: FastifyRequest): void {
  const { prefer } = headers
  if (prefer === undefined) return
  const [, code] = /\bcode="?([45]\d\d)\b/.exec(String(prefer)) ?? []
  if (code !== undefined) throw refusalForStatus(Number(code))
}

/** What faults are held against: `to` is the name of a session, `service_sid` its id. */
function subjectOf(
  { name, method }: Operation,
  { world, params, body }: Call,
  path: string
): FaultSubject {
  const id = params['sessionId']
  const session: SessionRecord | undefined = id === undefined ? undefined : world.sessions.get(id)
  return {
    operation: name,
    method,
    path,
    to: session?.name,
    service: id,
    body: body === undefined ? undefined : JSON.stringify(body)
  }
}
