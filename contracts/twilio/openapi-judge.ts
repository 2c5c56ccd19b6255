import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { Ajv, type ValidateFunction } from 'ajv'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { collectEvidence } from './evidence.ts'

/*
 * Holds every answer of the mock against Twilio's own OpenAPI files, which @twilio/cli-core carries. Stricter
 * than the files in one point: a field that they do not name is a violation, since some of the SDKs stumble
 * over a surplus key in a list.
 */

interface Violation {
  operation: string
  status: number
  problems: string[]
}

export interface Judge {
  readonly violations: readonly Violation[]
  /** `GET /v1/Services 200` and so on. */
  readonly covered: ReadonlySet<string>
  assertNoViolations: () => void
}

export const files: ReadonlyMap<string, string> = new Map([
  ['api', 'twilio_api_v2010.json'],
  ['messaging', 'twilio_messaging_v1.json'],
  ['lookups', 'twilio_lookups_v2.json'],
  ['trusthub', 'twilio_trusthub_v1.json'],
  ['monitor', 'twilio_monitor_v1.json'],
  ['accounts', 'twilio_accounts_v1.json']
])

/** Their files call hardly any field nullable, and show null for most of them in their own examples. */
const silentOnNull = new Set(['lookups'])

/** The file says DRAFT and PENDING_REVIEW; older clients know draft and pending-review, and so does the mock. */
const spelledInBothCases = new Set(['supporting_document_enum_status'])

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@twilio/cli-core/package.json')),
  'src/services/twilio-api'
)

/** Formats of Twilio's that ajv does not know, and those where its own idea is another one. */
const formats: Record<string, RegExp | true> = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  'date-time-rfc-2822': /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000$/,
  'phone-number': /^(?:\+[1-9]\d{1,14}|[\w ]{1,11})$/,
  'http-method': /^(?:GET|POST)$/,
  'iso-country-code': /^[A-Z]{2}$/,
  currency: /^[A-Z]{3}$/,
  int32: true,
  // Links of the older API are relative.
  uri: true,
  'uri-map': true,
  'phone-number-capabilities': true,
  'ice-server': true
}

export type Json = Record<string, unknown>

/** Call it before the app is ready. */
export function judgeResponses(app: FastifyInstance): Judge {
  const violations: Violation[] = []
  const covered = new Set<string>()
  collectEvidence(app, documented)

  const judge = (request: FastifyRequest, reply: FastifyReply, payload: unknown): void => {
    const { statusCode } = reply
    const route = request.routeOptions.url
    if (route === undefined || route.startsWith('/_mock/')) return
    const contentType = String(reply.getHeader('content-type') ?? '')
    const isFile =
      (statusCode === 200 || statusCode === 206) && !contentType.startsWith('application/json')
    if (statusCode > 299 || isFile) return
    const { product, path } = documented(route)
    const operation = `${request.method} ${path}`
    covered.add(`${operation} ${statusCode}`)
    const problems = problemsOf(product, path, request.method, statusCode, payload)
    if (problems.length > 0) violations.push({ operation, status: statusCode, problems })
  }

  app.addHook('onSend', (request, reply, payload, done) => {
    try {
      judge(request, reply, payload)
    } catch (error) {
      // A judge that fails must not pass for one that found nothing.
      violations.push({
        operation: request.url,
        status: reply.statusCode,
        problems: [String(error)]
      })
    }
    done(null, payload)
  })

  return {
    violations,
    covered,
    assertNoViolations: () => {
      if (violations.length === 0) return
      throw new Error(`the mock breaks Twilio's contract: ${JSON.stringify(violations, null, 2)}`)
    }
  }
}

/** /api/2010-04-01/Accounts/:AccountSid.json is {AccountSid} in Twilio's words, or {Sid} where it is the last. */
export function documented(route: string): { product: string; path: string } {
  const end = route.indexOf('/', 1)
  const path = route
    .slice(end)
    .replace(/:(\w+)/g, '{$1}')
    .replace('/Accounts/{AccountSid}.json', '/Accounts/{Sid}.json')
  return { product: route.slice(1, end), path }
}

const validators = new Map<string, ValidateFunction | string>()
const documents = new Map<string, { document: Json; ajv: Ajv }>()

export function problemsOf(
  product: string,
  path: string,
  method: string,
  status: number,
  payload: unknown
): string[] {
  const key = `${product} ${path} ${method} ${status}`
  const validate = validators.get(key) ?? validatorFor(product, path, method, status)
  validators.set(key, validate)
  if (typeof validate === 'string') return [validate]
  const body: unknown =
    typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : undefined
  if (status === 204) return body === undefined ? [] : ['a body where there is none']
  if (validate(body)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`
  )
}

function validatorFor(
  product: string,
  path: string,
  method: string,
  status: number
): ValidateFunction | string {
  const { document, ajv } = load(product)
  const responses = dig(document, 'paths', path, method.toLowerCase(), 'responses')
  if (responses === undefined) return `Twilio documents no ${method} ${path}`
  const response = dig(responses, String(status))
  if (response === undefined) return `Twilio documents no status ${status} for ${method} ${path}`
  const schema = dig(response, 'content', 'application/json', 'schema')
  if (schema === undefined) return ajv.compile({})
  return ajv.compile(strict(schema, product))
}

/** Twilio's own document of a product. */
export function documentOf(product: string): Json {
  return load(product).document
}

/** Twilio's own description of an operation, or undefined where there is none. */
export function describedOperation(route: string, method: string): Json | undefined {
  const { product, path } = documented(route)
  if (!files.has(product)) return undefined
  return dig(load(product).document, 'paths', path, method.toLowerCase())
}

/** A schema of that product, where it is only named. */
export function describedSchema(route: string, schema: Json): Json {
  const name = schema['$ref']
  if (typeof name !== 'string') return schema
  const { document } = load(documented(route).product)
  return dig(document, 'components', 'schemas', name.split('/').at(-1) ?? '') ?? schema
}

function load(product: string): { document: Json; ajv: Ajv } {
  const known = documents.get(product)
  if (known !== undefined) return known
  const file = files.get(product)
  if (file === undefined) throw new Error(`no OpenAPI file is known for the product ${product}`)
  const document: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
  if (!isJson(document)) throw new Error(`${file} is no OpenAPI document`)
  const ajv = new Ajv({ strict: false, allErrors: true, formats })
  for (const [name, schema] of Object.entries(dig(document, 'components', 'schemas') ?? {})) {
    if (!isJson(schema)) continue
    const spelled = spelledInBothCases.has(name) ? inBothCases(schema) : schema
    ajv.addSchema(strict(spelled, product), schemaId(product, name))
  }
  const loaded = { document, ajv }
  documents.set(product, loaded)
  return loaded
}

/** OpenAPI 3.0 as JSON Schema: nullable becomes a type, and fields that are not named are refused. */
function strict(schema: Json, product: string): Json {
  const result: Json = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref' && typeof value === 'string') {
      result['$ref'] = schemaId(product, value.split('/').at(-1) ?? '')
    } else if (key === 'properties' && isJson(value)) {
      result['properties'] = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          isJson(inner) ? field(asAnswered(name, inner), product) : inner
        ])
      )
    } else if (key === 'oneOf' && Array.isArray(value)) {
      result[key] = value.map(choice => (isJson(choice) ? strict(choice, product) : choice))
    } else {
      result[key] = isJson(value) ? strict(value, product) : value
    }
  }
  if (isJson(schema['properties']) && schema['additionalProperties'] === undefined) {
    result['additionalProperties'] = false
  }
  if (schema['nullable'] === true) {
    delete result['nullable']
    return { anyOf: [result, { type: 'null' }] }
  }
  return result
}

function inBothCases(schema: Json): Json {
  const words = Array.isArray(schema['enum']) ? schema['enum'].map(String) : []
  const lower = words.map(word => word.toLowerCase().replaceAll('_', '-'))
  return { ...schema, enum: [...words, ...lower] }
}

/** Where Twilio's own examples show something else than its schemas say. */
function asAnswered(name: string, schema: Json): Json {
  // A number for sale lies at "19.720000", "-155.090000", and is called (808) 925-1571.
  if (name === 'latitude' || name === 'longitude') return { type: 'string', nullable: true }
  if (name === 'friendly_name') return { type: 'string', nullable: true }
  return schema
}

function field(schema: Json, product: string): Json {
  const result = strict(schema, product)
  return silentOnNull.has(product) ? { anyOf: [result, { type: 'null' }] } : result
}

function schemaId(product: string, name: string): string {
  return `https://twilio.invalid/${product}/${name}`
}

export function dig(start: unknown, ...path: string[]): Json | undefined {
  let here: unknown = start
  for (const key of path) here = isJson(here) ? here[key] : undefined
  return isJson(here) ? here : undefined
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
