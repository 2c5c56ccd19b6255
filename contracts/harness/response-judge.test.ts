import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDocument } from './document.ts'
import { createLeakWatch } from './leaks.ts'
import { type Answer, createResponseJudge } from './response-judge.ts'

const document = readDocument({
  paths: {
    '/books': {
      get: {
        operationId: 'books',
        responses: {
          200: {
            headers: { 'x-next-cursor': {} },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Book' } } }
          },
          204: {}
        }
      }
    }
  },
  components: {
    schemas: {
      Book: {
        type: 'object',
        required: ['at'],
        properties: {
          at: { type: 'string', format: 'date-time' },
          title: { type: ['string', 'null'] }
        }
      }
    }
  }
})
const judge = createResponseJudge(document)

const answer = (fields: Partial<Answer>): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', 'x-request-id': '1' },
  text: '',
  body: { at: '2026-11-23T10:00:00.000Z', title: null },
  ...fields
})

const problems = (fields: Partial<Answer>): string =>
  judge.problems(document.operation('books'), answer(fields)).join('; ')

test('an answer that keeps to the document is right', () => {
  assert.equal(problems({}), '')
  assert.equal(problems({ status: 204, headers: { 'x-request-id': '1' }, body: '' }), '')
})

test('whatever the document does not name is wrong', () => {
  assert.match(problems({ status: 418, text: 'short' }), /418 is not documented/)
  assert.match(
    problems({ body: { at: '2026-11-23T10:00:00.000Z', price: 3 } }),
    /additional properties "price"/
  )
  assert.match(
    problems({ headers: { ...answer({}).headers, 'x-secret': '1' } }),
    /x-secret is not documented/
  )
  assert.match(problems({ status: 204, text: 'a' }), /none is documented/)
})

test('whatever the document promises and the answer lacks is wrong', () => {
  assert.match(problems({ body: {} }), /required property 'at'/)
  assert.match(problems({ body: { at: '23.11.2026' } }), /date-time/)
  assert.match(
    problems({ headers: { 'content-type': 'text/plain', 'x-request-id': '1' } }),
    /media type/
  )
  assert.match(
    problems({ headers: { 'content-type': 'application/json' } }),
    /x-request-id is missing/
  )
})

test('stacks, SQL, the database’s words and secrets that were given out are leaks', () => {
  const leaks = createLeakWatch()
  leaks.remember('a-long-password')

  assert.deepEqual(leaks.leaksIn('at handler (/srv/app/server/app.ts:12:3)'), ['a stack'])
  assert.deepEqual(leaks.leaksIn('insert into bearers values'), ['SQL'])
  assert.deepEqual(leaks.leaksIn('UNIQUE constraint failed: bearers.id'), [
    "a word of the database's"
  ])
  assert.deepEqual(leaks.leaksIn('{"password":"a-long-password"}'), ['a secret'])
  assert.deepEqual(leaks.leaksIn('School is closed today. Select a date from where you are.'), [])
})
