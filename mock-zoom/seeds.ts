import { Type, type Static } from '@sinclair/typebox'

import { mostOffsetMs } from '../simulator/clock.ts'
import { eventNames } from './webhooks/event-names.ts'

/** What a world begins with: the body of POST /_mock/reset, and the `accounts` of createMockZoom. */

const strict = { additionalProperties: false }

const Secret = Type.String({ minLength: 1, maxLength: 200 })
/** Ten years of virtual time are enough for anything. */
const Ms = Type.Integer({ minimum: 0, maximum: 315_360_000_000 })

const EventName = Type.Union(eventNames.map(name => Type.Literal(name)))

export const SubscriptionSeed = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2000 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    events: Type.Optional(Type.Array(EventName, { description: 'all of them, when absent' })),
    secret_token: Type.Optional(Secret),
    authorization: Type.Optional(
      Type.String({ maxLength: 500, description: 'the header of the deprecated token scheme' })
    )
  },
  strict
)

export const recordingFileKinds = [
  'shared_screen_with_speaker_view',
  'shared_screen_with_gallery_view',
  'active_speaker',
  'gallery_view',
  'shared_screen',
  'audio_only',
  'chat_file',
  'closed_caption',
  'timeline'
] as const

/** What Zoom leaves open, or decides by the account: each with the value that its documents make likely. */
const settings = {
  plan: Type.Optional(
    Type.Union([Type.Literal('free'), Type.Literal('pro'), Type.Literal('business')], {
      description: 'by which requests are limited; default pro'
    })
  ),
  rate_limits: Type.Optional(Type.Union([Type.Literal('enforced'), Type.Literal('off')])),
  accepts_oauth: Type.Optional(
    Type.Boolean({ description: 'whether Video SDK takes server-to-server tokens; default false' })
  ),
  ended_session: Type.Optional(
    Type.Union([Type.Literal('300'), Type.Literal('3001')], {
      description: 'the code of ending a session that has ended; default 300'
    })
  ),
  timezone: Type.Optional(Type.String({ maxLength: 60 })),
  cloud_recording: Type.Optional(
    Type.Union(
      ['enabled', 'disabled', 'expired', 'full', 'no_events_api'].map(state => Type.Literal(state)),
      { description: 'expired: the plan; full: the storage; no_events_api: no in-session controls' }
    )
  ),
  recording_files: Type.Optional(
    Type.Array(Type.Union(recordingFileKinds.map(kind => Type.Literal(kind))), {
      description: 'which files a recording has; default speaker view, audio, chat'
    })
  ),
  audio_per_participant: Type.Optional(Type.Boolean()),
  transcripts: Type.Optional(
    Type.Union([Type.Literal('by_token'), Type.Literal('always'), Type.Literal('with_summary')], {
      description: "by_token (default): as the host's token asks"
    })
  ),
  universal_credit: Type.Optional(
    Type.Boolean({ description: 'whether recording options of tokens count; default true' })
  ),
  recording_events: Type.Optional(
    Type.Union([Type.Literal('one'), Type.Literal('per_run')], {
      description: 'of several recordings in one session; default one event for all'
    })
  ),
  recording_delay_ms: Type.Optional(Ms),
  transcript_delay_ms: Type.Optional(Ms),
  summary_delay_ms: Type.Optional(Ms),
  shortest_recording_ms: Type.Optional(Ms),
  may_recover: Type.Optional(
    Type.Boolean({ description: 'false: recovering is refused, under a status of 200' })
  ),
  download_redirects: Type.Optional(
    Type.Boolean({ description: 'whether a download URL leads to another one first; default true' })
  ),
  lone_user_timeout_ms: Type.Optional(Ms),
  lost_connection_ms: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 315_360_000_000,
      description: 'until a connection that broke is noticed; default 90 s'
    })
  ),
  most_users: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
  leave_reasons: Type.Optional(
    Type.Union([Type.Literal('plain'), Type.Literal('html')], {
      description: 'html: two sentences and a line break, as in a sample; default plain'
    })
  ),
  expired_token: Type.Optional(
    Type.Union([Type.Literal('keeps_users'), Type.Literal('removes_users')], {
      description: 'what becomes of those inside when their token expires; default keeps_users'
    })
  ),
  webhook_timeout_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
  webhook_retries_ms: Type.Optional(
    Type.Array(Ms, { maxItems: 10, description: 'each after the attempt before' })
  ),
  webhook_request_ids: Type.Optional(
    Type.Union([Type.Literal('per_attempt'), Type.Literal('per_event')])
  ),
  validation_interval_ms: Type.Optional(Ms),
  escapes_unicode: Type.Optional(
    Type.Boolean({ description: 'webhooks spell what is not ASCII as \\uXXXX; default false' })
  ),
  path_encoding: Type.Optional(
    Type.Union([Type.Literal('strict'), Type.Literal('lenient')], {
      description: 'strict (default): an id that begins with / or holds // is encoded twice'
    })
  )
}

export const WorldSeed = Type.Object(
  {
    seed: Type.Optional(Type.String({ maxLength: 200 })),
    friendly_name: Type.Optional(Type.String({ maxLength: 200 })),
    sdk_key: Type.Optional(Secret),
    sdk_secret: Type.Optional(Secret),
    api_key: Type.Optional(Secret),
    api_secret: Type.Optional(Secret),
    client_id: Type.Optional(Secret),
    client_secret: Type.Optional(Secret),
    secret_token: Type.Optional(Secret),
    master_account_id: Type.Optional(
      Type.String({ description: 'whose API token opens /accounts/{this account}/…' })
    ),
    subscriptions: Type.Optional(Type.Array(SubscriptionSeed, { maxItems: 20 })),
    clock_offset_ms: Type.Optional(Type.Integer({ minimum: -mostOffsetMs, maximum: mostOffsetMs })),
    ...settings
  },
  strict
)

export type WorldSeed = Static<typeof WorldSeed>
export type SubscriptionSeed = Static<typeof SubscriptionSeed>
export type AccountSeed = WorldSeed & { account_id: string }

/** The settings of a world, those that nobody set among them. */
export type Settings = ReturnType<typeof settingsOf>

export function settingsOf(origin: WorldSeed) {
  return {
    plan: origin.plan ?? ('pro' as const),
    isRateLimited: origin.rate_limits !== 'off',
    acceptsOauth: origin.accepts_oauth === true,
    endedSession: origin.ended_session ?? ('300' as const),
    timezone: origin.timezone ?? 'America/Chicago',
    cloudRecording: origin.cloud_recording ?? 'enabled',
    recordingFiles: origin.recording_files ?? usualFiles,
    audioPerParticipant: origin.audio_per_participant === true,
    transcripts: origin.transcripts ?? ('by_token' as const),
    hasUniversalCredit: origin.universal_credit !== false,
    recordingEvents: origin.recording_events ?? ('one' as const),
    recordingDelayMs: origin.recording_delay_ms ?? 10_000,
    transcriptDelayMs: origin.transcript_delay_ms ?? 20_000,
    summaryDelayMs: origin.summary_delay_ms ?? 30_000,
    shortestRecordingMs: origin.shortest_recording_ms ?? 5000,
    mayRecover: origin.may_recover !== false,
    redirectsDownloads: origin.download_redirects !== false,
    loneUserTimeoutMs: origin.lone_user_timeout_ms ?? 40 * 60_000,
    lostConnectionMs: origin.lost_connection_ms ?? 90_000,
    mostUsers: origin.most_users ?? 5000,
    leaveReasons: origin.leave_reasons ?? ('plain' as const),
    expiredToken: origin.expired_token ?? ('keeps_users' as const),
    webhookTimeoutMs: origin.webhook_timeout_ms ?? 3000,
    webhookRetriesMs: origin.webhook_retries_ms ?? [5, 20, 60].map(minutes => minutes * 60_000),
    webhookRequestIds: origin.webhook_request_ids ?? ('per_attempt' as const),
    validationIntervalMs: origin.validation_interval_ms ?? 72 * 3_600_000,
    escapesUnicode: origin.escapes_unicode === true,
    isPathStrict: origin.path_encoding !== 'lenient'
  }
}

const usualFiles: readonly (typeof recordingFileKinds)[number][] = [
  'shared_screen_with_speaker_view',
  'audio_only',
  'chat_file'
]
