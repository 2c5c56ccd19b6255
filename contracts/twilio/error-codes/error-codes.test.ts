import assert from 'node:assert/strict'
import { test } from 'node:test'

import { catalogue, deliveryErrors } from '../../../mock-twilio/errors.ts'
import { build } from '../judged-mock.ts'
import { errorCauses, meaningOf, unprovoked } from './catalogue.ts'
import { titleOf } from './cause.ts'

for (const cause of errorCauses) {
  test(titleOf(cause), async t => {
    const observed = await cause.provoke(await build(t))

    assert.deepEqual(observed, { code: cause.code, status: cause.status })
  })
}

test('every code that the mock knows is provoked here, or it is told why not', () => {
  const provoked = (code: number, isLater: boolean) =>
    errorCauses.some(cause => cause.code === code && isLater === (cause.status === 'later'))

  const atOnce = Object.keys(catalogue).map(Number)
  const missing = [
    ...atOnce.filter(code => !provoked(code, false)),
    ...[...deliveryErrors.keys()].filter(code => !provoked(code, true))
  ]

  assert.deepEqual(missing, [...unprovoked.keys()])
})

test('at least 150 codes come from the cause that Twilio documents, without a rule', () => {
  const codes = new Set(errorCauses.filter(({ byRule }) => !byRule).map(({ code }) => code))

  assert.ok(codes.size >= 150, `${codes.size} codes`)
})

test('no two causes have the same title', () => {
  const titles = errorCauses.map(titleOf)

  assert.equal(new Set(titles).size, titles.length)
})

test('every code has a meaning', () => {
  const codes = errorCauses.map(({ code }) => code)

  assert.deepEqual(
    codes.filter(code => meaningOf(code) === ''),
    []
  )
})
