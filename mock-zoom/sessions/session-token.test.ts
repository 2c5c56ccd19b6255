import assert from 'node:assert/strict'
import { test } from 'node:test'

import { developmentAccountSeed } from '../development-account.ts'
import { signJwt } from '../jwt.ts'
import { build, startOfTests, type Built } from '../testing/build.ts'
import { JoinRefusal, sessionClaims } from './session-token.ts'

const now = Math.floor(startOfTests / 1000)

const good: Readonly<Record<string, unknown>> = {
  app_key: developmentAccountSeed().sdk_key,
  role_type: 1,
  tpc: 'call-0001',
  version: 1,
  iat: now - 30,
  exp: now - 30 + 7200,
  user_key: 'staff-42',
  session_key: 'call-0001'
}

/** The code that the SDK gives, or 0 when somebody gets in. */
function codeOf({ mock }: Built, changes: object, topic = 'call-0001', secret?: string): number {
  const world = mock.world()
  const claims = Object.fromEntries(
    Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined)
  )
  const token = signJwt(claims, secret ?? world.credentials.sdkSecret)
  try {
    sessionClaims(world, topic, token)
    return 0
  } catch (error) {
    if (error instanceof JoinRefusal) return error.code
    throw error
  }
}

test('a token as documented lets in, and the name of a session knows no case', async t => {
  const built = await build(t)

  assert.equal(codeOf(built, {}), 0)
  assert.equal(codeOf(built, { tpc: 'CALL-0001' }), 0)
  assert.equal(codeOf(built, {}, 'Call-0001'), 0)
})

test('the published vector is signed as it says', () => {
  const claims = {
    app_key: 'MOCKKEY',
    role_type: 1,
    tpc: 'call-0001',
    version: 1,
    iat: 1_767_225_600,
    exp: 1_767_232_800,
    user_key: 'staff-42',
    session_key: 'call-0001'
  }

  const [, , signature] = signJwt(claims, 'MOCKSECRET').split('.')

  assert.equal(signature, 'NTSUIJn3fhJFma3MEbFDM070JE6TeXqkI8dtnkTqD-E')
})

test('each claim is taken at its bounds and refused past them', async t => {
  const built = await build(t)
  const iat = now - 30
  const cases: [changes: object, code: number][] = [
    [{ exp: iat + 1800 }, 0],
    [{ exp: iat + 1799 }, 200],
    [{ exp: iat + 172_800 }, 0],
    [{ exp: iat + 172_801 }, 200],
    [{ iat: now - 7200, exp: now }, 200],
    [{ iat: now - 7199, exp: now + 1 }, 0],
    [{ iat: '1', exp: '2' }, 200],
    [{ exp: undefined }, 200],
    [{ exp: iat + 7200.5 }, 200],
    [{ app_key: 'foreign' }, 200],
    [{ app_key: undefined }, 200],
    [{ version: 2 }, 200],
    [{ version: '1' }, 200],
    [{ role_type: 0 }, 0],
    [{ role_type: 2 }, 3010],
    [{ role_type: '1' }, 3010],
    [{ role_type: undefined }, 3010],
    [{ tpc: undefined }, 200],
    [{ tpc: 'call-0002' }, 200],
    [{ tpc: ['call-0001'] }, 200],
    [{ user_key: 'k'.repeat(36) }, 0],
    [{ user_key: 'k'.repeat(37) }, 200],
    [{ user_key: 7 }, 200],
    [{ user_key: undefined, user_identity: 'k'.repeat(35) }, 0],
    [{ user_key: undefined, user_identity: 'k'.repeat(36) }, 200],
    [{ session_key: 'k'.repeat(36) }, 0],
    [{ session_key: 'k'.repeat(37) }, 200],
    [{ geo_regions: 'US,DE' }, 0],
    [{ geo_regions: 'US,XX' }, 200],
    [{ geo_regions: ['US'] }, 200],
    [{ cloud_recording_option: 1 }, 0],
    [{ cloud_recording_option: 2 }, 200],
    [{ cloud_recording_election: 2 }, 200],
    [{ cloud_recording_transcript_option: 2 }, 0],
    [{ cloud_recording_transcript_option: 3 }, 200],
    [{ video_webrtc_mode: 2 }, 200]
  ]

  for (const [changes, code] of cases) {
    assert.equal(codeOf(built, changes), code, JSON.stringify(changes))
  }
})

test('a name has 200 characters of those that are allowed', async t => {
  const built = await build(t)
  const name = 'ab12 !#$%&()+-:;<=.>?@[]^_{}|~,`'

  assert.equal(codeOf(built, { tpc: name }, name), 0)
  assert.equal(codeOf(built, { tpc: 'n'.repeat(200) }, 'n'.repeat(200)), 0)
  assert.equal(codeOf(built, { tpc: 'n'.repeat(201) }, 'n'.repeat(201)), 200)
  assert.equal(codeOf(built, { tpc: 'a/b' }, 'a/b'), 200)
  assert.equal(codeOf(built, { tpc: 'é' }, 'é'), 200)
})

test('a token of another secret, of another algorithm or of no form lets nobody in', async t => {
  const built = await build(t)
  const world = built.mock.world()
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const tokens = [
    '',
    'a.b',
    'a.b.c',
    `${encode({ alg: 'none', typ: 'JWT' })}.${encode(good)}.`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${encode(good)}.x`,
    signJwt(good, world.credentials.apiSecret),
    `${signJwt(good, world.credentials.sdkSecret)}x`,
    'x'.repeat(10_000)
  ]

  assert.equal(codeOf(built, {}, 'call-0001', world.credentials.apiSecret), 200)
  for (const token of tokens) {
    assert.throws(() => sessionClaims(world, 'call-0001', token), JoinRefusal)
  }
  assert.equal(world.sessions.size, 0)
})
