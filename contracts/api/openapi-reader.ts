export type Direction = 'request' | 'response'

/** A schema with its references, compositions and nullable spellings resolved, as far as it is asked. */
export interface Shape {
  /** JSON types, integer told as number; empty when the schema says nothing. */
  types: ReadonlySet<string>
  property(name: string): Shape | undefined
  isRequired(name: string): boolean
  item(): Shape | undefined
}

export interface ReadOperation {
  /** No security requirement applies: anyone may call it. */
  isOpen: boolean
  query: Shape | undefined
  body: Shape | undefined
  /** By status; undefined for a response without a body. */
  responses: Map<string, Shape | undefined>
}

export interface OpenApiReader {
  operation(method: string, path: string): ReadOperation | undefined
  webhook(type: string): Shape | undefined
}

type Json = Record<string, unknown>

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads just what the promise asks about from an OpenAPI 3.1 document; 3.0's `nullable` is understood too. */
export const openApiReader = (document: unknown): OpenApiReader => {
  const resolve = (value: unknown, followed = 0): Json => {
    if (!isRecord(value)) return {}
    if (typeof value.$ref !== 'string') return value
    if (followed > 20) throw new Error(`$ref ${value.$ref} leads in a circle`)
    const { $ref, ...beside } = value
    return { ...resolve(target($ref), followed + 1), ...beside }
  }

  const target = (ref: string) => {
    const names = ref.replace(/^#\//, '').split('/')
    const found = names
      .map(name => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((place, name) => (isRecord(place) ? place[name] : undefined), document)
    if (!ref.startsWith('#/') || found === undefined) throw new Error(`$ref ${ref} leads nowhere`)
    return found
  }

  const shapeOf = (value: unknown, direction: Direction): Shape => {
    const schema = resolve(value)
    const all = list(schema.allOf).map(part => shapeOf(part, direction))
    const any = [...list(schema.anyOf), ...list(schema.oneOf)].map(part => shapeOf(part, direction))
    // The null alternative of a nullable object has no properties and takes none away.
    const others = any.filter(part => !isOnlyNull(part))
    const own = ownShape(schema, direction)
    const parts = [own, ...all, ...(others.length > 0 ? [eitherOf(others, direction)] : [])]
    const stated = [own, ...all, ...(any.length > 0 ? [{ types: unionOfTypes(any) }] : [])]
      .map(part => part.types)
      .filter(types => types.size > 0)
    return {
      ...bothOf(parts),
      types: stated.reduce((a, b) => a.intersection(b), stated[0] ?? none)
    }
  }

  const ownShape = (schema: Json, direction: Direction): Shape => {
    const properties = isRecord(schema.properties) ? schema.properties : {}
    const required = new Set(list(schema.required))
    return {
      types: ownTypes(schema),
      property: name =>
        Object.hasOwn(properties, name) ? shapeOf(properties[name], direction) : undefined,
      isRequired: name => required.has(name),
      item: () => (isRecord(schema.items) ? shapeOf(schema.items, direction) : undefined)
    }
  }

  const contentShape = (holder: unknown, direction: Direction) => {
    const content = resolve(holder).content
    if (!isRecord(content)) return undefined
    const media = resolve(content['application/json'] ?? Object.values(content)[0])
    return media.schema === undefined ? undefined : shapeOf(media.schema, direction)
  }

  const queryShape = (parameters: Json[]): Shape | undefined => {
    const query = parameters.filter(parameter => parameter.in === 'query')
    if (query.length === 0) return undefined
    const byName = new Map(query.map(parameter => [parameter.name, parameter]))
    return {
      types: new Set(['object']),
      property: name =>
        byName.has(name) ? shapeOf(byName.get(name)?.schema, 'request') : undefined,
      isRequired: name => byName.get(name)?.required === true,
      item: () => undefined
    }
  }

  const root = resolve(document)

  return {
    operation(method, path) {
      const item = resolve(resolve(root.paths)[path])
      const operation = item[method.toLowerCase()]
      if (!isRecord(operation)) return undefined
      const parameters = [...list(item.parameters), ...list(operation.parameters)]
      const responses = Object.entries(resolve(operation.responses))
      return {
        isOpen: isOpen(operation.security ?? root.security),
        query: queryShape(parameters.map(parameter => resolve(parameter))),
        body: contentShape(operation.requestBody, 'request'),
        responses: new Map(
          responses.map(([status, response]) => [status, contentShape(response, 'response')])
        )
      }
    },
    webhook(type) {
      const item = resolve(resolve(root.webhooks)[type])
      return isRecord(item.post) ? contentShape(item.post.requestBody, 'response') : undefined
    }
  }
}

const none: ReadonlySet<string> = new Set()

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const isOnlyNull = ({ types }: Shape) => types.size === 1 && types.has('null')

// OpenAPI: no requirement at all, or an empty one among the alternatives, lets anyone in.
const isOpen = (security: unknown) => {
  const requirements = list(security)
  return requirements.length === 0 || requirements.some(isEmptyRecord)
}

const isEmptyRecord = (value: unknown) => isRecord(value) && Object.keys(value).length === 0

const ownTypes = (schema: Json): ReadonlySet<string> => {
  const types = new Set(statedTypes(schema).map(type => (type === 'integer' ? 'number' : type)))
  if (schema.nullable === true && types.size > 0) types.add('null')
  return types
}

const statedTypes = (schema: Json): string[] => {
  if (typeof schema.type === 'string') return [schema.type]
  if (Array.isArray(schema.type)) return schema.type.map(String)
  if (Object.hasOwn(schema, 'const')) return [typeOfValue(schema.const)]
  if (Array.isArray(schema.enum)) return schema.enum.map(typeOfValue)
  if (isRecord(schema.properties)) return ['object']
  return isRecord(schema.items) ? ['array'] : []
}

const typeOfValue = (value: unknown) => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const unionOfTypes = (shapes: Shape[]): ReadonlySet<string> =>
  shapes.some(({ types }) => types.size === 0)
    ? none
    : shapes.reduce((all, { types }) => all.union(types), none)

/** Every part applies: a field stands when any part tells of it. */
const bothOf = (parts: Shape[]): Omit<Shape, 'types'> => ({
  property: name => firstOf(parts, part => part.property(name)),
  isRequired: name => parts.some(part => part.isRequired(name)),
  item: () => firstOf(parts, part => part.item())
})

/**
 * One part applies and we do not know which: a client may count on a field of a response only when
 * every alternative has it, and may send a field of a request when any takes it.
 */
const eitherOf = (parts: Shape[], direction: Direction): Shape => ({
  types: none,
  property: name => {
    const found = parts.flatMap(part => part.property(name) ?? [])
    const stands = direction === 'request' ? found.length > 0 : found.length === parts.length
    return stands ? mergedAlternatives(found, direction) : undefined
  },
  isRequired: name => parts.every(part => part.isRequired(name)),
  item: () => {
    const found = parts.flatMap(part => part.item() ?? [])
    return found.length > 0 ? mergedAlternatives(found, direction) : undefined
  }
})

const mergedAlternatives = (found: Shape[], direction: Direction): Shape => ({
  ...eitherOf(found, direction),
  types: unionOfTypes(found)
})

const firstOf = <T>(parts: Shape[], ask: (part: Shape) => T | undefined) => {
  for (const part of parts) {
    const answer = ask(part)
    if (answer !== undefined) return answer
  }
  return undefined
}
