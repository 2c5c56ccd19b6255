import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem } from './as-the-gem.ts'

test('test_mock_end_users', async t => {
  const { sdk, ask } = await asTheGem(t)

  const bySdk = await sdk.trusthub.v1.endUsers.create({
    friendlyName: 'friendly_name',
    type: 'authorized_representative_1',
    attributes: {}
  })
  const { status, body } = await ask('POST', '/v1/EndUsers', {
    FriendlyName: 'friendly_name',
    Type: 'authorized_representative_1',
    Attributes: '{}'
  })

  assert.match(bySdk.sid, /^IT[0-9a-f]{32}$/)
  assert.ok(bySdk.dateCreated instanceof Date && bySdk.dateUpdated instanceof Date)
  assert.equal(status, 201)
  assert.match(body.sid, /^IT/)
  assert.deepEqual(
    [body['friendly_name'], body['type'], body['attributes']],
    ['friendly_name', 'authorized_representative_1', {}]
  )
})

test('test_mock_supporting_documents', async t => {
  const { sdk, ask } = await asTheGem(t)

  const bySdk = await sdk.trusthub.v1.supportingDocuments.create({
    friendlyName: 'friendly_name',
    type: 'business',
    attributes: {}
  })
  const { status, body } = await ask('POST', '/v1/SupportingDocuments', {
    FriendlyName: 'friendly_name',
    Type: 'business',
    Attributes: '[]'
  })

  assert.match(bySdk.sid, /^RD[0-9a-f]{32}$/)
  assert.ok(bySdk.dateCreated instanceof Date && bySdk.dateUpdated instanceof Date)
  assert.equal(status, 201)
  assert.match(body.sid, /^RD/)
  assert.equal(typeof body['status'], 'string')
})
