import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { messageTypeFor } from './message-type.ts'

const aMessage = { body: 'Hello', mediaCount: 0, rule: 'characters' } as const

describe('a message', () => {
  it('with a short text goes out as an SMS', () => {
    assert.equal(messageTypeFor(aMessage), 'sms')
    assert.equal(messageTypeFor({ ...aMessage, requested: 'sms' }), 'sms')
    assert.equal(messageTypeFor({ ...aMessage, body: '' }), 'sms')
  })

  it('with media goes out as an MMS, whatever was asked for', () => {
    assert.equal(messageTypeFor({ ...aMessage, mediaCount: 1 }), 'mms')
    assert.equal(messageTypeFor({ ...aMessage, mediaCount: 10, requested: 'sms' }), 'mms')
  })

  it('goes out as an MMS without media when the client asks for it', () => {
    assert.equal(messageTypeFor({ ...aMessage, requested: 'mms' }), 'mms')
  })

  it('becomes an MMS at the 161st character', () => {
    assert.equal(messageTypeFor({ ...aMessage, body: 'a'.repeat(160) }), 'sms')
    assert.equal(messageTypeFor({ ...aMessage, body: 'a'.repeat(161) }), 'mms')
    assert.equal(messageTypeFor({ ...aMessage, body: 'a'.repeat(161), requested: 'sms' }), 'mms')
  })

  it('counts an emoji as one character', () => {
    assert.equal(messageTypeFor({ ...aMessage, body: '😀'.repeat(160) }), 'sms')
    assert.equal(messageTypeFor({ ...aMessage, body: '😀'.repeat(161) }), 'mms')
    assert.equal(
      messageTypeFor({ ...aMessage, body: `${'😀'.repeat(10)}${'a'.repeat(151)}` }),
      'mms'
    )
  })

  it('becomes an MMS at its second segment under the rule of segments', () => {
    const bySegments = { ...aMessage, rule: 'segments' } as const

    assert.equal(messageTypeFor({ ...bySegments, body: 'a'.repeat(160) }), 'sms')
    assert.equal(messageTypeFor({ ...bySegments, body: '€'.repeat(81) }), 'mms')
    assert.equal(messageTypeFor({ ...bySegments, body: 'ç'.repeat(70) }), 'sms')
    assert.equal(messageTypeFor({ ...bySegments, body: 'ç'.repeat(71) }), 'mms')
  })
})
