import { Type } from '@sinclair/typebox'
import type { EventContract } from '../../platform/openapi.ts'
import { Timestamp } from '../../platform/schemas.ts'
import { Voicemail } from './schemas.ts'

const event = (title: string, type: string) =>
  Type.Object(
    {
      type: Type.Literal(type),
      event_id: Type.String({ format: 'uuid', description: 'Equal to the header `webhook-id`.' }),
      occurred_at: Timestamp,
      ...Voicemail.properties
    },
    { title }
  )

export const voicemailEvents: EventContract[] = [
  {
    type: 'direct_calls.voicemail.recorded',
    summary: 'A voicemail can be listened to',
    payload: event('VoicemailRecordedEvent', 'direct_calls.voicemail.recorded')
  },
  {
    type: 'direct_calls.voicemail.transcripted',
    summary: 'A voicemail can be read',
    payload: event('VoicemailTranscriptedEvent', 'direct_calls.voicemail.transcripted')
  },
  {
    type: 'direct_calls.voicemail.status_update',
    summary: 'A voicemail reached another status',
    payload: event('VoicemailStatusUpdateEvent', 'direct_calls.voicemail.status_update')
  }
]
