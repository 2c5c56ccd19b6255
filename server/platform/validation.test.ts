import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type TSchema, Type } from '@sinclair/typebox'
import { mostDetails, validatorCompiler } from './validation.ts'

function check(schema: TSchema, value: unknown, httpPart = 'body') {
  const result: unknown = validatorCompiler({ schema, httpPart, method: 'POST', url: '/' })(value)
  assert.ok(typeof result === 'object' && result !== null)
  if ('value' in result) return { value: result.value }
  assert.ok('error' in result && Array.isArray(result.error))
  return { problems: result.error.map(({ instancePath, message }) => `${instancePath} ${message}`) }
}

const Book = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 5 }),
  pages: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  binding: Type.Optional(Type.Union([Type.Literal('hard'), Type.Literal('soft')])),
  authors: Type.Optional(
    Type.Array(Type.Union([Type.String(), Type.Object({ name: Type.String() })]), {
      minItems: 1,
      maxItems: 2
    })
  ),
  isbn: Type.Optional(Type.String({ pattern: '^\\d+$' })),
  lent: Type.Optional(Type.Boolean()),
  code: Type.Optional(Type.String({ writeOnly: true }))
})

describe('a value is refused with what was expected and what came', () => {
  for (const [value, problem] of [
    [{}, '/title is required'],
    [{ title: null }, '/title must be a string, got null'],
    [{ title: 5 }, '/title must be a string, got 5'],
    [{ title: ['Momo'] }, '/title must be a string, got a list'],
    [{ title: {} }, '/title must be a string, got an object'],
    [{ title: '' }, '/title must not be empty'],
    [{ title: 'Moby Dick' }, '/title must have at most 5 characters, got 9'],
    [{ title: 'Momo', pages: '3' }, '/pages must be a whole number, got "3"'],
    [{ title: 'Momo', pages: 1.5 }, '/pages must be a whole number, got 1.5'],
    [{ title: 'Momo', pages: 0 }, '/pages must be at least 1, got 0'],
    [{ title: 'Momo', pages: 10 }, '/pages must be at most 9, got 10'],
    [{ title: 'Momo', binding: 'spiral' }, '/binding must be "hard" or "soft", got "spiral"'],
    [{ title: 'Momo', authors: 'Ende' }, '/authors must be a list, got "Ende"'],
    [{ title: 'Momo', authors: [] }, '/authors must not be empty'],
    [{ title: 'Momo', authors: ['a', 'b', 'c'] }, '/authors must have at most 2 items, got 3'],
    [{ title: 'Momo', authors: ['a', 5] }, '/authors/1 must be a string or an object, got 5'],
    [{ title: 'Momo', authors: [{ name: 5 }] }, '/authors/0/name must be a string, got 5'],
    [{ title: 'Momo', authors: [{}] }, '/authors/0/name is required'],
    [{ title: 'Momo', isbn: 'x'.repeat(50) }, `/isbn must match ^\\d+$, got "${'x'.repeat(40)}…"`],
    [{ title: 'Momo', lent: 'yes' }, '/lent must be true or false, got "yes"'],
    [{ title: 'Momo', code: 4711 }, '/code must be a string, got a number'],
    [[], ' must be an object, got a list'],
    ['Momo', ' must be an object, got "Momo"'],
    [null, ' must be an object, got null']
  ] as const) {
    test(`${JSON.stringify(value).slice(0, 60)}: ${problem}`, () => {
      assert.deepEqual(check(Book, value), { problems: [problem] })
    })
  }

  test('every field at fault is named, each once', () => {
    assert.deepEqual(check(Book, { pages: 0, lent: 1 }).problems, [
      '/title is required',
      '/pages must be at least 1, got 0',
      '/lent must be true or false, got 1'
    ])
  })

  test('of very many fields at fault the first are named', () => {
    const { problems } = check(
      Type.Array(Type.String()),
      Array.from({ length: 100_000 }, () => 5)
    )

    assert.equal(problems?.length, mostDetails)
  })
})

describe('a number in a path or query', () => {
  const Query = Type.Object({ limit: Type.Integer(), name: Type.String() })

  test('is read from its digits, and a text of digits stays a text', () => {
    assert.deepEqual(check(Query, { limit: '12', name: '12' }, 'querystring'), {
      value: { limit: 12, name: '12' }
    })
  })

  test('is read up to the largest one that JavaScript tells from its neighbours', () => {
    const text = String(Number.MAX_SAFE_INTEGER)
    assert.deepEqual(check(Query, { limit: text, name: '' }, 'querystring'), {
      value: { limit: Number.MAX_SAFE_INTEGER, name: '' }
    })
  })

  for (const text of ['1.5', '1e3', ' 1', '0x10', 'true', '', '12a', '1'.repeat(30)]) {
    test(`is not found in ${JSON.stringify(text)}`, () => {
      const { problems } = check(Query, { limit: text, name: '' }, 'querystring')

      assert.deepEqual(problems, [`/limit must be a whole number, got ${JSON.stringify(text)}`])
    })
  }
})
