import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { checkAgainst, parsePublished, published } from './published.ts'

/** Every one: nothing of the promise is excepted. */
const groups = published.groups.map(({ group }) => group)

const openapiFile = new URL('../openapi.json', import.meta.url)

const readOpenapi = (): Record<string, unknown> => {
  assert.ok(existsSync(openapiFile), 'contracts/openapi.json is missing: generate it from the app')
  return JSON.parse(readFileSync(openapiFile, 'utf8'))
}

describe('the API document', () => {
  it('keeps the promise to clients, operation by operation and field by field', () => {
    const broken = checkAgainst(readOpenapi(), groups).map(({ message }) => message)

    assert.deepEqual(broken, [])
  })

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()

    const { valid, errors } = await validator.validate(readOpenapi())

    assert.ok(valid, JSON.stringify(errors, null, 2))
    assert.equal(validator.version, '3.1')
  })
})

describe('the promise', () => {
  it('holds every operation and event of the published document', () => {
    const operations = published.groups.flatMap(group => group.operations)
    const events = published.groups.flatMap(group => group.events ?? [])

    assert.equal(operations.length, 50)
    assert.equal(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size, 50)
    assert.equal(new Set(events.map(({ type }) => type)).size, 13)
  })

  it('can be read in every group', () => {
    const empty = { openapi: '3.1.0', paths: {} }

    assert.equal(checkAgainst(empty, groups).length, 50 + 13)
    assert.throws(() => checkAgainst(empty, ['faxes']), /no group "faxes"/)
  })

  it('with a misspelt key is refused instead of half applied', () => {
    const text = JSON.stringify(published).replace('"required":true', '"requierd":true')

    assert.throws(() => parsePublished(text), /cannot be read: Unexpected property at .*requierd$/)
  })
})

const string = { type: 'string' }

const promise = parsePublished(
  JSON.stringify({
    title: 'Library',
    version: '1',
    how_to_read: [],
    resources: { book: { id: 'number', title: 'string', tags: 'string[]', author: 'string|null' } },
    inputs: {},
    event_envelope: { event_id: 'string' },
    groups: [
      {
        group: 'books',
        operations: [
          {
            name: 'Add a book',
            method: 'POST',
            path: '/api/v1/books',
            access: 'bearer',
            request: {
              fields: {
                book: {
                  type: 'object',
                  required: true,
                  fields: {
                    title: { type: 'string', required: true },
                    tags: { type: 'string[]', required: false }
                  }
                }
              }
            },
            response: {
              status: 201,
              resource: 'book',
              fields: { copies: { type: 'object[]', fields: { shelf: 'string' } } }
            },
            refusals: [409]
          },
          {
            name: 'List books',
            method: 'GET',
            path: '/api/v1/books',
            access: 'bearer',
            request: { in: 'query', fields: { author: { type: 'string', required: true } } },
            response: { status: 200, list: true, resource: 'book' }
          }
        ],
        events: [{ type: 'books.book.lent', resource: 'book', fields: { reader: 'string' } }]
      }
    ]
  })
)

// Says the promised things in the roundabout ways that generators have: references, compositions,
// nullable types and unions.
const aDocument = () => ({
  openapi: '3.1.0',
  security: [{ bearer: [] }],
  paths: {
    '/api/v1/books': {
      post: {
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['book'],
                properties: {
                  book: {
                    type: 'object',
                    required: ['title'],
                    properties: {
                      title: { anyOf: [string, { type: 'integer' }] },
                      tags: { type: 'array', items: string }
                    }
                  }
                }
              }
            }
          }
        },
        responses: {
          201: {
            content: {
              'application/json': {
                schema: {
                  allOf: [
                    { $ref: '#/components/schemas/Book' },
                    {
                      type: 'object',
                      properties: {
                        copies: {
                          type: 'array',
                          items: { type: 'object', properties: { shelf: string } }
                        }
                      }
                    }
                  ]
                }
              }
            }
          },
          409: { $ref: '#/components/responses/Refusal' }
        }
      },
      get: {
        parameters: [
          { $ref: '#/components/parameters/author' },
          { name: 'limit', in: 'query', schema: { type: 'integer' } }
        ],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Book' } }
              }
            }
          }
        }
      }
    }
  },
  webhooks: {
    'books.book.lent': {
      post: {
        requestBody: {
          content: {
            'application/json': {
              schema: {
                allOf: [
                  { type: 'object', properties: { event_id: string, reader: string } },
                  {
                    anyOf: [
                      { $ref: '#/components/schemas/Book' },
                      { $ref: '#/components/schemas/Book' }
                    ]
                  }
                ]
              }
            }
          }
        }
      }
    }
  },
  components: {
    parameters: { author: { name: 'author', in: 'query', required: true, schema: string } },
    responses: {
      Refusal: {
        content: {
          'application/json': {
            schema: { type: 'object', properties: { error: { type: 'object' } } }
          }
        }
      }
    },
    schemas: {
      Book: {
        type: 'object',
        properties: {
          id: { type: 'integer' },
          title: { type: 'string', minLength: 1 },
          tags: { type: ['array', 'null'], items: { enum: ['new', 'rare'] } },
          author: { anyOf: [string, { type: 'null' }] }
        }
      }
    }
  }
})

/** The document with one piece of its text exchanged, as a careless change would. */
const changed = (from: string, to: string): unknown => {
  const text = JSON.stringify(aDocument())
  assert.ok(text.includes(from), `the document does not hold ${from}`)
  return JSON.parse(text.replace(from, to))
}

const findings = (document: unknown) =>
  checkAgainst(document, ['books'], promise).map(
    ({ kind, subject, place }) => `${kind}: ${subject}, ${place}`
  )

describe('the check of a document against a promise', () => {
  it('passes a document that keeps it in other words and adds to it', () => {
    assert.deepEqual(checkAgainst(aDocument(), ['books'], promise), [])
  })

  it('finds a dropped operation', () => {
    assert.deepEqual(findings(changed('"get":', '"head":')), [
      'missing: GET /api/v1/books, operation'
    ])
  })

  it('finds a renamed field wherever it is answered', () => {
    const inEvery = findings(changed('"author":{"anyOf"', '"writer":{"anyOf"'))

    assert.deepEqual(inEvery, [
      'missing: POST /api/v1/books, response 201 author',
      'missing: GET /api/v1/books, response 200 author',
      'missing: event books.book.lent, payload author'
    ])
  })

  it('finds a renamed field inside a list of objects', () => {
    assert.deepEqual(findings(changed('"shelf"', '"rack"')), [
      'missing: POST /api/v1/books, response 201 copies shelf'
    ])
  })

  it('finds an answer of another type and says what was promised', () => {
    const document = changed('"id":{"type":"integer"}', '"id":{"type":"string"}')
    const [first] = checkAgainst(document, ['books'], promise)

    assert.equal(first?.kind, 'type')
    assert.equal(
      first.message,
      'POST /api/v1/books, response 201 id: promised as number, is string'
    )
  })

  it('finds an answer that may also be of another type', () => {
    const document = changed('"id":{"type":"integer"}', '"id":{"type":["integer","string"]}')

    assert.equal(findings(document).length, 3)
  })

  it('finds items of another type', () => {
    const document = changed('"items":{"enum":["new","rare"]}', '"items":{"type":"object"}')

    assert.ok(findings(document).includes('type: POST /api/v1/books, response 201 tags[]'))
  })

  it('finds an answer that is one object instead of a list', () => {
    const document = changed('{"type":"array","items":{"$ref"', '{"oneOf":[],"extra":{"$ref"')

    assert.deepEqual(findings(document), ['type: GET /api/v1/books, response 200'])
  })

  it('finds a request field that is no longer taken, or taken as another type', () => {
    assert.deepEqual(findings(changed('"title":{"anyOf"', '"name":{"anyOf"')), [
      'missing: POST /api/v1/books, request book.title'
    ])
    assert.deepEqual(
      findings(changed('"title":{"anyOf":[{"type":"string"},', '"title":{"anyOf":[')),
      ['type: POST /api/v1/books, request book.title']
    )
  })

  it('finds a required request field become optional, and the reverse', () => {
    assert.deepEqual(findings(changed('"required":["title"]', '"required":["tags"]')), [
      'required: POST /api/v1/books, request book.title',
      'required: POST /api/v1/books, request book.tags'
    ])
    assert.deepEqual(findings(changed('"required":true,', '')), [
      'required: GET /api/v1/books, query author'
    ])
  })

  it('finds a field that only some alternatives of an answer have', () => {
    const document = changed(
      '"anyOf":[{"$ref":"#/components/schemas/Book"}',
      '"anyOf":[{"type":"object","properties":{"id":{"type":"number"}}}'
    )

    assert.deepEqual(findings(document), [
      'missing: event books.book.lent, payload title',
      'missing: event books.book.lent, payload tags',
      'missing: event books.book.lent, payload author'
    ])
  })

  it('finds another success status, and a refusal that is not described', () => {
    assert.deepEqual(findings(changed('"201":', '"200":')), [
      'missing: POST /api/v1/books, response 201'
    ])
    assert.deepEqual(findings(changed('"409":', '"410":')), [
      'missing: POST /api/v1/books, response 409'
    ])
  })

  it('finds a missing event and a missing field of an event', () => {
    assert.deepEqual(findings(changed('"books.book.lent"', '"books.lent"')), [
      'missing: event books.book.lent, event'
    ])
    assert.deepEqual(findings(changed('"event_id"', '"id_of_event"')), [
      'missing: event books.book.lent, payload event_id'
    ])
  })

  it('finds operations that no longer ask for a token', () => {
    assert.deepEqual(findings(changed('"security":[{"bearer":[]}]', '"security":[]')), [
      'access: POST /api/v1/books, security',
      'access: GET /api/v1/books, security'
    ])
  })

  it('refuses a reference that leads nowhere', () => {
    const document = changed('"#/components/schemas/Book"', '"#/components/schemas/Bok"')

    assert.throws(() => findings(document), /\$ref #\/components\/schemas\/Bok leads nowhere/)
  })
})
