type Json = Record<string, unknown>

/**
 * What @fastify/swagger leaves open: titled schemas become components that are referred to, responses get
 * descriptions and headers, refusals are written once, choices of words become plain enumerations.
 */
export function finishDocument<Document extends object>(document: Document): Document {
  const schemas: Json = {}
  const finished = hoistSchemas(copyOf(document), schemas)
  if (!isRecord(finished)) throw new Error('The OpenAPI document is no object')
  for (const operation of operationsOf(finished)) finishOperation(operation)
  return Object.assign({ ...document }, finished, {
    components: {
      ...(isRecord(finished['components']) && finished['components']),
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      headers,
      responses
    }
  })
}

/** Plain JSON: schemas carry symbols and, where two places share one, would be changed twice. */
const copyOf = (document: object): unknown => JSON.parse(JSON.stringify(document))

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Moves each titled schema into `schemas` and leaves a reference. */
function hoistSchemas(value: unknown, schemas: Json): unknown {
  if (Array.isArray(value)) return value.map(item => hoistSchemas(item, schemas))
  if (!isRecord(value)) return value
  const { $id: _, title, ...rest } = value
  const inner: Json = {}
  for (const [name, item] of Object.entries(rest)) {
    // An example is data, whatever its fields are called.
    inner[name] = name === 'example' || name === 'examples' ? item : hoistSchemas(item, schemas)
  }
  const schema = asEnumeration(inner)
  if (!isSchemaTitle(title, schema)) return title === undefined ? schema : { title, ...schema }
  const known = schemas[title]
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
    throw new Error(`Two schemas are titled ${title}`)
  schemas[title] = schema
  return { $ref: `#/components/schemas/${title}` }
}

const isSchemaTitle = (title: unknown, { type }: Json): title is string =>
  typeof title === 'string' && type !== undefined

/** `anyOf` of single words is one list of words. */
function asEnumeration(schema: Json): Json {
  const { anyOf, ...rest } = schema
  if (!Array.isArray(anyOf)) return schema
  const words = anyOf.map(variant =>
    Array.isArray(variant.enum) && variant.enum.length === 1 ? variant.enum[0] : variant.const
  )
  return words.every(word => typeof word === 'string')
    ? { ...rest, type: 'string', enum: words }
    : schema
}

function* operationsOf(document: Json): Generator<Json> {
  for (const item of Object.values(isRecord(document['paths']) ? document['paths'] : {})) {
    for (const [method, operation] of Object.entries(isRecord(item) ? item : {})) {
      if (!isRecord(operation)) continue
      // A GET may leave its body out, and most clients cannot send one.
      if (method === 'get' && isRecord(operation['requestBody']))
        operation['requestBody']['required'] = false
      yield operation
    }
  }
}

const headers = {
  'x-request-id': {
    description:
      'Of this request, taken over from the request or made; quote it when you report a problem.',
    schema: { type: 'string' }
  },
  'x-next-cursor': {
    description: 'Hand it back as `cursor` to get the next page; absent on the last one.',
    schema: { type: 'string' }
  },
  'idempotency-replayed': {
    description: '`true` on an answer that is given again.',
    schema: { type: 'string', enum: ['true'] }
  },
  'ratelimit-limit': {
    description: 'The limit that was reached: of requests a minute, or of texts or calls.',
    schema: { type: 'integer' }
  },
  'ratelimit-remaining': {
    description: 'What is left of it.',
    schema: { type: 'integer' }
  },
  'ratelimit-reset': {
    description: 'Seconds until it begins anew.',
    schema: { type: 'integer' }
  },
  'retry-after': {
    description: 'Seconds to wait before the next attempt.',
    schema: { type: 'integer' }
  }
} as const

const successes: Record<string, string> = { 200: 'Done.', 201: 'Created.', 202: 'Accepted.' }

/** Each written once and referred to. */
const refusals: Record<string, { name: string; description: string }> = {
  400: { name: 'MalformedBody', description: 'The body is not well-formed JSON.' },
  403: { name: 'Forbidden', description: 'No token, an unknown one, or one that may not do this.' },
  404: { name: 'NotFound', description: 'There is no such resource, or it is not yours.' },
  409: {
    name: 'Conflict',
    description:
      "The resource's state or a value's uniqueness forbids it; or the first request with this `Idempotency-Key` is still running."
  },
  413: { name: 'TooLarge', description: 'The body is too large.' },
  415: { name: 'UnsupportedMediaType', description: 'The body has another media type.' },
  422: { name: 'InvalidValues', description: 'A value is wrong; `details` names each field.' },
  429: {
    name: 'RateLimited',
    description: 'Too many requests, or a limit of texts or calls is reached; retry later.'
  },
  503: { name: 'Unavailable', description: 'Overloaded, or a dependency is down.' }
}

const reference = (name: keyof typeof headers): Json => ({
  [name]: { $ref: `#/components/headers/${name}` }
})

const rateLimit = (): Json => ({
  ...reference('ratelimit-limit'),
  ...reference('ratelimit-remaining'),
  ...reference('ratelimit-reset')
})

const responses = Object.fromEntries(
  Object.entries(refusals).map(([status, { name, description }]) => [
    name,
    {
      description,
      headers: {
        ...reference('x-request-id'),
        ...((status === '429' || status === '503') && reference('retry-after')),
        ...(status === '429' && rateLimit())
      },
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
    }
  ])
)

function finishOperation(operation: Json): void {
  const parameters = Array.isArray(operation['parameters']) ? operation['parameters'] : []
  const names = new Set(parameters.map(parameter => parameter.name))
  const given = isRecord(operation['responses']) ? operation['responses'] : {}
  operation['responses'] = Object.fromEntries(
    Object.entries(given).map(([status, response]) => {
      const refusal = refusals[status]
      if (refusal) return [status, { $ref: `#/components/responses/${refusal.name}` }]
      return [status, finishedSuccess(status, response, names)]
    })
  )
}

function finishedSuccess(
  status: string,
  response: unknown,
  parameters: ReadonlySet<unknown>
): Json {
  const { description, headers: own, ...rest } = isRecord(response) ? response : {}
  return {
    description: description === 'Default Response' ? successes[status] : description,
    headers: {
      ...reference('x-request-id'),
      ...(status === '200' && parameters.has('cursor') && reference('x-next-cursor')),
      ...((status === '201' || status === '202') &&
        parameters.has('Idempotency-Key') &&
        reference('idempotency-replayed')),
      ...(isRecord(own) && own)
    },
    ...rest
  }
}
