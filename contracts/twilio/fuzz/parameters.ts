import type { Operation } from '../../../mock-twilio/operation.ts'
import { describedOperation, describedSchema } from '../openapi-judge.ts'

/** What Twilio's OpenAPI files say may be sent to an operation. */

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'form'
  isRequired: boolean
  isArray: boolean
  type: string
  format: string
  /** AC, SM, MG: of a parameter that is a sid. */
  sidPrefixes: readonly string[]
  choices: readonly string[]
}

export interface FuzzedOperation {
  operation: Operation
  parameters: readonly Parameter[]
  /** Whether its body is JSON. */
  isJson: boolean
}

type Json = Readonly<Record<string, unknown>>

export function fuzzedOperation(operation: Operation): FuzzedOperation {
  const described = describedOperation(operation.path, operation.method)
  const named = (schema: Json) => describedSchema(operation.path, schema)
  const parameters = [...parametersOf(described, named), ...formOf(described, named)]
  const known = new Set(parameters.map(({ name }) => name))
  // The files call the account of /Accounts/{Sid} a Sid, and what they leave out is still asked for.
  for (const [, name = ''] of operation.path.matchAll(/:(\w+)/g)) {
    if (!known.has(name)) parameters.push(parameter(name, 'path', true, {}))
  }
  const content = dig(described, 'requestBody', 'content')
  const isOfJson = isJson(content) && Object.hasOwn(content, 'application/json')
  return { operation, parameters, isJson: isOfJson }
}

function parametersOf(described: Json | undefined, named: (schema: Json) => Json): Parameter[] {
  const list = described?.['parameters']
  if (!Array.isArray(list)) return []
  return list.filter(isJson).flatMap(entry => {
    const place = entry['in']
    if (place !== 'path' && place !== 'query') return []
    const schema = isJson(entry['schema']) ? named(entry['schema']) : {}
    return [parameter(String(entry['name']), place, entry['required'] === true, schema)]
  })
}

function formOf(described: Json | undefined, named: (schema: Json) => Json): Parameter[] {
  const body = dig(described, 'requestBody', 'content')
  const declared = isJson(body) ? dig(Object.values(body)[0], 'schema') : undefined
  const schema = isJson(declared) ? named(declared) : undefined
  const properties = dig(schema, 'properties')
  if (!isJson(schema) || !isJson(properties)) return []
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(properties).map(([name, property]) =>
    parameter(name, 'form', required.includes(name), isJson(property) ? named(property) : {})
  )
}

function parameter(
  name: string,
  place: Parameter['in'],
  isRequired: boolean,
  declared: Json
): Parameter {
  const isArray = declared['type'] === 'array'
  const items = declared['items']
  const schema = isArray && isJson(items) ? items : declared
  const pattern = textOf(schema['pattern'])
  const [, prefixes = ''] = /^\^\(?([A-Z]{2}(?:\|[A-Z]{2})*)\)?\[/.exec(pattern) ?? []
  const choices = schema['enum']
  return {
    name,
    in: place,
    isRequired,
    isArray,
    type: textOf(schema['type']),
    format: textOf(schema['format']),
    sidPrefixes: prefixes === '' ? [] : prefixes.split('|'),
    choices: Array.isArray(choices) ? choices.map(String) : []
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function dig(start: unknown, ...path: string[]): unknown {
  let here = start
  for (const key of path) here = isJson(here) ? here[key] : undefined
  return here
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
