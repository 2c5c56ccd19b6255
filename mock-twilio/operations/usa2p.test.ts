import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, type Built, type FormValues } from '../../contracts/twilio/judged-mock.ts'
import { campaignOf } from '../compliance.ts'
import { developmentAccount } from '../development-account.ts'
import { busCampaign } from '../testing/district.ts'

const brands = '/messaging/v1/a2p/BrandRegistrations'
const services = '/messaging/v1/Services'
const serviceSid = developmentAccount.messagingServiceSid
const campaigns = `${services}/${serviceSid}/Compliance/Usa2p`

test('a campaign is pending, is vetted and is verified, and its service follows', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  const { status, body } = await request('POST', campaigns, {
    ...busCampaign,
    BrandRegistrationSid
  })
  const now = async () => {
    const { body: campaign } = await request('GET', `${campaigns}/${body.sid}`)
    const { body: service } = await request('GET', `${services}/${serviceSid}`)
    return [campaign['campaign_status'], service['us_app_to_person_registered']]
  }

  assert.deepEqual([status, body['campaign_id'], body['rate_limits']], [201, null, null])
  assert.deepEqual(await now(), ['PENDING', false])
  await mock.clock.advance('2 s')
  assert.deepEqual(await now(), ['IN_PROGRESS', false])
  await mock.clock.advance('3 s')
  assert.deepEqual(await now(), ['VERIFIED', true])
})

test('what a carrier knows of a campaign is plain data', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  const { body } = await request('POST', campaigns, { ...busCampaign, BrandRegistrationSid })
  assert.equal(campaignOf(mock.world(), serviceSid)?.throughput, null)

  await mock.clock.advance('1 min')

  const facts = campaignOf(mock.world(), serviceSid)
  assert.deepEqual(structuredClone(facts), facts)
  assert.deepEqual(
    [facts?.sid, facts?.brandSid, facts?.usecase, facts?.status, facts?.isMock],
    [body.sid, BrandRegistrationSid, 'K12_EDUCATION', 'VERIFIED', true]
  )
  assert.ok((facts?.throughput?.mps ?? 0) > 1)
  assert.equal(campaignOf(mock.world(), 'MG1'), undefined)
})

test('a campaign that is described too little, too much or not at all is refused', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  const good: FormValues = { ...busCampaign, BrandRegistrationSid }
  const without = (name: string) => {
    const { [name]: _, ...rest } = good
    return rest
  }
  const mistakes: [form: FormValues, code: number][] = [
    [{}, 21727],
    ...Object.keys(good).map((name): [FormValues, number] => [without(name), 21727]),
    [{ ...good, Description: 'Buses' }, 21728],
    [{ ...good, Description: 'x'.repeat(4097) }, 21728],
    [{ ...good, MessageFlow: 'x'.repeat(39) }, 21728],
    [{ ...good, MessageSamples: ['Bus 7 is ten minutes late.'] }, 21728],
    [{ ...good, MessageSamples: Array<string>(6).fill('Bus 7 is ten minutes late.') }, 21728],
    [{ ...good, MessageSamples: ['Late.', 'Bus 7 is ten minutes late.'] }, 21728],
    [{ ...good, HelpMessage: 'Help' }, 21728],
    [{ ...good, OptInKeywords: ['ST ART'] }, 20001],
    [{ ...good, HasEmbeddedLinks: 'perhaps' }, 20001],
    [{ ...good, PrivacyPolicyUrl: 'nowhere' }, 21402],
    [{ ...good, UsAppToPersonUsecase: 'BUSES' }, 21720],
    [{ ...good, UsAppToPersonUsecase: 'SOLE_PROPRIETOR' }, 21717],
    [{ ...good, BrandRegistrationSid: 'BN1' }, 21717]
  ]

  for (const [form, code] of mistakes) {
    const { status, body } = await request('POST', campaigns, form)
    assert.deepEqual([status, body['code']], [400, code], JSON.stringify(form).slice(0, 200))
  }
  assert.deepEqual((await request('GET', campaigns)).body['compliance'], [])
})

test('a brand has to be approved before its campaign', async t => {
  const { request } = await build(t)
  const BrandRegistrationSid = await aBrand(request)

  const { body } = await request('POST', campaigns, { ...busCampaign, BrandRegistrationSid })

  assert.equal(body['code'], 21717)
})

test('a sole proprietor has one use case of its own', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock, 'SOLE_PROPRIETOR')
  const { body } = await request('GET', `${campaigns}/Usecases`, { BrandRegistrationSid })
  const code = async (UsAppToPersonUsecase: string) => {
    const form = { ...busCampaign, BrandRegistrationSid, UsAppToPersonUsecase }
    return (await request('POST', campaigns, form)).body['code']
  }

  assert.match(JSON.stringify(body), /^\{"us_app_to_person_usecases":\[\{"code":"SOLE_PROPRIETOR"/)
  assert.equal(await code('K12_EDUCATION'), 21717)
  assert.equal(await code('SOLE_PROPRIETOR'), undefined)
})

test('use cases are twenty, or those of the brand that is named', async t => {
  const { request } = await build(t)

  const { body } = await request('GET', `${campaigns}/Usecases`)
  const unknown = await request('GET', `${campaigns}/Usecases`, { BrandRegistrationSid: 'BN1' })

  const { us_app_to_person_usecases: usecases } = body
  assert.ok(Array.isArray(usecases))
  assert.equal(usecases.length, 20)
  assert.equal(unknown.body['code'], 21717)
})

test('a service has one campaign', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  const form = { ...busCampaign, BrandRegistrationSid }
  await request('POST', campaigns, form)

  const second = await request('POST', campaigns, form)

  assert.deepEqual([second.status, second.body['code']], [409, 20409])
})

test('a campaign is rejected for a shortener in a sample, or because a rule says so', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  const { body } = await request('POST', campaigns, {
    ...busCampaign,
    BrandRegistrationSid,
    MessageSamples: ['Bus 7: see http://bit.ly/3xYz now', 'Schools are closed tomorrow.']
  })
  const path = `${campaigns}/${body.sid}`
  const correction = { ...busCampaign, AgeGated: false, DirectLending: false }

  await mock.clock.advance('1 min')
  const { body: shortened } = await request('GET', path)
  assert.match(JSON.stringify(shortened['errors']), /"error_code":30892.*MESSAGE_SAMPLES/)

  mock.world().faults.add({
    match: { operation: 'review-campaign' },
    effect: { type: 'outcome', status: 'FAILED', error_code: 30886 },
    count: 1
  })
  await request('POST', path, correction)
  await mock.clock.advance('1 min')
  const { body: ruled } = await request('GET', path)
  assert.match(JSON.stringify(ruled['errors']), /30886/)

  await request('POST', path, correction)
  await mock.clock.advance('1 min')
  const { body: verified } = await request('GET', path)
  assert.deepEqual([verified['campaign_status'], verified['errors']], ['VERIFIED', []])
  const late = await request('POST', path, correction)
  assert.deepEqual([late.status, late.body['code']], [409, 20409])
  assert.equal((await request('POST', path, {})).body['code'], 21727)
})

test('what a campaign says once stays when it is corrected without it', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  mock.world().faults.add({
    match: { operation: 'review-campaign' },
    effect: { type: 'outcome', status: 'FAILED' }
  })
  const { body } = await request('POST', campaigns, {
    ...busCampaign,
    BrandRegistrationSid,
    HelpMessage: 'Clearwater: call the office, or reply STOP.',
    HelpKeywords: 'HELP, INFO',
    OptInKeywords: ['START', 'BUS']
  })
  await mock.clock.advance('1 min')

  const { body: corrected } = await request('POST', `${campaigns}/${body.sid}`, {
    ...busCampaign,
    AgeGated: true,
    DirectLending: false
  })

  assert.deepEqual(corrected['help_keywords'], ['HELP', 'INFO'])
  assert.deepEqual(corrected['opt_in_keywords'], ['START', 'BUS'])
  assert.deepEqual(
    [corrected['help_message'], corrected['age_gated']],
    ['Clearwater: call the office, or reply STOP.', true]
  )
})

test('a campaign goes with its service, and is found under no other', async t => {
  const { request, mock } = await build(t)
  const BrandRegistrationSid = await anApprovedBrand(request, mock)
  const { body: other } = await request('POST', services, { FriendlyName: 'Other' })
  const { body } = await request('POST', campaigns, { ...busCampaign, BrandRegistrationSid })

  const elsewhere = await request('GET', `${services}/${other.sid}/Compliance/Usa2p/${body.sid}`)
  assert.equal(elsewhere.body['code'], 20404)
  await request('DELETE', `${services}/${serviceSid}`)
  await mock.clock.advance('1 min')
  assert.equal(mock.world().compliance.campaigns.size, 0)
  assert.equal((await request('GET', campaigns)).body['code'], 20404)
})

test('bare paths lead to campaigns too', async t => {
  const { request } = await build(t)

  const { status, body } = await request('GET', `/v1/Services/${serviceSid}/Compliance/Usa2p`)

  assert.deepEqual([status, body['compliance']], [200, []])
})

type Request = Built['request']

async function aBrand(request: Request, BrandType = 'STANDARD'): Promise<string> {
  const { body } = await request('POST', brands, {
    CustomerProfileBundleSid: `BU${'F'.repeat(32)}`,
    A2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    BrandType,
    Mock: true
  })
  return body.sid
}

async function anApprovedBrand(
  request: Request,
  mock: Built['mock'],
  brandType?: string
): Promise<string> {
  const sid = await aBrand(request, brandType)
  await mock.clock.advance('10 s')
  return sid
}
