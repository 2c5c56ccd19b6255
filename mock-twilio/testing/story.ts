import * as fc from 'fast-check'
import { createSigner } from 'fast-jwt'

import type { CallbackTransport } from '../../simulator/callback-sender.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { createMockTwilio, type MockTwilio } from '../app.ts'
import type { CallHabits } from '../carrier/persona.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import { Profile, type AccountSeed } from '../seeds.ts'
import { register } from '../voice/devices.ts'
import { busCampaign, districtInformation, tollfreeDetails } from './district.ts'

/** Anything that may happen in an account, one thing after another. What does not fit is refused, and goes on. */

export interface Step {
  what: string
  take: (mock: MockTwilio) => Promise<unknown>
}

const { accountSid, authToken, messagingServiceSid, phoneNumbers } = developmentAccount
const [firstNumber, secondNumber] = phoneNumbers
const account = `/2010-04-01/Accounts/${accountSid}`
const service = `/messaging/v1/Services/${messagingServiceSid}`
const profiles = '/trusthub/v1/CustomerProfiles'
const people = ['+16015550123', '+16625550124', '+16015550003', '+12125550125'] as const
const statusUrl = 'http://app/status'

export const startOfStory = Date.UTC(2026, 10, 23, 12)

export const aSeed: fc.Arbitrary<AccountSeed> = fc
  .record({
    profile: fc.constantFrom(...Profile.anyOf.map(({ const: name }) => name)),
    advanced: fc.boolean(),
    tollFree: fc.boolean()
  })
  .map(({ profile, advanced, tollFree }) => {
    const seed = developmentAccountSeed('http://app/inbound')
    const [first] = seed.messaging_services ?? []
    return {
      ...seed,
      profile,
      event_sink_url: 'http://app/events',
      short_codes: [{ short_code: '55512', sms_url: 'http://app/inbound' }],
      numbers: [
        ...(seed.numbers ?? []),
        ...(tollFree ? [{ phone_number: '+18005550134', sms_url: 'http://app/inbound' }] : [])
      ],
      messaging_services: [
        { ...first, ...(advanced ? { advanced_opt_out: { replies: { STOP: 'Gone.' } } } : {}) }
      ]
    }
  })

function spoken(body: string): string {
  const digits = new URLSearchParams(body).get('Digits')
  return digits === null
    ? '<Response><Gather numDigits="1" timeout="20"><Say>Press a key</Say></Gather></Response>'
    : `<Response><Say>You pressed ${digits}</Say></Response>`
}

const music =
  '<Response><Say>Please wait</Say><Pause length="5"/><Redirect>/wait</Redirect></Response>'

/** An application in the same process: answers texts, sets cookies, and fails now and then. */
const application: CallbackTransport = ({ url, body = '' }) => {
  if (body.includes('Body=fail')) return { status: 500 }
  if (url.endsWith('/wait')) return { status: 200, contentType: 'text/xml', body: music }
  if (url.includes('/voice')) return { status: 200, contentType: 'text/xml', body: spoken(body) }
  if (!url.endsWith('/inbound')) return { status: 204 }
  const text = new URLSearchParams(body).get('Body') ?? ''
  return {
    status: 200,
    contentType: 'text/xml',
    body: `<Response><Message statusCallback="/status">You said ${text.length}</Message></Response>`
  }
}

export function aMockOfStories(
  seed: AccountSeed,
  { start = startOfStory, chance = 'story' }: { start?: number; chance?: string } = {}
): Promise<MockTwilio> {
  return createMockTwilio({
    clock: new VirtualClock({ mode: 'frozen', start }),
    seed: chance,
    accounts: [seed],
    transport: application
  })
}

export async function askOf(
  mock: MockTwilio,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  form: Readonly<Record<string, string | readonly string[]>> = {}
): Promise<{ status: number; body: string }> {
  const payload = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const single of [value].flat()) payload.append(name, single)
  }
  const answer = await mock.app.inject({
    method,
    url,
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {})
    },
    ...(method === 'POST' ? { payload: payload.toString() } : {})
  })
  return { status: answer.statusCode, body: answer.body }
}

const person = fc.constantFrom(...people)
const sender = fc.constantFrom(firstNumber, secondNumber, '55512', '+18005550134')
const body = fc.constantFrom(
  'Your bus is late',
  'x'.repeat(400),
  '学校😀',
  'fail',
  'http://bit.ly/x'
)

const sends = fc
  .record({ To: person, From: sender, Body: body, media: fc.boolean(), discard: fc.boolean() })
  .map(({ media, discard, ...form }) =>
    message('send', {
      ...form,
      StatusCallback: statusUrl,
      ...(media ? { MediaUrl: ['https://example.org/a.jpg', 'https://example.org/b.jpg'] } : {}),
      ...(discard ? { ContentRetention: 'discard', AddressRetention: 'obfuscate' } : {})
    })
  )

const sendsByService = fc
  .record({ To: person, Body: body, inMinutes: fc.constantFrom(0, 0, 10, 60 * 30) })
  .map(({ inMinutes, ...form }) =>
    step(`send by service, in ${inMinutes} min`, mock =>
      askOf(mock, 'POST', `${account}/Messages.json`, {
        ...form,
        MessagingServiceSid: messagingServiceSid,
        StatusCallback: statusUrl,
        ...(inMinutes === 0
          ? {}
          : {
              ScheduleType: 'fixed',
              SendAt: new Date(mock.world().now() + inMinutes * 60_000).toISOString()
            })
      })
    )
  )

const texts = fc
  .record({
    from: person,
    to: sender,
    text: fc.constantFrom('STOP', 'START', 'HELP', 'When?', 'fail', 'y'.repeat(1700)),
    picture: fc.boolean()
  })
  .map(({ from, to, text, picture }) =>
    step(`${from} texts ${text.slice(0, 10)} to ${to}`, async mock => {
      if (!mock.world().numbersByPhone.has(to)) return
      const bytes = Buffer.from([0, 255, 137, 80, 0])
      const media = picture ? [{ contentType: 'image/png', source: { bytes } }] : []
      mock.inbound.receive(mock.world(), { from, to, body: text, media })
      await mock.clock.advance(0)
    })
  )

const personas = fc
  .record({
    number: person,
    persona: fc.constantFrom(
      { rules: [{ replies: { body: 'YES', after: '1 h' }, times: 2 }] },
      { script: [{ expects: 'bus', replies: ['1', { body: '2', after: ['1 min', '9 min'] }] }] },
      { off: { daily: { from: '20:00', to: '07:00' } }, rules: [{ replies: { opts_out: true } }] },
      { receipts: { after: ['1 s', '2 h'] }, arrives_after: ['1 s', '10 min'] },
      { rules: [{ replies: { media: [{ content_type: 'image/png', base64: 'AP8=' }] } }] },
      { condition: 'full' }
    )
  })
  .map(({ number, persona }) => controls('PUT', `/_mock/handsets/${number}`, persona))

const calls = fc
  .record({
    from: fc.constantFrom(firstNumber, secondNumber),
    to: person,
    habits: fc.constantFrom<CallHabits>(
      { presses: ['1'] },
      { answers: 'machine' },
      { answers: 'nobody' },
      { hangs_up_after: '4 s' }
    )
  })
  .map(({ from, to, habits }) =>
    step(`call ${to} from ${from} ${JSON.stringify(habits)}`, mock => {
      mock.world().handsets.changeCalls(to, habits)
      return askOf(mock, 'POST', `${account}/Calls.json`, callForm(to, from))
    })
  )

/** People are called into conferences, of which some are recorded, and wait there. */
const meetings = fc
  .record({
    To: person,
    name: fc.constantFrom('Bus', 'Van'),
    ConferenceRecord: fc.constantFrom('true', 'false'),
    EndConferenceOnExit: fc.constantFrom('true', 'false')
  })
  .map(({ name, ...form }) =>
    api('POST', `${account}/Conferences/${name}/Participants.json`, {
      ...form,
      From: firstNumber,
      WaitUrl: 'http://app/wait',
      ConferenceStatusCallback: statusUrl,
      ConferenceStatusCallbackEvent: 'start end join leave mute hold announcement'
    })
  )

const meetingTurns = fc
  .constantFrom<Record<string, string>>(
    { Hold: 'true', HoldUrl: 'http://app/wait' },
    { Hold: 'false' },
    { Muted: 'true' },
    { AnnounceUrl: 'http://app/wait' },
    { Status: 'completed' }
  )
  .map(form =>
    step(`in a conference ${JSON.stringify(form)}`, mock => {
      const [conference] = mock.world().conferences.open()
      const path = `${account}/Conferences/${conference?.sid}`
      const callSid = conference?.participants[0]?.callSid
      const url = 'Status' in form ? `${path}.json` : `${path}/Participants/${callSid}.json`
      return askOf(mock, 'POST', url, form)
    })
  )

const faults = fc
  .constantFrom(
    { effect: { type: 'callback', fault: 'reorder' }, probability: 0.5 },
    { effect: { type: 'callback', fault: 'delay', ms: [1000, 600_000] }, probability: 0.5 },
    { effect: { type: 'callback', fault: 'duplicate' }, every: 2 },
    { effect: { type: 'outcome', status: 'undelivered', error_code: 30003 }, skip: 1, count: 2 },
    { effect: { type: 'delay', ms: [0, 60_000] }, curve: [{ at: 0, probability: 0.3 }] },
    {
      effect: { type: 'http', status: 503 },
      match: { to_suffix: '25' },
      after: '1 min',
      for: '1 h'
    }
  )
  .map(fault => controls('POST', '/_mock/faults', fault))

const outages = fc
  .constantFrom(
    { effect: 'hold', prefix: '+1601', recovery_per_second: 0.5 },
    { effect: 'undelivered', prefix: '+1662' },
    { effect: 'hold', until: new Date(startOfStory + 7_200_000).toISOString() }
  )
  .map(outage => controls('POST', '/_mock/outages', outage))

const endsOutage = fc
  .nat({ max: 3 })
  .map(nth => controls('DELETE', `/_mock/outages/outage-${nth}`, undefined))

const invented = `BU${'F'.repeat(32)}`
const registersBrand = api('POST', '/messaging/v1/a2p/BrandRegistrations', {
  CustomerProfileBundleSid: invented,
  A2PProfileBundleSid: invented,
  Mock: 'true'
})

const registrations = [
  api('POST', profiles, {
    FriendlyName: 'District',
    Email: 'ada@district.example',
    PolicySid: `RN${'F'.repeat(32)}`,
    StatusCallback: 'http://app/bundles'
  }),
  api('POST', '/trusthub/v1/EndUsers', {
    FriendlyName: 'District',
    Type: 'customer_profile_business_information',
    Attributes: JSON.stringify({ ...districtInformation, __proto__: 1 })
  }),
  api('POST', '/trusthub/v1/SupportingDocuments', {
    FriendlyName: 'Address',
    Type: 'customer_profile_address',
    Attributes: JSON.stringify({ address_sids: `AD${'1'.repeat(32)}` })
  }),
  step('put something into a bundle', mock => {
    const { bundles, documents } = mock.world().compliance
    const ObjectSid = [...documents.keys()].at(-1) ?? ''
    const [sid] = bundles.keys()
    return askOf(mock, 'POST', `${profiles}/${sid}/EntityAssignments`, { ObjectSid })
  }),
  step('hand in a bundle', mock => {
    const [sid] = mock.world().compliance.bundles.keys()
    return askOf(mock, 'POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  }),
  registersBrand,
  step('register a campaign', mock => {
    const [BrandRegistrationSid = ''] = mock.world().compliance.brands.keys()
    const { HasEmbeddedLinks, HasEmbeddedPhone, ...campaign } = busCampaign
    return askOf(mock, 'POST', `${service}/Compliance/Usa2p`, {
      ...campaign,
      HasEmbeddedLinks: String(HasEmbeddedLinks),
      HasEmbeddedPhone: String(HasEmbeddedPhone),
      BrandRegistrationSid
    })
  }),
  step('verify a toll-free number', mock =>
    askOf(mock, 'POST', '/messaging/v1/Tollfree/Verifications', {
      ...tollfreeDetails,
      TollfreePhoneNumberSid: mock.world().numbersByPhone.get('+18005550134')?.sid ?? ''
    })
  )
]

const possessions = [
  api('POST', `${account}/IncomingPhoneNumbers.json`, { AreaCode: '601', SmsUrl: 'http://app/in' }),
  api('POST', `${account}/Keys.json`, { FriendlyName: 'Key' }),
  api('POST', `${account}/Applications.json`, { FriendlyName: 'Bus', SmsUrl: 'http://app/in' }),
  api('POST', `${service}/AlphaSenders`, { AlphaSender: 'District' }),
  api('POST', '/messaging/v1/Services', { FriendlyName: 'Another' }),
  step('pool the newest number', mock => {
    const { numbers, services } = mock.world()
    const PhoneNumberSid = [...numbers.keys()].at(-1) ?? ''
    const into = [...services.keys()].at(-1)
    return askOf(mock, 'POST', `/messaging/v1/Services/${into}/PhoneNumbers`, { PhoneNumberSid })
  }),
  step('release a number', mock => {
    const [, sid] = mock.world().numbers.keys()
    return askOf(mock, 'DELETE', `${account}/IncomingPhoneNumbers/${sid}.json`)
  }),
  step('delete a message', mock => {
    const [message] = mock.world().messages.newestFirst({ to: people[0] })
    return askOf(mock, 'DELETE', `${account}/Messages/${message?.sid}.json`)
  }),
  step('take a message back', mock => {
    const [message] = mock.world().messages.newestFirst({})
    const url = `${account}/Messages/${message?.sid}.json`
    return askOf(mock, 'POST', url, { Status: 'canceled' })
  }),
  api('POST', '/lookups/v2/PhoneNumbers/+16015550123/Overrides/line_type', {
    line_type: 'landline',
    reason: 'We know them'
  }),
  api('POST', `${account}/Addresses.json`, {
    CustomerName: 'District',
    Street: '1 Main Street',
    City: 'Clearwater',
    Region: 'MS',
    PostalCode: '39001',
    IsoCountry: 'US'
  }),
  api('POST', `${account}/OutgoingCallerIds.json`, {
    PhoneNumber: '+16015550166',
    StatusCallback: 'http://app/verified'
  })
]

/** So that every part of a world has something in it; each thing still under way as far as it can be. */
export function everything(): Step[] {
  const send = (To: string, form: Parameters<typeof askOf>[3]) =>
    message('send', { To, Body: 'Your bus is late', StatusCallback: statusUrl, ...form })
  return [
    ...registrations,
    step('wait', mock => mock.clock.advance('1 min')),
    ...registrations,
    ...possessions.filter(({ what }) => !/release|delete|take/.test(what)),
    controls('PUT', `/_mock/handsets/${people[1]}`, {
      rules: [{ replies: { body: 'YES', after: '1 h' } }]
    }),
    controls('POST', '/_mock/outages', { effect: 'hold', prefix: '+1212' }),
    send(people[1], { From: firstNumber }),
    api('POST', `${account}/Calls.json`, callForm(people[3], firstNumber)),
    send(people[3], { MessagingServiceSid: messagingServiceSid }),
    step('a text with a picture', mock => {
      const source = { bytes: Buffer.from([0, 255, 137]) }
      const media = [{ contentType: 'image/png', source }]
      const text = { from: people[0], to: secondNumber, body: 'Look', media }
      mock.inbound.receive(mock.world(), text)
      return mock.clock.advance('1 h')
    }),
    step('STOP', mock => {
      const text = { from: people[2], to: secondNumber, body: 'STOP', media: [] }
      mock.inbound.receive(mock.world(), text)
      return mock.clock.advance(0)
    }),
    step('a text that the application cannot answer', mock => {
      const text = { from: people[0], to: secondNumber, body: 'fail', media: [] }
      mock.inbound.receive(mock.world(), text)
      return mock.clock.advance(0)
    }),
    controls('POST', '/_mock/faults', { effect: { type: 'callback', fault: 'reorder', ms: 9e6 } }),
    send(people[0], { From: firstNumber }),
    controls('POST', '/_mock/faults', {
      effect: { type: 'http', status: 503 },
      match: { to_suffix: '99' }
    }),
    step('a request that no rule touches', mock => askOf(mock, 'GET', `${account}.json`)),
    step('wait', mock => mock.clock.advance('1 min')),
    send(people[1], { From: secondNumber }),
    step('a browser signs in', async mock => register(mock.world(), aToken(mock))),
    api('POST', `${account}/Calls.json`, callForm(people[0], secondNumber)),
    step('wait for the menu', mock => mock.clock.advance('12 s')),
    step('a voicemail that is written down', mock => {
      const world = mock.world()
      const [call] = world.calls.newestFirst()
      const recording = mock.recordings.start(world, voicemailOf(call?.sid ?? ''))
      const spoken = {
        who: people[0],
        channel: 1,
        words: 'The bus did not come',
        ms: 3000
      } as const
      mock.recordings.note(world, { callSid: recording.callSid }, spoken)
      return mock.clock.advance('4 s')
    }),
    step('the end of the voicemail', mock => {
      const world = mock.world()
      for (const recording of world.recordings.open()) mock.recordings.end(world, recording)
      return mock.clock.advance('3 s')
    }),
    api('POST', `${account}/Conferences/Bus/Participants.json`, {
      To: people[0],
      From: firstNumber,
      Label: 'Parent',
      ConferenceStatusCallback: statusUrl
    })
  ]
}

function voicemailOf(callSid: string): Parameters<MockTwilio['recordings']['start']>[1] {
  return {
    callSid,
    conferenceSid: null,
    source: 'RecordVerb',
    channels: 1,
    track: 'inbound',
    trims: true,
    callback: { url: statusUrl, method: 'POST', events: ['completed'] },
    transcribes: { url: statusUrl, method: 'POST' },
    requestId: null
  }
}

const waits = fc
  .constantFrom('1 s', '3 s', '1 min', '1 min', '10 min', '1 h', '20 h')
  .map(duration => step(`wait ${duration}`, mock => mock.clock.advance(duration)))

export const aStep: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: sends, weight: 5 },
  { arbitrary: sendsByService, weight: 5 },
  { arbitrary: texts, weight: 3 },
  { arbitrary: calls, weight: 3 },
  { arbitrary: meetings, weight: 2 },
  { arbitrary: meetingTurns, weight: 1 },
  { arbitrary: waits, weight: 4 },
  { arbitrary: personas, weight: 2 },
  { arbitrary: faults, weight: 2 },
  { arbitrary: outages, weight: 1 },
  { arbitrary: endsOutage, weight: 1 },
  { arbitrary: fc.constantFrom(...registrations), weight: 4 },
  { arbitrary: fc.constantFrom(...possessions), weight: 2 }
)

function aToken(mock: MockTwilio): string {
  const { apiKeySid, apiKeySecret } = developmentAccount
  const iat = Math.floor(mock.world().now() / 1000)
  const grants = { identity: 'ada', voice: { incoming: { allow: true } } }
  const claims = { iss: apiKeySid, sub: accountSid, iat, exp: iat + 3600, grants }
  const header = { alg: 'HS256', cty: 'twilio-fpa;v=1' }
  return createSigner({ key: apiKeySecret, algorithm: 'HS256', header })(claims)
}

function callForm(to: string, from: string): Record<string, string> {
  return { To: to, From: from, Url: 'http://app/voice', StatusCallback: statusUrl }
}

function message(what: string, form: Parameters<typeof askOf>[3]): Step {
  return step(`${what} ${JSON.stringify(form)}`, mock =>
    askOf(mock, 'POST', `${account}/Messages.json`, form)
  )
}

function api(method: 'POST', url: string, form: Parameters<typeof askOf>[3]): Step {
  return step(`${method} ${url}`, mock => askOf(mock, method, url, form))
}

function controls(method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object): Step {
  return step(`${method} ${url} ${JSON.stringify(payload)}`, mock =>
    mock.app.inject({
      method,
      url: encodeURI(url).replace('+', '%2B'),
      ...(payload === undefined ? {} : { payload })
    })
  )
}

function step(what: string, take: Step['take']): Step {
  return { what, take }
}
