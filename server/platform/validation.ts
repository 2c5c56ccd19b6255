import type { TSchema } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors'
import type { FastifySchemaCompiler } from 'fastify'

/** Most fields that one refusal names. */
export const mostDetails = 50

/**
 * Checks requests against their schemas. Each field at fault is named once, with what was expected and what
 * came. Paths and queries are text, so their numbers are read; the values of a body are taken as they are.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const type = TypeCompiler.Compile(schema)
  return (given: unknown) => {
    const value = httpPart === 'body' ? given : readNumbers(schema, given)
    if (type.Check(value)) return { value }
    const findings = explained(type, value)
    return {
      error: findings.map(({ path, message }) => ({ ...plain, instancePath: path, message }))
    }
  }
}

/** What is wrong with a value that did not come as a whole body: nothing, when it is as its schema says. */
export function findingsIn(schema: TSchema, value: unknown): Finding[] {
  let type = compiled.get(schema)
  if (type === undefined) compiled.set(schema, (type = TypeCompiler.Compile(schema)))
  return type.Check(value) ? [] : explained(type, value)
}

const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>()

function explained(type: TypeCheck<TSchema>, value: unknown): Finding[] {
  const findings = new Map<string, Finding>()
  for (const finding of explain(type.Errors(value))) {
    // A missing field is found twice: as missing, and as nothing where a value should be.
    if (!findings.has(finding.path)) findings.set(finding.path, finding)
    if (findings.size >= mostDetails) break
  }
  return [...findings.values()]
}

/** Whole numbers in decimal digits, and nothing that merely begins like one: `1.5` is not the resource 1. */
function readNumbers(schema: TSchema, given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const isNumber =
        schema['properties']?.[name]?.type === 'integer' && /^-?\d{1,16}$/.test(String(value))
      return [name, isNumber ? Number(value) : value]
    })
  )
}

/** What Fastify's type asks of a finding and nobody reads. */
const plain = { keyword: '', schemaPath: '', params: {} }

/** A value at fault: its JSON pointer, and the end of a sentence that begins with its name. */
interface Finding {
  path: string
  message: string
}

function* explain(errors: Iterable<ValueError>): Generator<Finding> {
  for (const error of errors) {
    const variant = chosenVariant(error)
    if (variant) yield* explain(variant)
    else yield { path: error.path, message: sentence(error) }
  }
}

/** Of a union, the variant that the value means to be: the one of its own JSON type. */
function chosenVariant({
  type,
  schema,
  value,
  errors
}: ValueError): Iterable<ValueError> | undefined {
  if (type !== ValueErrorType.Union) return undefined
  const place = variantsOf(schema).findIndex(
    variant => variant['const'] === undefined && variant['type'] === jsonType(value)
  )
  return errors[place]
}

/** The end of a sentence that begins with the field's name. */
const sentence = (error: ValueError): string =>
  sentences[error.type]?.(error) ?? `must be ${expected(error.schema)}, got ${shown(error)}`

const atLeast = (error: ValueError): string =>
  `must be at least ${error.schema['minimum']}, got ${shown(error)}`
const atMost = (error: ValueError): string =>
  `must be at most ${error.schema['maximum']}, got ${shown(error)}`

/** Where more can be told than the type that was expected. */
const sentences: Partial<Record<ValueErrorType, (error: ValueError) => string>> = {
  [ValueErrorType.ObjectRequiredProperty]: () => 'is required',
  [ValueErrorType.ObjectMinProperties]: () => 'must have at least one field',
  [ValueErrorType.StringMinLength]: () => 'must not be empty',
  [ValueErrorType.StringMaxLength]: ({ schema, value }) =>
    `must have at most ${schema['maxLength']} characters, got ${typeof value === 'string' ? value.length : 0}`,
  [ValueErrorType.StringPattern]: error =>
    `must match ${error.schema['pattern']}, got ${shown(error)}`,
  [ValueErrorType.IntegerMinimum]: atLeast,
  [ValueErrorType.IntegerMaximum]: atMost,
  [ValueErrorType.NumberMinimum]: atLeast,
  [ValueErrorType.NumberMaximum]: atMost,
  [ValueErrorType.ArrayMinItems]: () => 'must not be empty',
  [ValueErrorType.ArrayMaxItems]: ({ schema, value }) =>
    `must have at most ${schema['maxItems']} items, got ${Array.isArray(value) ? value.length : 0}`
}

const namesOfTypes: Record<string, string> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null'
}

function expected(schema: TSchema): string {
  const variants = variantsOf(schema)
  if (variants.length > 0) return variants.map(expected).join(' or ')
  if (schema['const'] !== undefined) return JSON.stringify(schema['const'])
  return namesOfTypes[String(schema['type'])] ?? 'another value'
}

const longestShown = 40

/** What came, short enough for one line. Never the value of a secret. */
function shown({ value, schema }: ValueError): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'object' || schema['writeOnly'] === true)
    return namesOfTypes[jsonType(value)] ?? `a ${typeof value}`
  if (typeof value !== 'string') return JSON.stringify(value) ?? `a ${typeof value}`
  const characters = Array.from(value.slice(0, 2 * longestShown + 1))
  if (characters.length <= longestShown) return JSON.stringify(value)
  return `${JSON.stringify(characters.slice(0, longestShown).join('')).slice(0, -1)}…"`
}

const variantsOf = (schema: TSchema): TSchema[] =>
  Array.isArray(schema['anyOf']) ? schema['anyOf'] : []

function jsonType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
