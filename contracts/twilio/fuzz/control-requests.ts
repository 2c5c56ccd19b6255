import { developmentAccount } from '../../../mock-twilio/development-account.ts'

/** What tests say to the control API when they are in order. SID stands for a message. */

const { messagingServiceSid, phoneNumbers } = developmentAccount

export const fuzzStart = Date.UTC(2026, 10, 23, 12)

type ControlRequest = readonly [
  method: string,
  path: string,
  body?: Readonly<Record<string, unknown>>
]

const handset = '/_mock/handsets/%2B16015550123'
const anotherHandset = '/_mock/handsets/%2B16015550131'

const clock: readonly ControlRequest[] = [
  ['GET', '/_mock/health'],
  ['GET', '/_mock/clock'],
  ['POST', '/_mock/clock', { advance: 'PT1M' }],
  ['POST', '/_mock/clock', { mode: 'frozen', set: fuzzStart }],
  ['POST', '/_mock/clock', { set: '2026-11-23T12:00:00Z', rate: 2 }],
  ['POST', '/_mock/clock', { offset_ms: -3_600_000, advance: 1000 }],
  ['POST', '/_mock/clock', { offset_ms: 86_400_000 }],
  ['POST', '/_mock/clock', { offset_ms: 0 }]
]

const journal: readonly ControlRequest[] = [
  ['GET', '/_mock/journal'],
  ['GET', '/_mock/journal'],
  ['GET', '/_mock/journal/digest'],
  ['GET', '/_mock/alerts'],
  ['GET', '/_mock/snapshot'],
  ['PUT', '/_mock/snapshot', { file: 'snow' }],
  ['POST', '/_mock/snapshot', { file: 'snow', set_clock: true }],
  ['POST', '/_mock/snapshot', { format: 'mock-twilio/world', version: 1, state: { messages: {} } }],
  ['GET', '/_mock/queues'],
  ['GET', '/_mock/recordings'],
  ['GET', '/_mock/recordings/RE1'],
  ['POST', '/_mock/await', { match: { kind: 'message.' }, count: 1, timeout_ms: 1, after: 0 }]
]

const resets: readonly ControlRequest[] = [
  {
    seed: 'a',
    profile: 'rough',
    numbers: [{ phone_number: '+16015550177', mms: false }],
    clock_offset_ms: 1000
  },
  { auth_token: 't', messaging_services: [{ phone_numbers: ['+16015550178'] }] },
  { recording_auth: 'off', silent_recordings: 'absent', conference_limit: 3 },
  { line_types: [{ phone_number: '+16015550123', type: 'pager' }], api_keys: [] },
  {
    profile: 'realistic',
    outages: [{ effect: 'hold', prefix: '+1', until: '2026-11-23T13:00:00Z' }],
    sender_rates: [{ sender: '+16015550100', segments_per_second: 2 }],
    handsets: [{ number: '+16015550123', persona: { off: { until: '2026-11-23T12:10:00Z' } } }]
  },
  {
    provider_year: 2024,
    callbacks: 'off',
    registration: 'enforced',
    short_codes: [{ short_code: '60155' }],
    campaigns: [{ service_sid: messagingServiceSid, daily_segments: 10 }]
  }
].map(body => ['POST', '/_mock/reset', body] as const)

const faults: readonly ControlRequest[] = [
  { match: { to_suffix: '99' }, effect: { type: 'outcome', status: 'failed' } },
  { effect: { type: 'delay', ms: [1, 60_000] }, probability: 0.1, count: 3 },
  { effect: { type: 'http', status: 503, retry_after: 1 }, count: 1 },
  { effect: { type: 'connection', fault: 'answer_lost' }, count: 1 },
  { effect: { type: 'callback', fault: 'reorder' }, count: 2 },
  { effect: { type: 'callback', fault: 'duplicate', status: 'delivered' }, count: 2 },
  { match: { operation: 'review-brand' }, effect: { type: 'outcome', status: 'FAILED' }, count: 2 },
  { match: { body_contains: 'bus' }, effect: { type: 'outcome', status: 'sent' }, count: 2 }
].map(body => ['POST', '/_mock/faults', body] as const)

const faultsAndOutages: readonly ControlRequest[] = [
  ...faults,
  ['GET', '/_mock/faults'],
  ['GET', '/_mock/faults/explain'],
  ['DELETE', '/_mock/faults/fault-1'],
  ['DELETE', '/_mock/faults'],
  ['GET', '/_mock/outages'],
  ['POST', '/_mock/outages', { effect: 'hold', prefix: '+1601', recovery_per_second: 5 }],
  ['POST', '/_mock/outages', { effect: 'undelivered', error_code: 30008, carrier: 'Mock Mobile' }],
  [
    'POST',
    '/_mock/outages',
    { effect: 'hold', from: '2026-11-23T11:00:00Z', until: '2026-11-23T12:00:30Z' }
  ],
  ['DELETE', '/_mock/outages/outage-1'],
  ['DELETE', '/_mock/outages/outage-2']
]

const people: readonly ControlRequest[] = [
  ['GET', handset],
  ['GET', '/_mock/handsets'],
  [
    'POST',
    `${handset}/messages`,
    { to: phoneNumbers[0], body: 'STOP', media_urls: ['https://x.invalid'] }
  ],
  ['POST', `${handset}/messages`, { to: phoneNumbers[1], body: 'START' }],
  [
    'POST',
    `${handset}/messages`,
    { to: phoneNumbers[0], media: [{ content_type: 'image/png', base64: 'AAAA' }] }
  ],
  ['POST', `${anotherHandset}/messages`, { to: '60155', body: 'x'.repeat(3300) }],
  [
    'PUT',
    handset,
    {
      line: 'mobile',
      carrier: 'Mock Mobile',
      off: { daily: { from: '21:00', to: '06:00', utc_offset: '-06:00' } },
      arrives_after: ['1 s', 'PT5S'],
      receipts: { after: 2000 },
      rules: [
        { when: { contains: 'bus', nth: 1 }, replies: ['Thank you', { opts_out: true, after: 5 }] },
        {
          when: { matches: '^your (bus|school)' },
          replies: { body: 'ok', after: ['1 s', '1 min'] }
        }
      ],
      most_replies: 5
    }
  ],
  [
    'PUT',
    anotherHandset,
    {
      condition: 'full',
      off: { until: '2026-11-23T12:10:00Z' },
      receipts: 'none',
      script: [{ expects: 'bus', replies: 'Which one?' }, { expects: { from: phoneNumbers[0] } }],
      rules: [{ replies: [] }]
    }
  ],
  ['DELETE', handset],
  ['DELETE', anotherHandset],
  ['GET', '/_mock/opt-outs'],
  ['DELETE', '/_mock/opt-outs'],
  ['POST', '/_mock/opt-outs', { handset: '+16015550123', sender: phoneNumbers[0], keyword: 'END' }],
  ['POST', '/_mock/opt-outs', { handset: '+16015550131', sender: messagingServiceSid }],
  ['POST', '/_mock/callbacks', { sid: 'SID', status: 'delivered' }],
  ['POST', '/_mock/callbacks', { sid: 'SID' }]
]

export const controlRequests: readonly ControlRequest[] = [
  ...clock,
  ...journal,
  ...resets,
  ...faultsAndOutages,
  ...people
]

const numbers = ['+16015550123', '+16015550131', phoneNumbers[0], messagingServiceSid]
const seqs = ['0', '1', '10', '1000', '100000']

/** Whatever some control request may be asked for in its query. */
export const controlQueries: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['kind', ['message.', 'request.refused', 'alert']],
  ['sid', ['SM1']],
  ['number', numbers],
  ['status', ['delivered', '201']],
  ['code', ['21610', '11200']],
  ['operation', ['create-message']],
  ['request_id', ['RQ1']],
  ['body_contains', ['bus']],
  ['after', seqs],
  ['before', seqs],
  ['since', ['2026-11-23T12:00:00Z', String(fuzzStart)]],
  ['until', ['2026-11-23T12:10:00Z', '0']],
  ['limit', ['1', '20', '100000']],
  ['keep', ['newest', 'oldest']],
  ['format', ['json', 'ndjson']],
  ['handset', numbers],
  ['sender', numbers],
  ['severity', ['error', 'warning']],
  ['seq', seqs],
  ['__proto__', ['a']]
]
