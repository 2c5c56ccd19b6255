import assert from 'node:assert/strict'
import { test } from 'node:test'

import { authorization, build } from '../../../contracts/twilio/judged-mock.ts'

const lookups = '/lookups.twilio.com/v2/PhoneNumbers'
const mobile = '+16015550142'
const landline = '+16015550149'
const lineTypeOnly = { Fields: 'line_type_intelligence' }

test('a number is validated for nothing, and its line is told only when asked', async t => {
  const { request } = await build(t)

  const { status, body } = await request('GET', `${lookups}/${mobile}`)
  const same = await request('GET', `${lookups}/${mobile}`, { Fields: 'validation' })

  assert.equal(status, 200)
  assert.deepEqual(body, {
    calling_country_code: '1',
    country_code: 'US',
    phone_number: mobile,
    national_format: '(601) 555-0142',
    valid: true,
    validation_errors: [],
    caller_name: null,
    sim_swap: null,
    call_forwarding: null,
    line_status: null,
    line_type_intelligence: null,
    identity_match: null,
    reassigned_number: null,
    sms_pumping_risk: null,
    phone_number_quality_score: null,
    pre_fill: null,
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${mobile}`
  })
  assert.deepEqual(same.body, body)
})

test('a number that ends in 9 is a landline, any other a mobile, on every path', async t => {
  const { request } = await build(t)

  const answers = [
    await request('GET', `${lookups}/${mobile}`, lineTypeOnly),
    await request('GET', `/v2/PhoneNumbers/${encodeURIComponent(landline)}`, {
      Fields: 'validation, line_type_intelligence'
    })
  ]

  assert.deepEqual(
    answers.map(({ body }) => body['line_type_intelligence']),
    [
      {
        error_code: null,
        mobile_country_code: '310',
        mobile_network_code: '410',
        carrier_name: 'Mock carrier',
        type: 'mobile'
      },
      {
        error_code: null,
        mobile_country_code: null,
        mobile_network_code: null,
        carrier_name: 'Mock carrier',
        type: 'landline'
      }
    ]
  )
})

test('a world says what a line is, that nobody knows, or that the number is not found', async t => {
  const { control, request } = await build(t)
  const made = await control('POST', '/_mock/reset', {
    line_types: [
      { phone_number: landline, type: 'mobile' },
      { phone_number: mobile, type: 'nonFixedVoip' },
      { phone_number: '+18005550100', type: 'tollFree' },
      { phone_number: '+16015550143', type: 'unknown' },
      { phone_number: '+16015550144', type: 'not_found' }
    ]
  })
  const misspelt = await control('POST', '/_mock/reset', {
    line_types: [{ phone_number: mobile, type: 'voip' }]
  })
  const lookUp = (number: string) => request('GET', `${lookups}/${number}`, lineTypeOnly)

  const types: unknown[] = []
  for (const number of [landline, mobile, '+18005550100']) {
    types.push(Object(await lookUp(number)).body.line_type_intelligence.type)
  }
  const unknown = await lookUp('+16015550143')
  const notFound = await lookUp('+16015550144')

  assert.deepEqual([made.status, misspelt.status], [200, 400])
  assert.deepEqual(types, ['mobile', 'nonFixedVoip', 'tollFree'])
  assert.deepEqual(
    [unknown.body['valid'], unknown.body['line_type_intelligence']],
    [
      true,
      {
        error_code: 60600,
        mobile_country_code: null,
        mobile_network_code: null,
        carrier_name: null,
        type: null
      }
    ]
  )
  assert.deepEqual([notFound.status, notFound.body['code']], [404, 20404])
})

test('an invalid number is no refusal: it says why', async t => {
  const { request } = await build(t)
  const reasons: [number: string, error: string][] = [
    ['+1601555014', 'TOO_SHORT'],
    ['+160155501420', 'TOO_LONG'],
    ['+15555550100', 'INVALID_BUT_POSSIBLE'],
    ['+999123456', 'INVALID_COUNTRY_CODE'],
    ['hello', 'NOT_A_NUMBER']
  ]

  for (const [number, error] of reasons) {
    const { status, body } = await request('GET', `${lookups}/${number}`, lineTypeOnly)
    assert.deepEqual([status, body['valid'], body['validation_errors']], [200, false, [error]])
    assert.deepEqual([body['phone_number'], body['line_type_intelligence']], [number, null])
  }
})

test('a national spelling is read by its country, the United States unless told', async t => {
  const { request } = await build(t)

  const american = await request('GET', `${lookups}/${encodeURIComponent('(601) 555-0142')}`)
  const british = await request('GET', `${lookups}/07772000001`, { CountryCode: 'gb' })
  const nowhere = await request('GET', `${lookups}/07772000001`, { CountryCode: 'XX' })

  assert.equal(american.body['phone_number'], mobile)
  assert.deepEqual(
    [british.body['phone_number'], british.body['country_code'], british.body['national_format']],
    ['+447772000001', 'GB', '07772 000001']
  )
  assert.deepEqual(nowhere.body['validation_errors'], ['INVALID_COUNTRY_CODE'])
})

test('a package that the mock does not know is refused', async t => {
  const { request } = await build(t)

  const { status, body } = await request('GET', `${lookups}/${mobile}`, { Fields: 'horoscope' })

  assert.deepEqual([status, body['code']], [400, 20001])
  assert.match(String(body['message']), /horoscope/)
})

test('other packages are told of the lines that have them', async t => {
  const { control, request } = await build(t)
  await control('POST', '/_mock/reset', {
    line_types: [{ phone_number: '+16015550143', type: 'unknown' }]
  })
  const Fields = 'caller_name,sim_swap,call_forwarding,line_status,sms_pumping_risk'
  const lookUp = async (number: string) =>
    (await request('GET', `${lookups}/${number}`, { Fields })).body
  const errorsOf = (body: Record<string, unknown>) =>
    Fields.split(',').map(name => Object(body[name]).error_code)

  const american = await lookUp(mobile)

  assert.deepEqual(await lookUp(mobile), american)
  assert.deepEqual(errorsOf(american), [null, null, 60607, null, null])
  assert.match(Object(american['caller_name']).caller_name, /^[A-Z]/)
  assert.equal(american['line_type_intelligence'], null)
  assert.deepEqual(errorsOf(await lookUp(landline)), [null, 60612, 60607, 60612, null])
  assert.deepEqual(errorsOf(await lookUp('+16015550143')), [60600, 60612, 60607, 60600, null])
  assert.deepEqual(errorsOf(await lookUp('+447772000001')), [60607, null, null, null, null])
})

test('a package that is not simulated is said to be not enabled', async t => {
  const { request } = await build(t)

  for (const Fields of ['identity_match', 'reassigned_number', 'pre_fill']) {
    const { status, body } = await request('GET', `${lookups}/${mobile}`, { Fields })
    assert.deepEqual([status, body['code']], [403, 60606])
  }
})

test('an override and a batch that make no sense are refused', async t => {
  const { mock } = await build(t)
  const ask = async (method: 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) => {
    const url = `/lookups.twilio.com/v2${path}`
    const body = payload === undefined ? {} : { payload }
    const answer = await mock.app.inject({ method, url, headers: { authorization }, ...body })
    return answer.json().code
  }
  const override = `/PhoneNumbers/${mobile}/Overrides/line_type_intelligence`

  assert.equal(await ask('POST', override, { line_type: 'carrier pigeon' }), 20001)
  assert.equal(await ask('POST', override, { line_type: 'not_found' }), 20001)
  assert.equal(await ask('POST', override, []), 20001)
  assert.equal(await ask('PUT', override, { line_type: 'mobile' }), 20404)
  assert.equal(await ask('DELETE', override), 20404)
  assert.equal(await ask('POST', `/PhoneNumbers/${mobile}/Overrides/name`, {}), 20001)
  assert.equal(await ask('POST', '/PhoneNumbers/hello/Overrides/line_type', {}), 20001)
  assert.equal(await ask('POST', '/batch/query', {}), 60618)
  assert.equal(await ask('POST', '/batch/query', { phone_numbers: [] }), 60618)
  assert.equal(await ask('POST', '/batch/query', { phone_numbers: ['+1'] }), 60618)
  assert.equal(await ask('POST', '/batch/query', { phone_numbers: [{}] }), 60618)
})

test('lookups meet faults, of all numbers or of one, and are written into the journal', async t => {
  const { control, request, mock } = await build(t)
  const fault = (match: object, status: number) =>
    control('POST', '/_mock/faults', { match, effect: { type: 'http', status }, count: 1 })
  const lookUp = () => request('GET', `${lookups}/${mobile}`, lineTypeOnly)
  await fault({ operation: 'fetch-lookup' }, 429)
  await fault({ operation: 'fetch-lookup', to: mobile }, 503)
  await fault({ to: landline }, 503)
  await fault({ operation: 'create-message' }, 503)

  const statuses = [(await lookUp()).status, (await lookUp()).status, (await lookUp()).status]

  assert.deepEqual(statuses, [429, 503, 200])
  assert.deepEqual(
    mock
      .world()
      .journal.list()
      .map(({ kind, operation, number, to, line_type: lineType }) => [
        kind,
        operation ?? lineType,
        number ?? to
      ]),
    [
      ['request.refused', 'fetch-lookup', mobile],
      ['request.refused', 'fetch-lookup', mobile],
      ['lookup', 'mobile', mobile],
      ['request', 'fetch-lookup', undefined]
    ]
  )
})

test('a lookup needs a login and is a GET', async t => {
  const { mock, request } = await build(t)

  const stranger = await mock.app.inject({ url: `${lookups}/${mobile}` })
  const posted = await request('POST', `${lookups}/${mobile}`)
  const old = await mock.app.inject({
    url: `/lookups.twilio.com/v1/PhoneNumbers/${mobile}`,
    headers: { authorization }
  })

  assert.deepEqual([stranger.statusCode, posted.status, old.statusCode], [401, 405, 404])
})
