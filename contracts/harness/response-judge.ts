import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { ApiDocument, Operation } from './document.ts'
import { isJson, isRecord, type Json } from './json.ts'

/** An answer as it came. */
export interface Answer {
  status: number
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>
  text: string
  /** Parsed where it is JSON. */
  body: unknown
}

export interface ResponseJudge {
  /** What of the answer the document does not promise, in sentences. */
  problems(operation: Operation, answer: Answer): string[]
  /** The same for the payload of an event; undefined when the document has no such event. */
  eventProblems(type: string, payload: unknown): string[] | undefined
}

/** Headers that belong to the transport, and those that the whole API promises. */
const usualHeaders = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'server',
  'strict-transport-security',
  'transfer-encoding',
  'vary',
  'via',
  'x-content-type-options',
  'x-request-id'
])

/**
 * Judges answers by the document, strictly: a field, header, status or media type that it does not name is as
 * wrong as one that it names and that is missing.
 */
export function createResponseJudge(document: ApiDocument): ResponseJudge {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true })
  ajv.addFormat('date-time', isInstant)
  ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  ajv.addFormat('uri', (text: string) => URL.canParse(text))
  ajv.addSchema({ $id: 'document', ...closed({ components: document.json['components'] }) })
  const compiled = new Map<Json, ValidateFunction>()
  const check = (schema: Json, value: unknown, what: string): string[] => {
    let validate = compiled.get(schema)
    if (!validate) compiled.set(schema, (validate = ajv.compile(closed(schema))))
    if (validate(value)) return []
    return (validate.errors ?? []).slice(0, 10).map(({ instancePath, message, params }) => {
      const extra =
        'additionalProperty' in params ? ` "${String(params['additionalProperty'])}"` : ''
      return `${what}${instancePath} ${message}${extra}`
    })
  }
  const events = new Map(document.events.map(({ type, schema }) => [type, schema]))

  return {
    problems(operation, answer) {
      const media = operation.responses.get(answer.status)
      if (!media) return [`status ${answer.status} is not documented: ${answer.text.slice(0, 200)}`]
      return [
        ...headerProblems(operation, answer),
        ...bodyProblems(media, answer, check),
        ...requestIdProblems(answer)
      ]
    },
    eventProblems(type, payload) {
      const schema = events.get(type)
      return schema && check(schema, payload, 'payload')
    }
  }
}

function headerProblems({ headers }: Operation, { status, headers: given }: Answer): string[] {
  const documented = headers.get(status) ?? new Set()
  const problems = Object.keys(given)
    .filter(name => !usualHeaders.has(name) && !documented.has(name))
    .map(name => `header ${name} is not documented`)
  if (given['x-request-id'] === undefined) problems.push('header x-request-id is missing')
  if (documented.has('retry-after') && !/^\d+$/.test(given['retry-after'] ?? ''))
    problems.push(`header retry-after must tell seconds, got ${given['retry-after']}`)
  return problems
}

function bodyProblems(
  media: ReadonlyMap<string, Json>,
  { text, body, headers }: Answer,
  check: (schema: Json, value: unknown, what: string) => string[]
): string[] {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  if (media.size === 0)
    return text === '' ? [] : [`there is a body, and none is documented: ${type}`]
  const schema = media.get(type)
  if (!schema)
    return [`media type must be ${[...media.keys()].join(' or ')}, got ${type || 'none'}`]
  return check(schema, isJson(type) ? body : text, 'body')
}

function requestIdProblems({ body, headers }: Answer): string[] {
  const error = isRecord(body) ? body['error'] : undefined
  if (!isRecord(error) || error['request_id'] === headers['x-request-id']) return []
  return ['error.request_id differs from the header x-request-id']
}

/** ISO 8601 in UTC, as every time of the API is written. */
const isInstant = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text))

/** The schema with every object closed, and references that lead into the document. */
function closed(value: unknown): Json {
  const close = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(close)
    if (!isRecord(part)) return part
    const entries = Object.entries(part).map(([name, item]): [string, unknown] => {
      if (name === '$ref') return [name, `document${String(item)}`]
      if (name === 'example' || name === 'examples' || name === 'enum') return [name, item]
      return [name, close(item)]
    })
    const next = Object.fromEntries(entries)
    const isOpen = next['additionalProperties'] !== undefined || next['allOf'] !== undefined
    if (isRecord(part['properties']) && !isOpen && typeof part['type'] !== 'undefined')
      next['additionalProperties'] = false
    return next
  }
  const result = close(value)
  return isRecord(result) ? result : {}
}
