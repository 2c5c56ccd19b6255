import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import type { Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { openApiReader } from './openapi-reader.ts'
import type { Direction, OpenApiReader, Shape } from './openapi-reader.ts'

/**
 * The promise to clients (published.json) against the document that describes the running server
 * (openapi.json). Adding is always allowed; what the promise names must be there, under its name, with
 * its type. A mismatch is the server's fault, never the promise's.
 */

const strict = { additionalProperties: false }

const ResponseField = Type.Recursive(Field =>
  Type.Union([
    Type.String(),
    Type.Object({ type: Type.String(), fields: Type.Record(Type.String(), Field) }, strict)
  ])
)
const ResponseFields = Type.Record(Type.String(), ResponseField)

const RequestField = Type.Recursive(Field =>
  Type.Object(
    {
      type: Type.String(),
      required: Type.Optional(Type.Boolean()),
      input: Type.Optional(Type.String()),
      fields: Type.Optional(Type.Record(Type.String(), Field))
    },
    strict
  )
)
const RequestFields = Type.Record(Type.String(), RequestField)

const PublishedOperation = Type.Object(
  {
    name: Type.String(),
    method: Type.Union(
      ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].map(method => Type.Literal(method))
    ),
    path: Type.String({ pattern: '^/api/v1/' }),
    access: Type.Union([
      Type.Literal('public'),
      Type.Literal('bearer'),
      Type.Literal('admin'),
      Type.Literal('provider'),
      Type.Literal('provider or bearer')
    ]),
    note: Type.Optional(Type.String()),
    request: Type.Optional(
      Type.Object({ in: Type.Optional(Type.Literal('query')), fields: RequestFields }, strict)
    ),
    response: Type.Object(
      {
        status: Type.Optional(Type.Integer()),
        list: Type.Optional(Type.Literal(true)),
        resource: Type.Optional(Type.String()),
        fields: Type.Optional(ResponseFields)
      },
      strict
    ),
    refusals: Type.Optional(Type.Array(Type.Integer()))
  },
  strict
)

const PublishedEvent = Type.Object(
  {
    type: Type.String(),
    note: Type.Optional(Type.String()),
    resource: Type.Optional(Type.String()),
    fields: Type.Optional(ResponseFields)
  },
  strict
)

const Published = Type.Object(
  {
    title: Type.String(),
    version: Type.String(),
    how_to_read: Type.Array(Type.String()),
    resources: Type.Record(Type.String(), ResponseFields),
    inputs: Type.Record(Type.String(), RequestFields),
    event_envelope: ResponseFields,
    groups: Type.Array(
      Type.Object(
        {
          group: Type.String(),
          operations: Type.Array(PublishedOperation),
          events: Type.Optional(Type.Array(PublishedEvent))
        },
        strict
      )
    )
  },
  strict
)

export type Published = Static<typeof Published>
type PublishedOperation = Static<typeof PublishedOperation>
type PublishedEvent = Static<typeof PublishedEvent>
type ResponseFields = Static<typeof ResponseFields>
type RequestFields = Static<typeof RequestFields>

export interface Mismatch {
  kind: 'missing' | 'type' | 'required' | 'access'
  /** Such as "POST /api/v1/messages" or "event messages.message.opt_out". */
  subject: string
  /** Such as "request message.sender_number" or "response 201 media_urls". */
  place: string
  message: string
}

/** A misspelt key in the promise is an error here, not a rule that is silently never applied. */
export const parsePublished = (json: string): Published => {
  const found: unknown = JSON.parse(json)
  if (Value.Check(Published, found)) return found
  const error = Value.Errors(Published, found).First()
  throw new Error(`The promise cannot be read: ${error?.message} at ${error?.path}`)
}

export const published = parsePublished(
  readFileSync(new URL('../published.json', import.meta.url), 'utf8')
)

/** Every difference between the promise's groups and an OpenAPI 3.1 document. */
export const checkAgainst = (
  openapi: unknown,
  groups: readonly string[],
  promise: Published = published
): Mismatch[] => {
  const reader = openApiReader(openapi)
  return groups.flatMap(name => {
    const group = promise.groups.find(candidate => candidate.group === name)
    if (!group) throw new Error(`published.json has no group "${name}"`)
    return [
      ...group.operations.flatMap(operation => checkOperation(operation, reader, promise)),
      ...(group.events ?? []).flatMap(event => checkEvent(event, reader, promise))
    ]
  })
}

const checkOperation = (
  promised: PublishedOperation,
  reader: OpenApiReader,
  promise: Published
) => {
  const subject = `${promised.method} ${promised.path}`
  const operation = reader.operation(promised.method, promised.path)
  if (!operation) {
    return [mismatch('missing', subject, 'operation', `${promised.name}: there is no ${subject}`)]
  }
  const report = reporter(subject)
  checkAccess(promised, operation.isOpen, report)
  if (promised.request) {
    const place = promised.request.in === 'query' ? 'query' : 'request'
    const shape = place === 'query' ? operation.query : operation.body
    if (shape) checkRequest(promised.request.fields, shape, `${place} `, promise, report)
    else report('missing', place, `it takes no ${place}`)
  }
  checkResponse(promised, operation.responses, promise, report)
  return report.found
}

const checkAccess = ({ access }: PublishedOperation, isOpen: boolean, report: Reporter) => {
  const wantsToken = access === 'bearer' || access === 'admin'
  if (wantsToken && isOpen) report('access', 'security', 'it asks for no token')
  if (access === 'public' && !isOpen) report('access', 'security', 'it asks for a token')
}

const checkRequest = (
  fields: RequestFields,
  shape: Shape,
  prefix: string,
  promise: Published,
  report: Reporter
) => {
  for (const [name, promised] of Object.entries(fields)) {
    const place = `${prefix}${name}`
    const found = shape.property(name)
    if (!found) {
      report('missing', place, 'the field is not taken')
      continue
    }
    checkType(promised.type, found, 'request', place, report)
    if (promised.required !== undefined && promised.required !== shape.isRequired(name)) {
      const [wanted, got] = promised.required ? ['required', 'optional'] : ['optional', 'required']
      report('required', place, `promised as ${wanted}, is ${got}`)
    }
    const inner = promised.input ? named(promise.inputs, promised.input) : promised.fields
    if (inner) checkRequest(inner, found, `${place}.`, promise, report)
  }
}

const checkResponse = (
  { response, refusals }: PublishedOperation,
  responses: Map<string, Shape | undefined>,
  promise: Published,
  report: Reporter
) => {
  const status = response.status ?? Array.from(responses.keys()).find(key => key.startsWith('2'))
  const place = `response ${status ?? '2xx'}`
  if (!responses.has(String(status))) report('missing', place, 'there is no such response')
  else {
    const fields = fieldsOf(response, promise)
    const shape = responses.get(String(status))
    if (shape) {
      checkFields(fields, response.list ? listItem(shape, place, report) : shape, place, report)
    } else if (Object.keys(fields).length > 0) report('missing', place, 'it has no body')
  }
  for (const refusal of refusals ?? []) {
    const shape = responses.get(String(refusal))
    if (shape) checkFields({ error: 'object' }, shape, `response ${refusal}`, report)
    else report('missing', `response ${refusal}`, 'there is no such response with a body')
  }
}

const listItem = (shape: Shape, place: string, report: Reporter) => {
  const item = shape.item()
  if (shape.types.has('array') && item) return item
  report('type', place, `promised as array, is ${typesIn(shape)}`)
  return undefined
}

const checkEvent = (promised: PublishedEvent, reader: OpenApiReader, promise: Published) => {
  const subject = `event ${promised.type}`
  const shape = reader.webhook(promised.type)
  if (!shape) return [mismatch('missing', subject, 'event', `there is no ${subject} with a body`)]
  const report = reporter(subject)
  const fields = { ...promise.event_envelope, ...fieldsOf(promised, promise) }
  checkFields(fields, shape, 'payload', report)
  return report.found
}

const checkFields = (
  fields: ResponseFields,
  shape: Shape | undefined,
  prefix: string,
  report: Reporter
) => {
  if (!shape) return
  for (const [name, promised] of Object.entries(fields)) {
    const place = `${prefix} ${name}`
    const found = shape.property(name)
    const type = typeof promised === 'string' ? promised : promised.type
    if (!found) report('missing', place, `the field is not there; promised as ${type}`)
    else {
      checkType(type, found, 'response', place, report)
      if (typeof promised !== 'string') {
        checkFields(promised.fields, found.item() ?? found, place, report)
      }
    }
  }
}

const fieldsOf = (
  { resource, fields }: { resource?: string; fields?: ResponseFields },
  promise: Published
): ResponseFields => ({ ...(resource ? named(promise.resources, resource) : {}), ...fields })

const named = <T>(lists: Record<string, T>, name: string): T => {
  const list = lists[name]
  if (!list) throw new Error(`published.json names "${name}" and does not hold it`)
  return list
}

/** What we take must include what was promised; what we give must not exceed it, null apart. */
const checkType = (
  promised: string,
  shape: Shape,
  direction: Direction,
  place: string,
  report: Reporter
) => {
  if (promised === 'any') return
  const alternatives = promised.split('|')
  const bare = new Set(alternatives.map(type => (type.endsWith('[]') ? 'array' : type)))
  const agrees =
    direction === 'request'
      ? shape.types.size === 0 || bare.isSubsetOf(shape.types)
      : shape.types.size > 0 && withoutNull(shape.types).isSubsetOf(bare) && hasMoreThanNull(shape)
  if (!agrees) return report('type', place, `promised as ${promised}, is ${typesIn(shape)}`)

  const array = alternatives.find(type => type.endsWith('[]'))
  const item = shape.item()
  if (!array) return
  if (item) checkType(array.slice(0, -2), item, direction, `${place}[]`, report)
  else if (direction === 'response') {
    report('type', `${place}[]`, `promised as ${promised}, its items have no type`)
  }
}

const withoutNull = (types: ReadonlySet<string>) => types.difference(new Set(['null']))
const hasMoreThanNull = (shape: Shape) => withoutNull(shape.types).size > 0
const typesIn = ({ types }: Shape) => Array.from(types).join('|') || 'of no stated type'

interface Reporter {
  (kind: Mismatch['kind'], place: string, finding: string): void
  found: Mismatch[]
}

const reporter = (subject: string): Reporter => {
  const found: Mismatch[] = []
  const report = (kind: Mismatch['kind'], place: string, finding: string) => {
    found.push(mismatch(kind, subject, place, `${subject}, ${place}: ${finding}`))
  }
  return Object.assign(report, { found })
}

const mismatch = (
  kind: Mismatch['kind'],
  subject: string,
  place: string,
  message: string
): Mismatch => ({ kind, subject, place, message })
