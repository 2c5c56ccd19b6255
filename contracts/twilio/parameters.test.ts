import assert from 'node:assert/strict'
import { test } from 'node:test'

import { developmentAccountSeed } from '../../mock-twilio/development-account.ts'
import { busCampaign, tollfreeDetails } from '../../mock-twilio/testing/district.ts'
import { account, authorization, build, type Built, type FormValues } from './judged-mock.ts'

/** Every parameter that a resource has, taken at once. What single ones do is told beside the operations. */

const voice: FormValues = {
  VoiceUrl: 'https://example.com/voice',
  VoiceMethod: 'GET',
  VoiceFallbackUrl: 'https://example.com/voice-fallback',
  VoiceFallbackMethod: 'GET',
  VoiceCallerIdLookup: true,
  StatusCallback: 'https://example.com/status',
  StatusCallbackMethod: 'GET'
}
const sms: FormValues = {
  SmsUrl: 'https://example.com/sms',
  SmsMethod: 'GET',
  SmsFallbackUrl: 'https://example.com/sms-fallback',
  SmsFallbackMethod: 'GET'
}
const anAddress: FormValues = {
  CustomerName: 'School',
  FriendlyName: 'Bus office',
  Street: '1 Main Street',
  StreetSecondary: 'Room 7',
  City: 'Sardis',
  Region: 'MS',
  PostalCode: '38666'
}
const anotherAddress: FormValues = { ...anAddress, Street: '2 Main Street', EmergencyEnabled: true }
const anApplication: FormValues = {
  FriendlyName: 'Bus office',
  ...voice,
  ...sms,
  PublicApplicationConnectEnabled: true
}
const aVerification: FormValues = {
  ...tollfreeDetails,
  BusinessStreetAddress: '1 Main Street',
  BusinessStreetAddress2: 'Room 7',
  BusinessCity: 'Sardis',
  BusinessStateProvinceRegion: 'MS',
  BusinessPostalCode: '38666',
  BusinessCountry: 'US',
  AdditionalInformation: 'Parents opt in on paper',
  BusinessContactFirstName: 'Ada',
  BusinessContactLastName: 'Byron',
  BusinessContactEmail: 'ada@district.example',
  BusinessContactPhone: '+16015550199',
  BusinessRegistrationNumber: '64-1234567',
  BusinessRegistrationAuthority: 'EIN',
  BusinessRegistrationCountry: 'US',
  BusinessType: 'GOVERNMENT',
  BusinessRegistrationPhoneNumber: '+16015550199',
  DoingBusinessAs: 'Clearwater Schools',
  OptInConfirmationMessage: 'You hear of late buses from now on.',
  HelpMessageSample: 'Call the office.',
  PrivacyPolicyUrl: 'https://district.example/privacy',
  TermsAndConditionsUrl: 'https://district.example/terms',
  AgeGatedContent: false,
  OptInKeywords: ['BUS'],
  VettingProvider: 'CAMPAIGN_VERIFY',
  VettingId: 'cv|1.0|tcr|tollfree|9975c339|GQ3'
}
const aCampaign: FormValues = {
  ...busCampaign,
  OptInMessage: 'Clearwater: you hear of late buses from now on.',
  OptOutMessage: 'Clearwater: you hear no more of late buses.',
  HelpMessage: 'Clearwater: call the office, or reply STOP.',
  OptInKeywords: ['BUS'],
  OptOutKeywords: ['NOBUS'],
  HelpKeywords: ['INFO'],
  SubscriberOptIn: true,
  AgeGated: true,
  DirectLending: true,
  PrivacyPolicyUrl: 'https://district.example/privacy',
  TermsAndConditionsUrl: 'https://district.example/terms'
}

test('an address keeps what it is made with, and what it is given later', async t => {
  const built = await build(t)
  const path = `${account}/Addresses.json`

  const { body } = await built.request('POST', path, {
    ...anAddress,
    IsoCountry: 'US',
    AutoCorrectAddress: false
  })
  await keeps(built, `${account}/Addresses/${body.sid}.json`, anAddress)
  await built.request('POST', `${account}/Addresses/${body.sid}.json`, {
    ...anotherAddress,
    AutoCorrectAddress: false
  })
  await keeps(built, `${account}/Addresses/${body.sid}.json`, anotherAddress)

  const found = await built.request('GET', path, {
    CustomerName: 'School',
    FriendlyName: 'Bus office'
  })
  assert.equal(Object(found.body['addresses']).length, 1)
})

test('an application keeps what it is made with, and what it is given later', async t => {
  const built = await build(t)
  const list = `${account}/Applications.json`

  const { body: made } = await built.request('POST', list, anApplication)
  const { body: bare } = await built.request('POST', list)
  await built.request('POST', `${account}/Applications/${bare.sid}.json`, anApplication)

  for (const { sid } of [made, bare]) {
    await keeps(built, `${account}/Applications/${sid}.json`, anApplication)
  }
  for (const name of ['SmsStatusCallback', 'MessageStatusCallback']) {
    const path = `${account}/Applications/${bare.sid}.json`
    const { status } = await built.request('POST', path, { [name]: 'https://example.com/told' })
    assert.equal(status, 200)
  }
})

test('a number of every kind keeps what it is bought with', async t => {
  const built = await build(t)
  const { body: address } = await built.request('POST', `${account}/Addresses.json`, {
    ...anAddress,
    Region: 'NSW',
    IsoCountry: 'AU'
  })
  const settings = {
    FriendlyName: 'Bus office',
    ...voice,
    ...sms,
    VoiceReceiveMode: 'voice',
    AddressSid: address.sid,
    BundleSid: `BU${'1'.repeat(32)}`,
    IdentitySid: `RI${'1'.repeat(32)}`,
    EmergencyAddressSid: address.sid,
    EmergencyStatus: 'Active',
    TrunkSid: `TK${'1'.repeat(32)}`
  }
  const numbers = { Local: '+12125550147', TollFree: '+18005550134', Mobile: '+61412345678' }

  for (const [kind, PhoneNumber] of Object.entries(numbers)) {
    const list = `${account}/IncomingPhoneNumbers/${kind}.json`
    const { status, body } = await built.request('POST', list, { PhoneNumber, ...settings })
    assert.equal(status, 201, JSON.stringify(body))
    await keeps(built, `${account}/IncomingPhoneNumbers/${body.sid}.json`, settings, [
      'VoiceReceiveMode'
    ])
    const filters = { PhoneNumber, FriendlyName: 'Bus office', Beta: true, Origin: 'twilio' }
    const found = await built.request('GET', list, filters)
    assert.equal(Object(found.body['incoming_phone_numbers']).length, 1)
  }
})

test('numbers for sale of every kind are filtered', async t => {
  const { request } = await build(t)
  const filters = {
    SmsEnabled: true,
    MmsEnabled: false,
    VoiceEnabled: true,
    FaxEnabled: false,
    ExcludeAllAddressRequired: false,
    ExcludeLocalAddressRequired: false,
    ExcludeForeignAddressRequired: false,
    Beta: true,
    PageSize: 1
  }
  const kinds = {
    Local: 'US',
    TollFree: 'US',
    Mobile: 'SE',
    National: 'GB',
    Voip: 'JP',
    SharedCost: 'PL',
    MachineToMachine: 'NL'
  }

  for (const [kind, country] of Object.entries(kinds)) {
    const path = `${account}/AvailablePhoneNumbers/${country}/${kind}.json`
    const { status, body } = await request('GET', path, filters)
    assert.equal(status, 200, JSON.stringify(body))
    for (const offer of Object(body['available_phone_numbers'])) {
      assert.equal(offer.capabilities.MMS ?? offer.capabilities.mms, false)
    }
  }
})

test('a toll-free verification keeps what it is made with, and what it is given later', async t => {
  const built = await build(t)
  const verifications = '/messaging/v1/Tollfree/Verifications'
  const { body: number } = await built.request('POST', `${account}/IncomingPhoneNumbers.json`, {
    PhoneNumber: '+18005550134'
  })
  const { body } = await built.request('POST', verifications, {
    ...aVerification,
    TollfreePhoneNumberSid: number.sid
  })
  const path = `${verifications}/${body.sid}`

  await keeps(built, path, aVerification)
  const later = { ...aVerification, BusinessName: 'Clearwater', UseCaseSummary: 'Late buses' }
  const { status } = await built.request('POST', path, later)

  assert.equal(status, 202)
  await keeps(built, path, later)
})

test('a campaign keeps what it is made with, and what it is corrected to', async t => {
  const built = await build(t)
  const { request, mock } = built
  const [service] = mock.world().services.keys()
  const campaigns = `/messaging/v1/Services/${service}/Compliance/Usa2p`
  const { body: brand } = await request('POST', '/messaging/v1/a2p/BrandRegistrations', {
    CustomerProfileBundleSid: `BU${'F'.repeat(32)}`,
    A2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    Mock: true
  })
  mock.world().faults.add({
    match: { operation: 'review-campaign' },
    effect: { type: 'outcome', status: 'FAILED' },
    count: 1
  })
  await mock.clock.advance('1 min')
  const { body } = await request('POST', campaigns, {
    ...aCampaign,
    BrandRegistrationSid: brand.sid
  })
  await keeps(built, `${campaigns}/${body.sid}`, aCampaign, [
    'SubscriberOptIn',
    'PrivacyPolicyUrl',
    'TermsAndConditionsUrl'
  ])
  await mock.clock.advance('1 min')

  const corrected = await request('POST', `${campaigns}/${body.sid}`, {
    ...aCampaign,
    Description: `${String(aCampaign['Description'])} And when it is early.`
  })

  assert.equal(corrected.status, 200)
  assert.match(String(corrected.body['description']), /early/)
})

// The SDK writes these names in camel case, which is understood too.
test('lookups take the names that the documents have', async t => {
  const { mock, request } = await build(t)
  const override = '/lookups/v2/PhoneNumbers/+16015550123/Overrides/line_type_intelligence'
  const phone_numbers = [{ correlation_id: 'a', phone_number: '+16015550123' }]

  const made = await request('POST', override, { line_type: 'landline', reason: 'They told us' })
  const changed = await mock.app.inject({
    method: 'PUT',
    url: override,
    headers: { authorization },
    payload: { line_type: 'mobile', reason: 'They told us more' }
  })
  const batch = await mock.app.inject({
    method: 'POST',
    url: '/lookups.twilio.com/v2/batch/query',
    headers: { authorization },
    payload: { phone_numbers }
  })

  assert.deepEqual([made.status, made.body['overridden_line_type']], [201, 'landline'])
  assert.equal(changed.json().overridden_line_type, 'mobile')
  assert.deepEqual([batch.statusCode, batch.json().phone_numbers.length], [200, 1])
})

test('every list takes the size of a page, its number and a token', async t => {
  const built = await build(t, [
    { ...developmentAccountSeed(), short_codes: [{ short_code: '55555' }] }
  ])
  const { request, send, mock } = built
  const make = async (path: string, form: FormValues = {}) =>
    (await request('POST', path, form)).body.sid
  const [service] = mock.world().services.keys()
  const { body: message } = await send({ MediaUrl: 'https://example.com/a.png' })
  const address = await make(`${account}/Addresses.json`, { ...anAddress, IsoCountry: 'US' })
  const bundle = { FriendlyName: 'North', Email: 'a@b.example', PolicySid: `RN${'F'.repeat(32)}` }
  const brand = await make('/messaging/v1/a2p/BrandRegistrations', {
    CustomerProfileBundleSid: `BU${'F'.repeat(32)}`,
    A2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    Mock: true
  })
  const ofBundle = ['EntityAssignments', 'ChannelEndpointAssignments', 'Evaluations']
  const ofTrusthub = [
    'EndUsers',
    'SupportingDocuments',
    'EndUserTypes',
    'SupportingDocumentTypes',
    'Policies'
  ]
  const profile = await make('/trusthub/v1/CustomerProfiles', bundle)
  const product = await make('/trusthub/v1/TrustProducts', bundle)
  const { body: participant } = await request(
    'POST',
    `${account}/Conferences/Bus/Participants.json`,
    {
      To: '+16015550123',
      From: '+16015550100'
    }
  )
  await mock.clock.advance('20 s')
  const call = `${account}/Calls/${String(participant['call_sid'])}`
  const conference = `${account}/Conferences/${String(participant['conference_sid'])}`
  const recording = await make(`${call}/Recordings.json`)
  const lists = [
    `${account}/Conferences.json`,
    `${conference}/Participants.json`,
    `${conference}/Recordings.json`,
    `${account}/Recordings.json`,
    `${call}/Recordings.json`,
    `${account}/Recordings/${recording}/Transcriptions.json`,
    `${account}/Transcriptions.json`,
    `${account}/Messages/${message.sid}/Media.json`,
    `${account}/Addresses.json`,
    `${account}/Addresses/${address}/DependentPhoneNumbers.json`,
    `${account}/Applications.json`,
    `${account}/OutgoingCallerIds.json`,
    `${account}/SMS/ShortCodes.json`,
    ...['Local', 'Mobile', 'TollFree'].map(kind => `${account}/IncomingPhoneNumbers/${kind}.json`),
    ...['PhoneNumbers', 'AlphaSenders', 'ShortCodes', 'Compliance/Usa2p'].map(
      part => `/messaging/v1/Services/${service}/${part}`
    ),
    '/messaging/v1/a2p/BrandRegistrations',
    `/messaging/v1/a2p/BrandRegistrations/${brand}/Vettings`,
    '/messaging/v1/Tollfree/Verifications',
    '/trusthub/v1/CustomerProfiles',
    '/trusthub/v1/TrustProducts',
    ...ofBundle.map(part => `/trusthub/v1/CustomerProfiles/${profile}/${part}`),
    ...ofBundle.map(part => `/trusthub/v1/TrustProducts/${product}/${part}`),
    ...ofTrusthub.map(collection => `/trusthub/v1/${collection}`)
  ]

  for (const list of lists) {
    const query = { PageSize: 1, Page: 1, PageToken: `PA${'0'.repeat(32)}` }
    const { status, body } = await request('GET', list, query)
    const meta = Object(body['meta'] ?? body)
    assert.deepEqual([status, meta.page, meta.page_size], [200, 1, 1], list)
    assert.equal((await request('GET', list, { PageToken: 'x' })).body['code'], 20001, list)
  }
})

/** What the resource does not show cannot be looked for. */
async function keeps(
  { request }: Built,
  path: string,
  settings: FormValues,
  notShown: readonly string[] = []
): Promise<void> {
  const { body } = await request('GET', path)
  for (const [name, value] of Object.entries(settings)) {
    if (notShown.includes(name)) continue
    const field = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()
    assert.deepEqual(body[field], value, `${name} of ${path}`)
  }
}
