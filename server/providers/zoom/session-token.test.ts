import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { createSessionTokens } from './session-token.ts'

const claims = {
  sessionName: 'call-0001',
  sessionKey: 'call-0001',
  userKey: 'staff-42',
  isHost: true,
  issuedAt: 1_767_225_600,
  expiresAt: 1_767_232_800
}

describe('a session token', () => {
  test('is, to the byte, the one that the documented claims make', () => {
    const sign = createSessionTokens({ sdkKey: 'MOCKKEY', sdkSecret: 'MOCKSECRET' })

    assert.equal(sign(claims).split('.')[2], 'NTSUIJn3fhJFma3MEbFDM070JE6TeXqkI8dtnkTqD-E')
    assert.equal(sign(claims), sign(claims))
  })

  test('is verified by jose, with the claims that Zoom documents and no others', async () => {
    const sign = createSessionTokens({ sdkKey: 'key', sdkSecret: 'secret' })

    const token = sign({ ...claims, isHost: false })

    const { payload } = await jwtVerify(token, new TextEncoder().encode('secret'), {
      algorithms: ['HS256'],
      currentDate: new Date(claims.issuedAt * 1_000)
    })
    assert.deepEqual(payload, {
      app_key: 'key',
      role_type: 0,
      tpc: 'call-0001',
      version: 1,
      iat: 1_767_225_600,
      exp: 1_767_232_800,
      user_key: 'staff-42',
      session_key: 'call-0001'
    })
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'HS256', typ: 'JWT' })
    await assert.rejects(
      jwtVerify(token, new TextEncoder().encode('another'), { currentDate: new Date(0) }),
      /signature verification failed/
    )
  })
})
