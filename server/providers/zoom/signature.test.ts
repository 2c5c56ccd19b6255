import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encryptToken, isSignedByZoom } from './signature.ts'

const secret = 'mock_webhook_secret_0001'
const signed = {
  body: '{"event":"session.started","event_ts":1767225600123,"payload":{"account_id":"acctMOCK0001","object":{"id":"a1B2c3D4e5F6g7H8i9J0kQ==","session_id":"a1B2c3D4e5F6g7H8i9J0kQ==","session_name":"call-0001","session_key":"call-0001","start_time":"2026-01-01T00:00:00Z"}}}',
  timestamp: '1767225600',
  signature: 'v0=191796150a78e0d89715400cbaf3d4f10fc34938822f2f5084585c3fca62628c'
}
const time = { now: 1_767_225_600_000, windowMs: 300_000 }

describe("Zoom's signature", () => {
  test('of the reference event is right', () => {
    assert.equal(isSignedByZoom(secret, signed, time), true)
    const bytes = Buffer.from(signed.body)
    assert.equal(isSignedByZoom(secret, { ...signed, body: bytes }, time), true)
  })

  test('of anything else is wrong', () => {
    for (const changed of [
      { body: signed.body.replace('call-0001', 'call-0002') },
      { body: `${signed.body} ` },
      { body: '' },
      { timestamp: '1767225601' },
      { timestamp: undefined },
      { timestamp: '' },
      { timestamp: '1767225600.0' },
      { timestamp: '1.7672256e9' },
      { signature: undefined },
      { signature: '' },
      { signature: signed.signature.slice(3) },
      { signature: signed.signature.toUpperCase() },
      { signature: `${signed.signature}0` },
      { signature: signed.signature.replace('v0', 'v1') }
    ])
      assert.equal(
        isSignedByZoom(secret, { ...signed, ...changed }, time),
        false,
        JSON.stringify(changed)
      )
    assert.equal(isSignedByZoom('another', signed, time), false)
  })

  test('is right within its window and wrong outside, before and after', () => {
    for (const [now, isRight] of [
      [time.now + 300_000, true],
      [time.now + 300_001, false],
      [time.now - 300_000, true],
      [time.now - 300_001, false]
    ] as const)
      assert.equal(isSignedByZoom(secret, signed, { ...time, now }), isRight, String(now))
  })

  test('challenge is answered as in the reference', () => {
    assert.equal(
      encryptToken(secret, 'qPlainTokenExample0001'),
      '1071825267d414cac3f75725425269f31e6b9fc1fc9f5b60c933d384ec49cf8d'
    )
  })
})
