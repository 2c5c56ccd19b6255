import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { startPrismProxy } from './prism-proxy.ts'
import type { PrismProxy } from './prism-proxy.ts'

const document = {
  openapi: '3.1.0',
  info: { title: 'Library', version: '1' },
  paths: {
    '/books/{id}': {
      get: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          200: {
            description: 'the book',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['id', 'title'],
                  properties: { id: { type: 'integer' }, title: { type: ['string', 'null'] } }
                }
              }
            }
          }
        }
      }
    },
    '/lands': {
      get: {
        responses: {
          200: {
            description: 'a land by its sign',
            content: {
              'application/json': { schema: { properties: { 国: { type: 'string' } } } }
            }
          }
        }
      }
    },
    '/lists': {
      get: {
        responses: {
          200: {
            description: 'numbers',
            content: {
              'application/json': { schema: { type: 'array', items: { type: 'integer' } } }
            }
          }
        }
      }
    },
    '/books': {
      post: {
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['title'],
                properties: { title: { type: 'string' } }
              }
            }
          }
        },
        responses: { 201: { description: 'added' } }
      }
    }
  }
}

describe('the judging proxy', () => {
  let upstream: FastifyInstance
  let proxy: PrismProxy

  before(async () => {
    upstream = Fastify()
    upstream.get('/books/1', async () => ({ id: 1, title: null }))
    upstream.get('/books/2', async () => ({ id: 'two' }))
    upstream.get('/books/3', async (_request, reply) => reply.code(418).send({ short: true }))
    upstream.get('/books/4', async () => ({ id: '本'.repeat(3000), title: 5 }))
    upstream.get('/lands', async () => ({ 国: 1 }))
    upstream.get('/lists', async () => Array.from({ length: 500 }, () => 'one'))
    upstream.get('/films', async () => ({ any: 'thing' }))
    upstream.post('/books', async (request, reply) => reply.code(201).send({ got: request.body }))
    proxy = await startPrismProxy({
      document,
      upstream: await upstream.listen({ host: '127.0.0.1', port: 0 })
    })
  })

  after(async () => {
    await proxy.close()
    await upstream.close()
  })

  beforeEach(() => {
    proxy.takeViolations()
  })

  it('passes what keeps to the document, null included, without a word', async () => {
    const answer = await fetch(`${proxy.url}/books/1`)

    assert.equal(answer.status, 200)
    assert.deepEqual(await answer.json(), { id: 1, title: null })
    assert.deepEqual(proxy.violations(), [])
  })

  it('passes a wrong answer unchanged and tells what is wrong with it', async () => {
    const answer = await fetch(`${proxy.url}/books/2?verbose=1`)

    assert.deepEqual(await answer.json(), { id: 'two' })
    assert.equal(answer.headers.get('sl-violations'), null)
    assert.deepEqual(
      proxy.violations().map(({ path, location, message }) => [path, location.join('.'), message]),
      [
        [
          '/books/2?verbose=1',
          'response.body',
          "Response body must have required property 'title'"
        ],
        ['/books/2?verbose=1', 'response.body.id', 'Response body property id must be integer']
      ]
    )
  })

  it('tells of a status that the document does not know', async () => {
    const answer = await fetch(`${proxy.url}/books/3`)

    const [violation] = proxy.violations()

    assert.equal(answer.status, 418)
    assert.equal(violation?.status, 418)
    assert.match(violation.message, /^Unable to match the returned status code/)
  })

  it('tells of an operation that the document does not know, and passes it', async () => {
    const answer = await fetch(`${proxy.url}/films`)

    assert.deepEqual(await answer.json(), { any: 'thing' })
    assert.equal(proxy.violations()[0]?.message, 'Selected route not found')
  })

  it('tells a client’s mistake from the server’s', async () => {
    const answer = await fetch(`${proxy.url}/books`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 5 })
    })

    assert.equal(answer.status, 201)
    assert.deepEqual(await answer.json(), { got: { title: 5 } })
    assert.deepEqual(
      proxy.violations().map(({ method, location }) => `${method} ${location.join('.')}`),
      ['POST request.body.title']
    )
  })

  it('tells of a mistake in any script', async () => {
    const answer = await fetch(`${proxy.url}/lands`)

    assert.deepEqual(await answer.json(), { 国: 1 })
    assert.deepEqual(
      proxy.violations().map(({ location }) => location.join('.')),
      ['response.body.国']
    )
  })

  it('keeps what it can of a report that is too long for a header', async () => {
    const answer = await fetch(`${proxy.url}/lists`)
    const [violation] = proxy.violations()

    assert.equal(answer.status, 200)
    assert.match(violation?.message ?? '', /^Too many violations! .*must be integer/)
  })

  it('forgets what was taken', async () => {
    await fetch(`${proxy.url}/books/4`)

    assert.equal(proxy.takeViolations().length, 2)
    assert.deepEqual(proxy.takeViolations(), [])
  })

  it('that cannot start says what Prism said', async () => {
    const broken = startPrismProxy({
      document: { openapi: '3.1.0', info: { title: 'Empty', version: '1' }, paths: {} },
      upstream: 'http://127.0.0.1:9'
    })

    await assert.rejects(broken, /Prism did not start[^]*No operations found/)
  })
})
