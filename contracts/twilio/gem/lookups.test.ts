import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem } from './as-the-gem.ts'

/** The gem's own +1123456788 and …9 are too short for a number of the United States. */
const numbers = { mobile: '+16015550148', landline: '+16015550149' }

for (const [type, number] of Object.entries(numbers)) {
  test(`test_mock_lookups: ${type}`, async t => {
    const { sdk, ask } = await asTheGem(t)

    const lookup = await sdk.lookups.v2
      .phoneNumbers(number)
      .fetch({ fields: 'line_type_intelligence' })
    const { status, body } = await ask('GET', `/v2/PhoneNumbers/${number}`, {
      Fields: 'line_type_intelligence'
    })

    assert.deepEqual([lookup.valid, lookup.lineTypeIntelligence.type], [true, type])
    assert.deepEqual([status, body['valid']], [200, true])
    assert.equal(Object(body['line_type_intelligence']).type, type)
  })
}

for (const [type, number] of Object.entries({ mobile: '+1123456788', landline: '+1123456789' })) {
  test(`test_mock_lookups: ${type}, with the number of the gem's own test`, async t => {
    const { sdk, ask, control } = await asTheGem(t)
    await control('POST', '/_mock/reset', { gem_compat: true })

    const lookup = await sdk.lookups.v2
      .phoneNumbers(number)
      .fetch({ fields: 'line_type_intelligence' })
    const { status, body } = await ask('GET', `/v2/PhoneNumbers/${number}`, {
      Fields: 'line_type_intelligence'
    })

    assert.deepEqual([lookup.valid, lookup.lineTypeIntelligence.type], [true, type])
    assert.deepEqual([status, body['valid'], body['phone_number']], [200, true, number])
    assert.equal(Object(body['line_type_intelligence']).type, type)
  })
}
