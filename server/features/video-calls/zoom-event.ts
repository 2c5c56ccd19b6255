import { createHash } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { parseInstant } from '../../platform/instant.ts'
import { storable } from '../../platform/storable.ts'
import { findingsIn } from '../../platform/validation.ts'
import type { ErrorDetail } from '../../platform/errors.ts'

const Time = Type.String({ examples: ['2026-01-01T00:00:00Z'] })
/** The provider's schema says text; its samples show numbers too. */
const Word = Type.Union([Type.String({ minLength: 1, maxLength: 255 }), Type.Number()])

/** The envelope of every event: https://developers.zoom.us/docs/api/webhooks/ */
export const ZoomEvent = Type.Object(
  {
    event: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Its name, e.g. `session.started`.'
      })
    ),
    event_ts: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Milliseconds since the epoch.' })
    ),
    payload: Type.Optional(
      Type.Object({}, { additionalProperties: true, description: 'By event; kept as it came.' })
    )
  },
  {
    title: 'ZoomEvent',
    description: 'Among other fields of Zoom.',
    examples: [
      {
        event: 'endpoint.url_validation',
        event_ts: 1_767_225_600_000,
        payload: { plainToken: 'qPlainTokenExample0001' }
      }
    ]
  }
)

export type ZoomEvent = Static<typeof ZoomEvent>

/** What an event must have to be of use: https://developers.zoom.us/docs/api/video-sdk/events/ */
const session = {
  session_id: Word,
  session_name: Type.Optional(Type.String()),
  session_key: Type.Optional(Word)
}
const File = Type.Object({
  id: Type.Optional(Word),
  file_type: Type.Optional(Type.String()),
  file_extension: Type.Optional(Type.String()),
  recording_type: Type.Optional(Type.String()),
  recording_start: Type.Optional(Type.String()),
  recording_end: Type.Optional(Type.String()),
  user_key: Type.Optional(Type.String()),
  download_url: Type.Optional(Type.String())
})
const Files = Type.Array(File)
const user = {
  id: Word,
  name: Type.Optional(Type.String()),
  user_key: Type.Optional(Word),
  participant_uuid: Type.Optional(Word)
}
const Plain = Type.Object({ ...session, start_time: Type.Optional(Time) })
const Recorded = Type.Object({
  ...session,
  start_time: Type.Optional(Time),
  recording_files: Files,
  participant_audio_files: Type.Optional(Files),
  participant_video_files: Type.Optional(Files)
})
const objects = {
  'session.started': Type.Object({ ...session, start_time: Time }),
  'session.ended': Type.Object({ ...session, start_time: Type.Optional(Time), end_time: Time }),
  'session.user_joined': Type.Object({
    ...session,
    user: Type.Object({ ...user, join_time: Time })
  }),
  'session.user_left': Type.Object({
    ...session,
    user: Type.Object({ ...user, leave_time: Time, leave_reason: Type.Optional(Type.String()) })
  }),
  'session.recording_started': Plain,
  'session.recording_stopped': Plain,
  'session.recording_completed': Recorded,
  'session.recording_transcript_completed': Recorded,
  'session.recording_summary_completed': Recorded
} as const
type Known = keyof typeof objects

const isKnown = (event: string): event is Known => Object.hasOwn(objects, event)

/** What an event, or the provider when it is asked, says of one session. What it does not say is null. */
export interface SessionFact {
  sessionId: string
  sessionKey: string | null
  topic: string | null
  startedAt: number | null
  endedAt: number | null
  recordedAt: number | null
  visits: VisitFact[]
  files: FileFact[]
}

/** A session of which nothing is said. */
export const noFact = (sessionId: string): SessionFact => ({
  sessionId,
  sessionKey: null,
  topic: null,
  startedAt: null,
  endedAt: null,
  recordedAt: null,
  visits: [],
  files: []
})

export interface VisitFact {
  userId: string
  userKey: string | null
  name: string
  participantUuid: string | null
  joinedAt: number | null
  leftAt: number | null
  leaveReason: string | null
}

export interface FileFact {
  fileKey: string
  fileType: string
  extension: string
  recordingType: string | null
  recordingStart: number | null
  recordingEnd: number | null
  userKey: string | null
  downloadUrl: string
}

/** What is wrong with an event, by field; nothing for those that we make no use of. */
export function problemsIn(event: ZoomEvent): ErrorDetail[] {
  if (event.event === undefined) return [{ field: 'event', message: 'is required' }]
  if (event.event === 'endpoint.url_validation')
    return named(findingsIn(Validation, event.payload ?? {}), 'payload')
  if (!isKnown(event.event)) return []
  const given: unknown = event.payload
  if (!isRecord(given) || !isRecord(given['object']))
    return [{ field: 'payload.object', message: 'is required' }]
  const shape = named(findingsIn(objects[event.event], given['object']), 'payload.object')
  return shape.length > 0 ? shape : timesIn(given['object'])
}

const Validation = Type.Object({ plainToken: Type.String({ minLength: 1, maxLength: 1_000 }) })

/** The token of a challenge that has no problems. */
export function plainTokenOf(event: ZoomEvent): string | undefined {
  const token: unknown =
    event.payload && 'plainToken' in event.payload ? event.payload.plainToken : undefined
  return event.event === 'endpoint.url_validation' && typeof token === 'string' ? token : undefined
}

const named = (findings: { path: string; message: string }[], field: string): ErrorDetail[] =>
  findings.map(({ path, message }) => ({
    field: `${field}${path.replaceAll(/\/(\d+)/g, '[$1]').replaceAll('/', '.')}`,
    message
  }))

/** Every time that is given must be one. */
function timesIn(object: Record<string, unknown>): ErrorDetail[] {
  const places: [string, unknown][] = [
    ['start_time', object['start_time']],
    ['end_time', object['end_time']],
    ['user.join_time', isRecord(object['user']) ? object['user']['join_time'] : undefined],
    ['user.leave_time', isRecord(object['user']) ? object['user']['leave_time'] : undefined]
  ]
  return places
    .filter(([, time]) => typeof time === 'string' && parseInstant(time) === undefined)
    .map(([field]) => ({
      field: `payload.object.${field}`,
      message: 'must be an ISO 8601 time with a time zone'
    }))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a stored event says; undefined for one that says nothing to us. */
export function readEvent(body: string): SessionFact | undefined {
  const event: unknown = JSON.parse(body)
  if (!isRecord(event) || typeof event['event'] !== 'string' || !isKnown(event['event']))
    return undefined
  const object = isRecord(event['payload']) ? event['payload']['object'] : undefined
  if (!isRecord(object)) return undefined
  const kind = event['event']
  const isRecording = kind.startsWith('session.recording_')
  const at = typeof event['event_ts'] === 'number' ? event['event_ts'] : null
  return {
    sessionId: wordOf(object['session_id']) ?? '',
    sessionKey: wordOf(object['session_key']),
    topic: wordOf(object['session_name'])?.toLowerCase() ?? null,
    startedAt: timeOf(object['start_time']),
    endedAt: kind === 'session.ended' ? timeOf(object['end_time']) : null,
    recordedAt: isRecording ? (timeOf(object['start_time']) ?? at) : null,
    visits: readVisits(object['user']),
    files: readFiles(object)
  }
}

function readVisits(user: unknown): VisitFact[] {
  if (!isRecord(user)) return []
  return [
    {
      userId: wordOf(user['id']) ?? '',
      userKey: wordOf(user['user_key']),
      name: wordOf(user['name']) ?? '',
      participantUuid: wordOf(user['participant_uuid']),
      joinedAt: timeOf(user['join_time']),
      leftAt: timeOf(user['leave_time']),
      leaveReason: wordOf(user['leave_reason'])
    }
  ]
}

const fileLists = ['recording_files', 'participant_audio_files', 'participant_video_files']

/** The files of an event, or of the provider's own list, that can be downloaded. */
export function readFiles(object: Record<string, unknown>): FileFact[] {
  const sessionId = wordOf(object['session_id']) ?? ''
  return fileLists
    .flatMap(name => (Array.isArray(object[name]) ? object[name] : []))
    .filter(isRecord)
    .flatMap(file => {
      const downloadUrl = wordOf(file['download_url'])
      if (downloadUrl === null) return []
      const fileType = wordOf(file['file_type']) ?? 'UNKNOWN'
      const recordingType = wordOf(file['recording_type'])
      const start = wordOf(file['recording_start'])
      return [
        {
          // Captions and time lines come without an id.
          fileKey:
            wordOf(file['id']) ??
            createHash('sha256')
              .update(JSON.stringify([sessionId, fileType, recordingType, start]))
              .digest('hex')
              .slice(0, 40),
          fileType,
          extension: (wordOf(file['file_extension']) ?? fileType).toLowerCase(),
          recordingType,
          recordingStart: timeOf(file['recording_start']),
          recordingEnd: timeOf(file['recording_end']),
          userKey: wordOf(file['user_key']),
          downloadUrl
        }
      ]
    })
}

const wordOf = (value: unknown): string | null =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? storable(String(value))
    : null

const timeOf = (value: unknown): number | null =>
  typeof value === 'string' ? (parseInstant(value) ?? null) : null
