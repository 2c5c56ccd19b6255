/**
 * The events of a Video SDK account. https://developers.zoom.us/docs/api/video-sdk/events
 * `session.deleted` was announced in July 2024 and is in no specification: its payload is not known, and it is
 * never sent.
 */
export const eventNames = [
  'session.started',
  'session.ended',
  'session.user_joined',
  'session.user_left',
  'session.sharing_started',
  'session.sharing_ended',
  'session.alert',
  'session.live_streaming_started',
  'session.live_streaming_stopped',
  'session.recording_started',
  'session.recording_paused',
  'session.recording_resumed',
  'session.recording_stopped',
  'session.recording_completed',
  'session.recording_transcript_completed',
  'session.recording_transcript_failed',
  'session.recording_summary_completed',
  'session.recording_trashed',
  'session.recording_deleted',
  'session.recording_recovered',
  'session.stream_ingestion_connected',
  'session.stream_ingestion_disconnected',
  'session.stream_ingestion_started',
  'session.stream_ingestion_stopped',
  'session.stream_ingestion_unbind',
  'session.user_phone_callout_ringing',
  'session.user_phone_callout_accepted',
  'session.user_phone_callout_missed',
  'session.user_phone_callout_rejected',
  'session.user_phone_callout_canceled',
  'session.user_room_system_callout_ringing',
  'session.user_room_system_callout_accepted',
  'session.user_room_system_callout_missed',
  'session.user_room_system_callout_rejected',
  'session.user_room_system_callout_failed'
] as const

export type EventName = (typeof eventNames)[number]
