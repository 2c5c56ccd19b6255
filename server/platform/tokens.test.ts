import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createToken, isWellFormedToken } from './tokens.ts'

test('a token is recognised by people and scanners, and never made twice', () => {
  const [first, second] = [createToken(), createToken()]

  assert.match(first, /^csk_[\w-]{43}_[0-9a-f]{8}$/)
  assert.ok(isWellFormedToken(first))
  assert.notEqual(first, second)
})

test('a token with any one letter mistyped is told from ours without the database', () => {
  const token = createToken()

  for (let place = 0; place < token.length; place++) {
    const mistyped = `${token.slice(0, place)}${token[place] === 'a' ? 'b' : 'a'}${token.slice(place + 1)}`
    assert.ok(!isWellFormedToken(mistyped), mistyped)
  }
})
