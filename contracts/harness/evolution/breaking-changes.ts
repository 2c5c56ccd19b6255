import { type ApiDocument, readDocument } from '../document.ts'
import { canonical, isRecord, type Json, list, textIn } from '../json.ts'

/** A change that a client written for the earlier document does not survive. */
export interface BreakingChange {
  /** Operation id, or type of event. */
  subject: string
  message: string
}

/**
 * What the later document takes away from, or newly asks of, clients of the earlier one. Requests may be asked
 * for less and answers may hold more; neither the other way round.
 */
export function breakingChanges(earlier: unknown, later: unknown): BreakingChange[] {
  const [before, after] = [readDocument(earlier), readDocument(later)]
  const found: BreakingChange[] = []
  for (const old of before.operations) {
    const add = (message: string): number => found.push({ subject: old.id, message })
    const now = after.operations.find(
      ({ method, path }) => method === old.method && sameShape(path, old.path)
    )
    if (!now) {
      add(`${old.method} ${old.path} is gone`)
      continue
    }
    if (old.access === 'public' && now.access !== 'public') add('it asks for a token now')
    if (old.access === 'bearer' && now.access === 'admin') add('it is for administrators now')
    if (old.idempotent && !now.idempotent) add('it takes no Idempotency-Key any more')
    compareParameters(old, now, before, after, add)
    for (const [type, body] of old.bodies) {
      const next = now.bodies.get(type)
      if (!next) add(`it takes no ${type} any more`)
      else compareRequest(before, after, body.schema, next.schema, 'body', add)
    }
    if (!old.bodyRequired && now.bodyRequired && now.bodies.size > 0) add('a body is required now')
    for (const [status, media] of old.responses) {
      const next = now.responses.get(status)
      if (!next) {
        if (status < 300) add(`it answers no ${status} any more`)
        continue
      }
      for (const [type, schema] of media) {
        const changed = next.get(type)
        if (!changed) add(`its ${status} is no ${type} any more`)
        else compareResponse(before, after, schema, changed, `${status}`, add)
      }
    }
  }
  for (const { type, schema } of before.events) {
    const add = (message: string): number => found.push({ subject: type, message })
    const now = after.events.find(each => each.type === type)
    if (!now) add('the event is gone')
    else compareResponse(before, after, schema, now.schema, 'payload', add)
  }
  return found
}

type Add = (message: string) => unknown
type Operation = ApiDocument['operations'][number]

/** Parameters of a path may be renamed. */
const sameShape = (one: string, other: string): boolean =>
  one.replaceAll(/\{\w+\}/g, '{}') === other.replaceAll(/\{\w+\}/g, '{}')

function compareParameters(
  old: Operation,
  now: Operation,
  before: ApiDocument,
  after: ApiDocument,
  add: Add
): void {
  for (const parameter of old.parameters) {
    if (parameter.in === 'path') continue
    const next = now.parameters.find(
      each => each.in === parameter.in && each.name === parameter.name
    )
    if (!next) add(`the parameter ${parameter.name} is gone`)
    else {
      if (!parameter.required && next.required)
        add(`the parameter ${parameter.name} is required now`)
      compareRequest(before, after, parameter.schema, next.schema, parameter.name, add)
    }
  }
  for (const next of now.parameters) {
    const isNew = !old.parameters.some(each => each.in === next.in && each.name === next.name)
    if (isNew && next.required && next.in !== 'path')
      add(`the parameter ${next.name} is new and required`)
  }
}

const typesOf = (schema: Json): Set<string> =>
  new Set(
    [schema['type']]
      .flat()
      .filter(type => type !== undefined)
      .map(String)
  )

const propertiesOf = (schema: Json): Json =>
  isRecord(schema['properties']) ? schema['properties'] : {}

const requiredOf = (schema: Json): Set<unknown> => new Set(list(schema['required']))

const deepest = 12

/** What was accepted must be accepted still. */
function compareRequest(
  before: ApiDocument,
  after: ApiDocument,
  one: Json,
  other: Json,
  place: string,
  add: Add,
  depth = 0
): void {
  const [old, now] = [before.resolve(one), after.resolve(other)]
  if (depth > deepest) return
  const variants = list(now['anyOf'])
  if (list(old['anyOf']).length > 0 || variants.length > 0)
    return compareVariants(before, after, old, now, place, add, depth)
  const [types, next] = [typesOf(old), typesOf(now)]
  const lost = [...types].filter(
    type => !next.has(type) && !(type === 'integer' && next.has('number'))
  )
  if (next.size > 0 && (lost.length > 0 || types.size === 0))
    add(`${place} takes no ${lost.join(', ') || 'other type'} any more`)
  compareLimits(old, now, place, add)
  const words = list(old['enum'])
  const nextWords = list(now['enum'])
  if (nextWords.length > 0) {
    const gone = words.filter(word => !nextWords.includes(word))
    if (gone.length > 0 || words.length === 0)
      add(
        `${place} takes ${words.length === 0 ? 'only some words' : `${gone.join(', ')} no longer`}`
      )
  }
  const [properties, nextProperties] = [propertiesOf(old), propertiesOf(now)]
  for (const [name, property] of Object.entries(properties)) {
    const changed = nextProperties[name]
    if (changed === undefined) add(`${place}.${name} is not taken any more`)
    else
      compareRequest(
        before,
        after,
        before.resolve(property),
        after.resolve(changed),
        `${place}.${name}`,
        add,
        depth + 1
      )
  }
  for (const name of requiredOf(now))
    if (!requiredOf(old).has(name)) add(`${place}.${String(name)} is required now`)
  if (isRecord(old['items']) && isRecord(now['items']))
    compareRequest(before, after, old['items'], now['items'], `${place}[]`, add, depth + 1)
}

/** Each variant that was taken needs one that takes it. */
function compareVariants(
  before: ApiDocument,
  after: ApiDocument,
  old: Json,
  now: Json,
  place: string,
  add: Add,
  depth: number
): void {
  const variantsOf = (document: ApiDocument, schema: Json): Json[] => {
    const variants = list(schema['anyOf']).map(each => document.resolve(each))
    return variants.length > 0 ? variants : [schema]
  }
  const candidates = variantsOf(after, now)
  for (const variant of variantsOf(before, old)) {
    const isTaken = candidates.some(candidate => {
      const problems: string[] = []
      compareRequest(
        before,
        after,
        variant,
        candidate,
        place,
        message => problems.push(message),
        depth + 1
      )
      return problems.length === 0
    })
    if (!isTaken) add(`${place} takes less than before: ${canonical(variant).slice(0, 80)}`)
  }
}

function compareLimits(old: Json, now: Json, place: string, add: Add): void {
  const number = (value: unknown, otherwise: number): number =>
    typeof value === 'number' ? value : otherwise
  for (const name of ['maximum', 'maxLength', 'maxItems', 'maxProperties'])
    if (number(now[name], Number.POSITIVE_INFINITY) < number(old[name], Number.POSITIVE_INFINITY))
      add(`${place}: ${name} is ${String(now[name])} now`)
  for (const name of ['minimum', 'minLength', 'minItems', 'minProperties'])
    if (
      number(now[name], Number.NEGATIVE_INFINITY) >
      number(old[name], name === 'minimum' ? Number.NEGATIVE_INFINITY : 0)
    )
      add(`${place}: ${name} is ${String(now[name])} now`)
  for (const name of ['pattern', 'format'])
    if (now[name] !== undefined && now[name] !== old[name])
      add(`${place}: ${name} is ${textIn(now[name])} now`)
  if (now['additionalProperties'] === false && old['additionalProperties'] !== false)
    add(`${place} takes no other fields any more`)
}

/** What was shown must be shown still, in the form that it had. */
function compareResponse(
  before: ApiDocument,
  after: ApiDocument,
  one: Json,
  other: Json,
  place: string,
  add: Add,
  depth = 0
): void {
  const [old, now] = [before.resolve(one), after.resolve(other)]
  if (depth > deepest) return
  const [types, next] = [typesOf(old), typesOf(now)]
  const added = [...next].filter(
    type => !types.has(type) && !(type === 'integer' && types.has('number'))
  )
  if (types.size > 0 && (added.length > 0 || next.size === 0))
    add(`${place} may be ${added.join(', ') || 'anything'} now`)
  if (old['format'] !== undefined && old['format'] !== now['format'])
    add(`${place} is no ${textIn(old['format'])} any more`)
  const [properties, nextProperties] = [propertiesOf(old), propertiesOf(now)]
  for (const [name, property] of Object.entries(properties)) {
    const changed = nextProperties[name]
    if (changed === undefined) add(`${place}.${name} is not shown any more`)
    else {
      if (requiredOf(old).has(name) && !requiredOf(now).has(name))
        add(`${place}.${name} may be absent now`)
      compareResponse(
        before,
        after,
        before.resolve(property),
        after.resolve(changed),
        `${place}.${name}`,
        add,
        depth + 1
      )
    }
  }
  if (isRecord(old['items'])) {
    if (isRecord(now['items']))
      compareResponse(before, after, old['items'], now['items'], `${place}[]`, add, depth + 1)
    else if (types.has('array') && next.has('array')) add(`${place}[] may be anything now`)
  }
}
