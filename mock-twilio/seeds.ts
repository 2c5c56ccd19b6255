import { Type, type Static } from '@sinclair/typebox'

import { mostOffsetMs } from '../simulator/clock.ts'
import { AdvancedOptOut } from './carrier/advanced-opt-out.ts'
import { HandsetSeed } from './carrier/persona.ts'

/** What a world begins with: the body of POST /_mock/reset, and the `accounts` of createMockTwilio. */

const strict = { additionalProperties: false }
const HttpMethod = Type.Union([Type.Literal('GET'), Type.Literal('POST')])

export const NumberSeed = Type.Object(
  {
    phone_number: Type.String({ pattern: '^\\+[1-9][0-9]{1,14}$' }),
    sid: Type.Optional(Type.String({ pattern: '^PN[0-9a-fA-F]{32}$' })),
    friendly_name: Type.Optional(Type.String()),
    sms_url: Type.Optional(Type.String()),
    sms_method: Type.Optional(HttpMethod),
    sms_fallback_url: Type.Optional(Type.String()),
    voice_url: Type.Optional(Type.String({ description: 'asked when somebody calls' })),
    status_callback: Type.Optional(Type.String({ description: 'told how such calls fare' })),
    sms: Type.Optional(Type.Boolean({ description: 'whether it texts at all; default true' })),
    mms: Type.Optional(Type.Boolean({ description: 'whether it takes media; default true' }))
  },
  strict
)

const ShortCodeSeed = Type.Object(
  {
    short_code: Type.String({ pattern: '^[0-9]{3,8}$' }),
    sid: Type.Optional(Type.String({ pattern: '^SC[0-9a-fA-F]{32}$' })),
    friendly_name: Type.Optional(Type.String()),
    sms_url: Type.Optional(Type.String()),
    sms_method: Type.Optional(HttpMethod),
    sms_fallback_url: Type.Optional(Type.String())
  },
  strict
)

const ApplicationSeed = Type.Object(
  {
    sid: Type.String({ pattern: '^AP[0-9a-fA-F]{32}$' }),
    friendly_name: Type.Optional(Type.String()),
    voice_url: Type.Optional(Type.String({ description: 'asked when a browser calls' })),
    status_callback: Type.Optional(Type.String({ description: 'told how such calls fare' }))
  },
  strict
)
export type ApplicationSeed = Static<typeof ApplicationSeed>

const ApiKeySeed = Type.Object(
  {
    sid: Type.String(),
    secret: Type.String(),
    type: Type.Optional(
      Type.Union([Type.Literal('main'), Type.Literal('standard'), Type.Literal('restricted')], {
        description:
          'main (the default) may do everything; standard does not reach Accounts, Keys and Tokens; restricted does what its permissions name'
      })
    ),
    permissions: Type.Optional(
      Type.Array(Type.String(), { description: 'operations, as the journal names them' })
    )
  },
  strict
)

export const MessagingServiceSeed = Type.Object(
  {
    sid: Type.Optional(Type.String({ pattern: '^MG[0-9a-fA-F]{32}$' })),
    friendly_name: Type.Optional(Type.String()),
    phone_numbers: Type.Optional(Type.Array(Type.String(), { description: 'E.164; owned' })),
    inbound_request_url: Type.Optional(Type.String()),
    status_callback: Type.Optional(Type.String()),
    use_inbound_webhook_on_number: Type.Optional(Type.Boolean()),
    sticky_sender: Type.Optional(Type.Boolean()),
    area_code_geomatch: Type.Optional(Type.Boolean()),
    mms_converter: Type.Optional(Type.Boolean()),
    smart_encoding: Type.Optional(Type.Boolean()),
    fallback_to_long_code: Type.Optional(Type.Boolean()),
    advanced_opt_out: Type.Optional(AdvancedOptOut)
  },
  strict
)

export const LineType = Type.Union(
  [
    Type.Literal('mobile'),
    Type.Literal('landline'),
    Type.Literal('fixedVoip'),
    Type.Literal('nonFixedVoip'),
    Type.Literal('tollFree'),
    Type.Literal('personal'),
    Type.Literal('premium'),
    Type.Literal('voicemail'),
    Type.Literal('sharedCost'),
    Type.Literal('uan'),
    Type.Literal('pager'),
    Type.Literal('unknown'),
    Type.Literal('not_found')
  ],
  {
    description:
      'what a lookup says of a number. unknown: a type of null with error 60600. not_found: a refusal, 404/20404'
  }
)

const LineTypeSeed = Type.Object(
  { phone_number: Type.String({ pattern: '^\\+[1-9][0-9]{1,14}$' }), type: LineType },
  strict
)

export const Profile = Type.Union(
  [
    Type.Literal('reliable'),
    Type.Literal('instant'),
    Type.Literal('rough'),
    Type.Literal('realistic')
  ],
  {
    description:
      'reliable: all is delivered, after realistic delays. instant: the same at once. rough: a seeded share goes wrong. realistic: delays, failures, filters and throughput as in life'
  }
)

/** UTC, and no date that does not exist in some month. */
const Instant = Type.String({
  pattern:
    '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?Z$'
})

export const OutageSeed = Type.Object(
  {
    from: Type.Optional(Instant),
    until: Type.Optional(Instant),
    carrier: Type.Optional(Type.String()),
    prefix: Type.Optional(Type.String({ pattern: '^\\+[0-9]*$' })),
    effect: Type.Union([Type.Literal('hold'), Type.Literal('undelivered')]),
    error_code: Type.Optional(Type.Integer({ minimum: 10_000, maximum: 99_999 })),
    recovery_per_second: Type.Optional(Type.Number({ minimum: 0.001, maximum: 1000 }))
  },
  {
    ...strict,
    description:
      'a carrier that is down, in virtual time: from now on when `from` is absent, until it is ended when `until` is'
  }
)

const SenderRate = Type.Object(
  {
    sender: Type.String(),
    segments_per_second: Type.Number({ minimum: 0.001, maximum: 100_000 })
  },
  strict
)

const CampaignSeed = Type.Object(
  {
    service_sid: Type.String({ pattern: '^MG[0-9a-fA-F]{32}$' }),
    segments_per_second: Type.Optional(Type.Number({ minimum: 0.001, maximum: 100_000 })),
    daily_segments: Type.Optional(Type.Integer({ minimum: 0 }))
  },
  { ...strict, description: 'a 10DLC campaign, and what carriers let pass of it' }
)

export const WorldSeed = Type.Object(
  {
    seed: Type.Optional(Type.String()),
    profile: Type.Optional(Profile),
    friendly_name: Type.Optional(Type.String()),
    auth_token: Type.Optional(Type.String()),
    api_keys: Type.Optional(Type.Array(ApiKeySeed)),
    numbers: Type.Optional(Type.Array(NumberSeed)),
    applications: Type.Optional(Type.Array(ApplicationSeed)),
    short_codes: Type.Optional(Type.Array(ShortCodeSeed)),
    messaging_services: Type.Optional(Type.Array(MessagingServiceSeed)),
    line_types: Type.Optional(Type.Array(LineTypeSeed)),
    event_sink_url: Type.Optional(
      Type.String({
        pattern: '^https?://',
        description: 'where events of brands and campaigns are posted; nowhere, when absent'
      })
    ),
    brand_events: Type.Optional(
      Type.Union([Type.Literal('twilio'), Type.Literal('gem')], {
        description:
          'twilio (default): brand-registered, then brand-verified. gem: brand-unverified, then brand-registered'
      })
    ),
    supporting_document_status: Type.Optional(
      Type.Union([Type.Literal('lower'), Type.Literal('upper')], {
        description: 'lower (default): draft, pending-review. upper: DRAFT, PENDING_REVIEW'
      })
    ),
    clock_offset_ms: Type.Optional(
      Type.Integer({
        minimum: -mostOffsetMs,
        maximum: mostOffsetMs,
        description: "how far this world's time is ahead of the clock"
      })
    ),
    test_credentials: Type.Optional(
      Type.Boolean({
        description: 'an account for magic numbers alone: it stores nothing and calls nobody back'
      })
    ),
    gem_compat: Type.Optional(
      Type.Boolean({ description: 'fills the fields that the Ruby gem mock-twilio wants filled' })
    ),
    callbacks: Type.Optional(
      Type.Union([Type.Literal('on'), Type.Literal('off')], {
        description: 'off: no status callback and no inbound webhook goes out; default on'
      })
    ),
    recording_auth: Type.Optional(
      Type.Union([Type.Literal('on'), Type.Literal('off')], {
        description:
          'off: files of recordings are had without a login, as in accounts made before August 2023; default on'
      })
    ),
    silent_recordings: Type.Optional(
      Type.Union([Type.Literal('completed'), Type.Literal('absent')], {
        description: 'what becomes of a recording in which nothing was said; default completed'
      })
    ),
    conference_limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'how many may be in conferences of the account at once; default no limit'
      })
    ),
    provider_year: Type.Optional(
      Type.Union([Type.Literal(2024), Type.Literal(2026)], {
        description: "whose limits and keywords are the provider's; default 2026"
      })
    ),
    throughput: Type.Optional(
      Type.Union([Type.Literal('unlimited'), Type.Literal('realistic')], {
        description: 'whether senders have queues; default unlimited, and realistic in that profile'
      })
    ),
    sender_rates: Type.Optional(Type.Array(SenderRate)),
    campaigns: Type.Optional(Type.Array(CampaignSeed)),
    registration: Type.Optional(
      Type.Union([Type.Literal('ignored'), Type.Literal('enforced')], {
        description:
          'whether unregistered senders are blocked in +1 (30034, 30032); default ignored'
      })
    ),
    verified_toll_free: Type.Optional(Type.Array(Type.String())),
    outages: Type.Optional(Type.Array(OutageSeed)),
    handsets: Type.Optional(Type.Array(HandsetSeed)),
    add_ons: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'what inbound messages carry as AddOns, as JSON; nothing when absent'
      })
    )
  },
  strict
)

export type OutageSeed = Static<typeof OutageSeed>
export type Profile = Static<typeof Profile>
export type WorldSeed = Static<typeof WorldSeed>
export type LineType = Static<typeof LineType>
export type ShortCodeSeed = Static<typeof ShortCodeSeed>
export type ApiKeySeed = Static<typeof ApiKeySeed>
export type NumberSeed = Static<typeof NumberSeed>
export type MessagingServiceSeed = Static<typeof MessagingServiceSeed>
export type AccountSeed = WorldSeed & { account_sid: string }
