/*
 * What Zoom's events look like, written by hand from its webhook specification, field by field.
 * https://developers.zoom.us/docs/api/video-sdk/events
 *
 * s text, n whole number, t time (ISO 8601, UTC, no milliseconds); a star: always there. `one of` are the words
 * that are allowed.
 */

export type Field = string | { fields: Fields; isRequired: boolean; isArray?: boolean } | OneOf

export interface OneOf {
  words: readonly string[]
  isRequired: boolean
  isArray?: boolean
}

export type Fields = Readonly<Record<string, Field>>

export interface PublishedEvent {
  object: Fields
  /** Beside `object`, and beside `payload`. */
  payload?: Fields
  top?: Fields
}

const required = (fields: Fields): Field => ({ fields, isRequired: true })
const list = (fields: Fields, isRequired: boolean): Field => ({ fields, isRequired, isArray: true })

const session = { session_id: 's*', session_name: 's*', session_key: 's' }
const inSession = { ...session, id: 's*' }

const user = { id: 's*', name: 's*', user_key: 's', phone_number: 's', participant_uuid: 's*' }

const sharing: PublishedEvent = {
  object: {
    ...inSession,
    user: required({
      id: 's*',
      name: 's*',
      user_key: 's',
      sharing_details: required({
        content: { words: ['application', 'whiteboard', 'desktop', 'unknown'], isRequired: true },
        date_time: 't*'
      })
    })
  }
}

const liveStreaming: PublishedEvent = {
  object: {
    ...inSession,
    start_time: 't*',
    live_streaming: required({
      service: {
        words: ['Facebook', 'Workplace_by_Facebook', 'YouTube', 'Custom_Live_Streaming_Service'],
        isRequired: true
      },
      custom_live_streaming_settings: required({
        stream_url: 's*',
        stream_key: 's*',
        page_url: 's*',
        resolution: 's'
      }),
      date_time: 't*'
    })
  }
}

const recorded = { ...session, session_key: 's*', start_time: 't*', timezone: 's*' }

const recording: PublishedEvent = {
  object: { ...recorded, recording_file: required({ recording_start: 's', recording_end: 's' }) }
}

const file: Fields = {
  id: 's',
  recording_start: 's',
  recording_end: 's',
  file_name: 's',
  file_path: 's',
  file_type: {
    words: 'MP4 M4A CHAT TRANSCRIPT CSV CC TB CHAT_MESSAGE TIMELINE SUMMARY'.split(' '),
    isRequired: false
  },
  file_size: 'n',
  file_extension: {
    words: ['MP4', 'M4A', 'TXT', 'VTT', 'CSV', 'JSON', 'JPG'],
    isRequired: false
  },
  download_url: 's',
  status: { words: ['completed'], isRequired: false },
  recording_type: {
    words: [
      'shared_screen_with_speaker_view(CC)',
      'shared_screen_with_speaker_view',
      'shared_screen_with_gallery_view',
      'gallery_view',
      'shared_screen',
      'audio_only',
      'audio_transcript',
      'chat_file',
      'active_speaker',
      'host_video',
      'audio_only_each_participant',
      'cc_transcript',
      'closed_caption',
      'poll',
      'timeline',
      'thumbnail',
      'chat_message',
      'speaker_view',
      'individual_user',
      'individual_shared_screen',
      'summary'
    ],
    isRequired: false
  }
}

const participantFile = { ...file, user_id: 's', user_key: 's' }

const following: PublishedEvent = {
  object: { ...recorded, recording_files: list(file, true) },
  top: { download_token: 's*' }
}

const trash: PublishedEvent = {
  object: recorded,
  payload: { operator: 's*', operator_id: 's*' }
}

const stream: PublishedEvent = {
  object: {
    ...session,
    stream_ingestion: required({
      stream_id: 's*',
      stream_name: 's*',
      stream_description: 's',
      stream_key: 's*',
      stream_url: 's*',
      backup_stream_url: 's*'
    })
  }
}

const called = required({ invitee_name: 's*', phone_number: 'n*', from_number: 'n*' })
const canceledCallout = { ...session, session_key: 's*', user_key: 's*', participant: called }
const phoneCallout: PublishedEvent = {
  object: { ...canceledCallout, id: 'n', uuid: 's', host_id: 's*' }
}

const roomCallout: PublishedEvent = {
  object: {
    ...session,
    id: 'n',
    uuid: 's',
    host_id: 's*',
    message_id: 's*',
    inviter_name: 's*',
    participant: required({
      call_type: { words: ['h323', 'sip'], isRequired: true },
      device_ip: 's*'
    })
  }
}

export const publishedEvents: Readonly<Record<string, PublishedEvent>> = {
  'session.started': { object: { ...inSession, start_time: 't*' } },
  'session.ended': { object: { ...inSession, start_time: 't*', end_time: 't*' } },
  'session.user_joined': {
    object: { ...inSession, user: required({ ...user, join_time: 't*' }) }
  },
  'session.user_left': {
    object: { ...inSession, user: required({ ...user, leave_time: 't*', leave_reason: 's' }) }
  },
  'session.sharing_started': sharing,
  'session.sharing_ended': sharing,
  'session.alert': {
    object: {
      ...inSession,
      issues: {
        words: [
          'Unstable audio quality',
          'Unstable video quality',
          'Unstable screen share quality',
          'High CPU occupation',
          'Call Reconnection'
        ],
        isRequired: true,
        isArray: true
      }
    }
  },
  'session.live_streaming_started': liveStreaming,
  'session.live_streaming_stopped': liveStreaming,
  'session.recording_started': recording,
  'session.recording_paused': recording,
  'session.recording_resumed': recording,
  'session.recording_stopped': recording,
  'session.recording_completed': {
    object: {
      ...recorded,
      recording_files: list(file, true),
      participant_audio_files: list(participantFile, false),
      participant_video_files: list(participantFile, false)
    },
    top: { download_token: 's*' }
  },
  'session.recording_transcript_completed': following,
  'session.recording_summary_completed': following,
  'session.recording_transcript_failed': { object: recorded },
  'session.recording_trashed': trash,
  'session.recording_deleted': trash,
  'session.recording_recovered': trash,
  'session.stream_ingestion_connected': stream,
  'session.stream_ingestion_disconnected': stream,
  'session.stream_ingestion_started': stream,
  'session.stream_ingestion_stopped': stream,
  'session.stream_ingestion_unbind': stream,
  'session.user_phone_callout_ringing': phoneCallout,
  'session.user_phone_callout_accepted': phoneCallout,
  'session.user_phone_callout_missed': phoneCallout,
  'session.user_phone_callout_rejected': phoneCallout,
  'session.user_phone_callout_canceled': { object: canceledCallout },
  'session.user_room_system_callout_ringing': roomCallout,
  'session.user_room_system_callout_accepted': roomCallout,
  'session.user_room_system_callout_missed': roomCallout,
  'session.user_room_system_callout_rejected': roomCallout,
  'session.user_room_system_callout_failed': {
    object: { ...roomCallout.object, reason_type: 'n*' }
  }
}

/** In which points the body of a webhook differs from what was published: none, when it is as it must be. */
export function eventFlaws(body: unknown): string[] {
  const document = recordOf(body)
  const published = publishedEvents[String(document['event'])]
  if (published === undefined) return [`event: no such event, ${String(document['event'])}`]
  const payload = recordOf(document['payload'])
  const top: Fields = { event: 's*', event_ts: 'n*', ...published.top }
  const around: Fields = { account_id: 's*', ...published.payload }
  return [
    ...flawsOf('', without(document, 'payload'), top),
    ...flawsOf('payload.', without(payload, 'object'), around),
    ...flawsOf('payload.object.', recordOf(payload['object']), published.object)
  ]
}

/** The fields of the table that the body has, and those that it could have and has not, as paths. */
function flawsOf(path: string, value: Record<string, unknown>, fields: Fields): string[] {
  const surplus = Object.keys(value).filter(name => !Object.hasOwn(fields, name))
  return [
    ...surplus.map(name => `${path}${name}: no such field`),
    ...Object.entries(fields).flatMap(([name, field]) =>
      fieldFlaws(`${path}${name}`, value[name], field)
    )
  ]
}

function fieldFlaws(path: string, value: unknown, field: Field): string[] {
  const isRequired = typeof field === 'string' ? field.endsWith('*') : field.isRequired
  if (value === undefined) return isRequired ? [`${path}: is missing`] : []
  if (typeof field === 'string') return isOfType(value, field) ? [] : [`${path}: is no ${field}`]
  if (field.isArray === true) {
    if (!Array.isArray(value)) return [`${path}: is no list`]
    return value.flatMap((item, place) => itemFlaws(`${path}[${place}]`, item, field))
  }
  return itemFlaws(path, value, field)
}

function itemFlaws(path: string, value: unknown, field: Exclude<Field, string>): string[] {
  if ('fields' in field) return flawsOf(`${path}.`, recordOf(value), field.fields)
  return field.words.includes(String(value)) ? [] : [`${path}: ${String(value)} is no such word`]
}

function isOfType(value: unknown, type: string): boolean {
  if (type.startsWith('n')) return Number.isSafeInteger(value)
  if (typeof value !== 'string') return false
  return !type.startsWith('t') || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
}

function without(value: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : { 'not an object': value }
}
