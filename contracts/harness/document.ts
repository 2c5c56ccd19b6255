import { isRecord, type Json, list, textIn } from './json.ts'

/** Who may call an operation, as the document tells it. */
export type Access = 'public' | 'provider' | 'bearer' | 'admin'

export interface Parameter {
  in: 'path' | 'query' | 'header'
  name: string
  required: boolean
  schema: Json
  example: unknown
}

export interface Operation {
  id: string
  method: string
  path: string
  tag: string
  access: Access
  /** It takes an `Idempotency-Key`. */
  idempotent: boolean
  parameters: readonly Parameter[]
  /** By media type, with an example of each. */
  bodies: ReadonlyMap<string, { schema: Json; example: unknown }>
  bodyRequired: boolean
  /** By status; the schemas by media type. */
  responses: ReadonlyMap<number, ReadonlyMap<string, Json>>
  /** Headers that a response may have beside those of the transport, by status. */
  headers: ReadonlyMap<number, ReadonlySet<string>>
}

export interface EventContract {
  type: string
  schema: Json
}

/** The API document, read as far as the harness asks. */
export interface ApiDocument {
  json: Json
  operations: readonly Operation[]
  events: readonly EventContract[]
  operation(id: string): Operation
  /** The schema that a reference leads to; any other schema as it is. */
  resolve: (schema: unknown) => Json
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

export function readDocument(json: unknown): ApiDocument {
  if (!isRecord(json)) throw new Error('The API document is no object')

  const resolve = (value: unknown, followed = 0): Json => {
    if (!isRecord(value)) return {}
    const { $ref, ...beside } = value
    if (typeof $ref !== 'string') return value
    if (followed > 20) throw new Error(`$ref ${$ref} leads in a circle`)
    const found = $ref
      .replace(/^#\//, '')
      .split('/')
      .map(name => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((place, name) => (isRecord(place) ? place[name] : undefined), json)
    if (found === undefined) throw new Error(`$ref ${$ref} leads nowhere`)
    return { ...resolve(found, followed + 1), ...beside }
  }

  const contentOf = (value: unknown): Map<string, { schema: Json; example: unknown }> => {
    const content = resolve(value)['content']
    return new Map(
      Object.entries(isRecord(content) ? content : {}).map(([type, media]) => {
        const { schema, example } = resolve(media)
        return [type, { schema: resolve(schema), example }]
      })
    )
  }

  const readOperation = (path: string, method: string, operation: Json, shared: unknown[]) => {
    const parameters = [...shared, ...list(operation['parameters'])].map(readParameter)
    const security = operation['security'] ?? json['security']
    const isOpen = list(security).length === 0
    const responses = Object.entries(resolve(operation['responses'])).map(
      ([status, response]) => [Number(status), resolve(response)] as const
    )
    return {
      id: String(operation['operationId']),
      method: method.toUpperCase(),
      path,
      tag: textIn(list(operation['tags'])[0]),
      access: accessOf(path, isOpen, parameters),
      idempotent: parameters.some(({ name }) => name.toLowerCase() === 'idempotency-key'),
      parameters,
      bodies: contentOf(operation['requestBody']),
      bodyRequired: resolve(operation['requestBody'])['required'] === true,
      responses: new Map(
        responses.map(([status, response]) => [
          status,
          new Map([...contentOf(response)].map(([type, { schema }]) => [type, schema]))
        ])
      ),
      headers: new Map(
        responses.map(([status, response]) => [
          status,
          new Set(Object.keys(resolve(response['headers'])).map(name => name.toLowerCase()))
        ])
      )
    } satisfies Operation
  }

  const readParameter = (value: unknown): Parameter => {
    const parameter = resolve(value)
    const where = parameter['in']
    const schema = resolve(parameter['schema'])
    return {
      in: where === 'path' || where === 'header' ? where : 'query',
      name: String(parameter['name']),
      required: parameter['required'] === true,
      // What a parameter means may stand at the parameter or at its schema.
      schema: { description: parameter['description'], ...schema },
      example: parameter['example'] ?? list(schema['examples'])[0]
    }
  }

  const operations = Object.entries(resolve(json['paths'])).flatMap(([path, item]) => {
    const shared = isRecord(item) ? list(item['parameters']) : []
    return Object.entries(resolve(item)).flatMap(([method, operation]) =>
      methods.includes(method) && isRecord(operation)
        ? [readOperation(path, method, operation, shared)]
        : []
    )
  })
  const byId = new Map(operations.map(operation => [operation.id, operation]))
  const events = Object.entries(resolve(json['webhooks'])).map(([type, item]) => {
    const post = resolve(resolve(item)['post'])
    const media = contentOf(post['requestBody']).get('application/json')
    return { type, schema: media?.schema ?? {} }
  })
  return {
    json,
    operations,
    events,
    resolve,
    operation(id) {
      const found = byId.get(id)
      if (!found) throw new Error(`The API document has no operation ${id}`)
      return found
    }
  }
}

/** An operation without a token is a provider's when it asks for a signature. */
function accessOf(path: string, isOpen: boolean, parameters: readonly Parameter[]): Access {
  if (!isOpen) return /\/admin(\/|$)/.test(path) ? 'admin' : 'bearer'
  const isSigned = parameters.some(
    ({ in: where, name }) => where === 'header' && /signature/i.test(name)
  )
  return isSigned ? 'provider' : 'public'
}

/** The lowest status that stands for success. */
export const successOf = ({ responses }: Operation): number =>
  Math.min(...[...responses.keys()].filter(status => status < 300))
