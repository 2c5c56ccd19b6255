import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError, parseSchedule, readConfig } from './config.ts'

const live = {
  TWILIO_MODE: 'live',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
  TWILIO_API_SECRET: 'secret',
  TWILIO_TWIML_APP_SID: `AP${'1'.repeat(32)}`,
  SECRET_KEY: Buffer.alloc(32).toString('base64'),
  PUBLIC_URL: 'https://common-services.example',
  ZOOM_MODE: 'off'
}

describe('the configuration', () => {
  test('needs nothing to work offline', () => {
    const config = readConfig({})

    assert.equal(config.TWILIO_MODE, 'mock')
    assert.equal(config.PORT, 3000)
    assert.ok(Object.isFrozen(config))
  })

  test('reads numbers and switches from text, and takes an empty text for absent', () => {
    const config = readConfig({ PORT: '8080', ALLOW_PRIVATE_CALLBACKS: 'true', HOST: '' })

    assert.deepEqual(
      [config.PORT, config.ALLOW_PRIVATE_CALLBACKS, config.HOST],
      [8080, true, '127.0.0.1']
    )
  })

  test('that is wrong is refused, naming every variable', () => {
    assert.throws(
      () => readConfig({ PORT: 'many', DATABASE_URL: 'mysql://a', LEASE_MS: '1' }),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError)
        for (const name of ['PORT', 'DATABASE_URL', 'LEASE_MS'])
          assert.ok(error.message.includes(name), name)
        return true
      }
    )
  })

  test('for live work is complete or refused', () => {
    assert.equal(readConfig(live).TWILIO_MODE, 'live')
    for (const name of Object.keys(live).filter(each => each !== 'TWILIO_MODE'))
      assert.throws(() => readConfig({ ...live, [name]: undefined }), new RegExp(name))
  })

  test('for live work runs on the real clock', () => {
    assert.throws(
      () => readConfig({ ...live, CLOCK_URL: 'http://127.0.0.1:4010/_mock/clock' }),
      /CLOCK_URL/
    )
  })

  test('for offline work refuses what looks live', () => {
    const offline = { ...live, TWILIO_MODE: 'mock' }

    assert.throws(() => readConfig(offline), /refuses credentials that look live/)
    assert.throws(
      () => readConfig({ TWILIO_BASE_URL: 'https://api.twilio.com' }),
      /never leaves the machine/
    )
  })

  test('of Zoom is as complete and as strict as that of Twilio, and of the same mode', () => {
    const zoom = {
      ZOOM_MODE: 'live',
      ZOOM_SDK_KEY: 'sdk',
      ZOOM_SDK_SECRET: 'sdk-secret',
      ZOOM_API_KEY: 'api',
      ZOOM_API_SECRET: 'api-secret',
      ZOOM_WEBHOOK_SECRET: 'token'
    }

    assert.equal(readConfig({ ...live, ...zoom }).ZOOM_MODE, 'live')
    for (const name of Object.keys(zoom).filter(each => each !== 'ZOOM_MODE')) {
      assert.throws(() => readConfig({ ...live, ...zoom, [name]: undefined }), new RegExp(name))
      assert.throws(
        () => readConfig({ ...live, ...zoom, [name]: 'mock-anything' }),
        new RegExp(`refuses the credentials of mock-zoom: ${name}`)
      )
      assert.throws(() => readConfig({ [name]: 'Lq81hdYw' }), /refuses credentials that look live/)
    }
    assert.throws(() => readConfig({ ...live, ZOOM_MODE: 'mock' }), /make them alike/)
    assert.throws(() => readConfig(zoom), /make them alike/)
    assert.throws(
      () => readConfig({ ZOOM_BASE_URL: 'https://api.zoom.us' }),
      /never leaves the machine/
    )
  })

  test('with workers apart needs a database that several processes share', () => {
    assert.throws(() => readConfig({ WORKERS: 'external' }), /PostgreSQL/)
  })

  test('lets no deleted key live longer than a second', () => {
    assert.throws(() => readConfig({ TOKEN_CACHE_MS: '1001' }), /TOKEN_CACHE_MS/)
  })
})

test('a schedule is read in its units', () => {
  assert.deepEqual(parseSchedule('5ms,2s,3m,1h'), [5, 2_000, 180_000, 3_600_000])
})
