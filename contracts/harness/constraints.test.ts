import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyConstraints, parameterConstraints } from './constraints.ts'
import { isRecord, type Json } from './json.ts'
import { randomFrom } from './random.ts'

const of = (schema: Json) =>
  bodyConstraints(schema, {
    resolve: value => (isRecord(value) ? value : {}),
    random: randomFrom('test'),
    samples: { sid: 'MG1' }
  })

const kinds = (items: readonly { field: string; kind: string }[]): Set<string> =>
  new Set(items.map(({ field, kind }) => `${field} ${kind}`))

test('each constraint of a schema is broken by itself, with the name that the refusal must give', () => {
  const { violations } = of({
    type: 'object',
    required: ['note'],
    properties: {
      note: { type: 'string', minLength: 1, maxLength: 3 },
      size: { type: 'integer', minimum: 1, maximum: 9 },
      kind: { type: 'string', enum: ['a', 'b'] },
      items: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'string', maxLength: 5 } },
      sid: { type: 'string', pattern: '^MG\\d$' }
    }
  })

  assert.deepEqual(
    kinds(violations).isSupersetOf(
      new Set([
        'body type object',
        'note required',
        'note minLength 1',
        'note maxLength 3',
        'note type string',
        'size type integer',
        'size minimum 1',
        'size maximum 9',
        'kind enum',
        'items minItems 1',
        'items maxItems 2',
        'items[0] type string',
        'items[0] maxLength 5',
        'sid pattern'
      ])
    ),
    true
  )
})

test('what the document tells in words is a constraint too', () => {
  const { violations, bounds } = of({
    type: 'object',
    properties: {
      number: { type: 'string', description: 'Who gets it, E.164.' },
      when: { type: 'string', description: 'ISO 8601 with a time zone.' },
      callback_url: { type: 'string' },
      words: { type: 'string', description: 'At most 1,600 characters.' },
      media: { type: 'array', description: 'At most 10.', items: { type: 'string' } }
    }
  })

  for (const each of [
    'number format e164',
    'when format instant',
    'callback_url format url',
    'words maxLength 1600',
    'media maxItems 10'
  ])
    assert.ok(kinds(violations).has(each), each)
  const lengths = bounds
    .filter(({ field }) => field === 'words')
    .map(({ value }) => Array.from(String(value)).length)
  assert.deepEqual(lengths, [1_600, 1_600])
})

test('a value at its bound keeps the constraint, and one past it does not', () => {
  const { violations, bounds } = of({
    type: 'object',
    properties: { note: { type: 'string', maxLength: 3 } }
  })

  assert.deepEqual(
    bounds.map(({ value }) => String(value).length),
    [3]
  )
  assert.deepEqual(
    violations
      .filter(({ kind }) => kind === 'maxLength 3')
      .map(({ value }) => String(value).length),
    [4]
  )
})

test('a parameter past the largest whole number is written out', () => {
  const { wrong, right } = parameterConstraints({
    type: 'integer',
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER
  })

  assert.ok(wrong.some(([, value]) => value === '9007199254740992'))
  assert.deepEqual(right, ['1', '9007199254740991'])
})
