import { type RawBuilder, sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import type { Message } from './schemas.ts'

/** A message as its table has it (rows keep the spelling of their columns), with its conversation's ids. */
export interface MessageRow {
  id: number
  uuid: string
  bearer_id: number | null
  conversation_id: number | null
  announcement_id: number | null
  client_message_id: string | null
  direction: string
  sender_number: string
  receiver_number: string
  message_body: string
  media_urls: string
  media_file_urls: string
  message_type: string
  priority: string
  provider: string
  provider_status: string | null
  internal_status: string
  message_sid: string | null
  messaging_service_sid: string | null
  global_customer_id: string | null
  callback_url: string | null
  error_code: string | null
  error_description: string | null
  /** Of a call: human, machine_end_beep and so on. */
  answered_by: string | null
  /** Of a call: how often it was tried in vain. */
  call_attempts?: number
  num_segments: number
  encoding: string
  send_at: number | null
  provider_call_at: number | null
  created_at: number
  updated_at: number
  client_conversation_id: string | null
  global_id: string | null
  internal_conversation_id: string | null
  /** Of the announcement that it is part of. */
  client_announcement_id?: string | null
  /** The conversation's own, for a message that was given none. */
  conversation_callback_url?: string | null
}

/** The columns of a new row, for bulk inserts. */
export const messageColumns = {
  uuid: 'uuid',
  bearer_id: 'bigint',
  conversation_id: 'bigint',
  announcement_id: 'bigint',
  client_message_id: 'text',
  direction: 'text',
  sender_number: 'text',
  receiver_number: 'text',
  message_body: 'text',
  media_urls: 'text',
  media_file_urls: 'text',
  message_type: 'text',
  priority: 'text',
  provider: 'text',
  provider_status: 'text',
  internal_status: 'text',
  message_sid: 'text',
  messaging_service_sid: 'text',
  global_customer_id: 'text',
  callback_url: 'text',
  error_description: 'text',
  num_segments: 'integer',
  encoding: 'text',
  send_at: 'bigint',
  created_at: 'bigint',
  updated_at: 'bigint'
} as const

/** ``select ${messageFields} ${fromMessages} where …`` reads `MessageRow`s. */
export const messageFields: RawBuilder<unknown> = sql`m.*, c.client_conversation_id, c.global_id, c.internal_conversation_id,
  c.callback_url as conversation_callback_url, a.client_announcement_id`
export const fromMessages: RawBuilder<unknown> = sql`from messages m left join conversations c on c.id = m.conversation_id
  left join announcements a on a.id = m.announcement_id`

/** The message resource of the API, and the payload of its events. */
export function presentMessage(row: MessageRow): Message {
  return {
    id: row.id,
    client_conversation_id: row.client_conversation_id,
    global_id: row.global_id,
    internal_conversation_id: row.internal_conversation_id,
    media_file_urls: listIn(row.media_file_urls),
    media_urls: listIn(row.media_urls),
    message_body: row.message_body,
    message_sid: row.message_sid,
    message_type: row.message_type,
    message_uuid: row.uuid,
    priority: row.priority,
    provider: row.provider,
    provider_status: row.provider_status,
    receiver_number: row.receiver_number,
    sender_number: row.sender_number,
    internal_status: row.internal_status,
    direction: row.direction,
    error_code: row.error_code,
    error_description: row.error_description,
    num_segments: row.num_segments,
    encoding: row.encoding,
    send_at: row.send_at === null ? null : isoTime(row.send_at),
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at)
  }
}

/** Most messages have none, which needs no parser. */
const listIn = (json: string): string[] => (json === '[]' ? [] : JSON.parse(json))
