import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, build, type Built, type FormValues } from '../../contracts/twilio/judged-mock.ts'
import { tollfreeVerificationOf } from '../compliance.ts'
import { tollfreeDetails } from '../testing/district.ts'

const verifications = '/messaging/v1/Tollfree/Verifications'

test('a toll-free number waits for its review, is reviewed and is approved', async t => {
  const { request, mock } = await build(t)
  const TollfreePhoneNumberSid = await aTollfreeNumber(request)
  const { body } = await request('POST', verifications, {
    ...tollfreeDetails,
    TollfreePhoneNumberSid
  })
  const status = async () => (await request('GET', `${verifications}/${body.sid}`)).body['status']

  assert.equal(await status(), 'PENDING_REVIEW')
  await mock.clock.advance('2 s')
  assert.equal(await status(), 'IN_REVIEW')
  await mock.clock.advance('3 s')
  assert.equal(await status(), 'TWILIO_APPROVED')
  const known = tollfreeVerificationOf(mock.world(), TollfreePhoneNumberSid)
  assert.deepEqual([known?.sid, known?.phoneNumber], [body.sid, '+18005550134'])
})

test('what a verification lacks, or has wrong, is refused', async t => {
  const { request, mock } = await build(t)
  const TollfreePhoneNumberSid = await aTollfreeNumber(request)
  const [local] = mock.world().numbers.keys()
  const good: FormValues = { ...tollfreeDetails, TollfreePhoneNumberSid }
  const without = (name: string) => {
    const { [name]: _, ...rest } = good
    return rest
  }
  const mistakes: [form: FormValues, code: number][] = [
    ...Object.keys(good).map((name): [FormValues, number] => [without(name), 20001]),
    [{ ...good, UseCaseCategories: ['K12', 'BUSES'] }, 20001],
    [{ ...good, OptInType: 'SHOUTING' }, 20001],
    [{ ...good, OptInImageUrls: ['nowhere'] }, 20001],
    [{ ...good, BusinessContactPhone: '555-0100' }, 20001],
    [{ ...good, BusinessType: 'SCHOOL' }, 20001],
    [{ ...good, BusinessName: 'x'.repeat(5000) }, 20001],
    [{ ...good, CustomerProfileSid: `BU${'0'.repeat(32)}` }, 20001],
    [{ ...good, TollfreePhoneNumberSid: `PN${'0'.repeat(32)}` }, 30436],
    [{ ...good, TollfreePhoneNumberSid: '__proto__' }, 30436],
    [{ ...good, TollfreePhoneNumberSid: String(local) }, 30436]
  ]

  for (const [form, code] of mistakes) {
    const { status, body } = await request('POST', verifications, form)
    assert.deepEqual([status, body['code']], [400, code], JSON.stringify(form).slice(0, 300))
  }
  assert.deepEqual((await request('GET', verifications)).body['verifications'], [])
})

test('a number is verified once, until the verification is taken back', async t => {
  const { request } = await build(t)
  const form = { ...tollfreeDetails, TollfreePhoneNumberSid: await aTollfreeNumber(request) }
  const first = await request('POST', verifications, form)

  const second = await request('POST', verifications, form)
  await request('DELETE', `${verifications}/${first.body.sid}`)
  const third = await request('POST', verifications, form)

  assert.deepEqual([second.status, second.body['code'], third.status], [409, 20409, 201])
})

test('a political campaign without a token is rejected, and is approved with one', async t => {
  const { request, mock } = await build(t)
  const { body } = await request('POST', verifications, {
    ...tollfreeDetails,
    UseCaseCategories: 'POLITICAL_ELECTION_CAMPAIGNS',
    TollfreePhoneNumberSid: await aTollfreeNumber(request)
  })
  const path = `${verifications}/${body.sid}`

  await mock.clock.advance('1 min')
  const { body: rejected } = await request('GET', path)
  assert.deepEqual(
    [rejected['status'], rejected['error_code'], rejected['edit_allowed']],
    ['TWILIO_REJECTED', 30501, true]
  )
  const edited = await request('POST', path, {
    VettingProvider: 'CAMPAIGN_VERIFY',
    VettingId: 'cv|1.0|tcr|tollfree|9975c339|GQ3'
  })
  assert.deepEqual([edited.status, edited.body['status']], [202, 'PENDING_REVIEW'])
  await mock.clock.advance('1 min')
  assert.equal((await request('GET', path)).body['status'], 'TWILIO_APPROVED')
})

test('a rejected verification is edited for a week', async t => {
  const { request, mock } = await build(t)
  mock.world().faults.add({
    match: { operation: 'review-tollfree-verification', body_contains: 'bus' },
    effect: { type: 'outcome', status: 'TWILIO_REJECTED' }
  })
  const { body } = await request('POST', verifications, {
    ...tollfreeDetails,
    TollfreePhoneNumberSid: await aTollfreeNumber(request)
  })
  const path = `${verifications}/${body.sid}`
  await mock.clock.advance('1 min')

  const inTime = await request('POST', path, { BusinessCity: 'Clearwater' })
  await mock.clock.advance('8 d')
  const late = await request('POST', path, { BusinessCity: 'Clearwater' })

  assert.deepEqual([inTime.status, late.status, late.body['code']], [202, 409, 20409])
  const { body: now } = await request('GET', path)
  assert.deepEqual([now['edit_allowed'], now['business_city']], [false, 'Clearwater'])
})

test('a verification is edited while it waits, and not while it is reviewed', async t => {
  const { request, mock } = await build(t)
  const { body } = await request('POST', verifications, {
    ...tollfreeDetails,
    TollfreePhoneNumberSid: await aTollfreeNumber(request)
  })
  const edit = async (form: FormValues) => request('POST', `${verifications}/${body.sid}`, form)

  assert.equal((await edit({ OptInKeywords: ['BUS', 'START'] })).status, 202)
  assert.equal((await edit({ OptInType: 'SHOUTING' })).body['code'], 20001)
  await mock.clock.advance('2 s')
  assert.equal((await edit({ OptInType: 'VERBAL' })).body['code'], 20409)
  const { body: now } = await request('GET', `${verifications}/${body.sid}`)
  assert.deepEqual([now['opt_in_keywords'], now['opt_in_type']], [['BUS', 'START'], 'PAPER_FORM'])
})

test('verifications are listed by number, status and reference', async t => {
  const { request } = await build(t)
  const TollfreePhoneNumberSid = await aTollfreeNumber(request)
  await request('POST', verifications, {
    ...tollfreeDetails,
    TollfreePhoneNumberSid,
    ExternalReferenceId: 'seven'
  })
  const count = async (query: FormValues) => {
    const { body } = await request('GET', '/v1/Tollfree/Verifications', query)
    assert.ok(Array.isArray(body['verifications']), JSON.stringify(body))
    return body['verifications'].length
  }

  assert.equal(await count({ TollfreePhoneNumberSid, Status: 'PENDING_REVIEW' }), 1)
  assert.equal(await count({ ExternalReferenceId: 'seven' }), 1)
  assert.equal(await count({ ExternalReferenceId: 'eight' }), 0)
  assert.equal(await count({ Status: 'TWILIO_APPROVED' }), 0)
  assert.equal((await request('GET', verifications, { Status: 'x' })).body['code'], 20001)
})

async function aTollfreeNumber(request: Built['request']): Promise<string> {
  const path = `${account}/IncomingPhoneNumbers.json`
  return (await request('POST', path, { PhoneNumber: '+18005550134' })).body.sid
}
