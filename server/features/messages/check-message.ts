import type { Config } from '../../config.ts'
import type { CurrentBearer } from '../../platform/access.ts'
import { type ErrorDetail, invalidValues } from '../../platform/errors.ts'
import { newUuid } from '../../platform/ids.ts'
import { parseInstant } from '../../platform/instant.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { messageTypeFor } from '../../telephony/message-type.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import { countSegments } from '../../telephony/segments.ts'
import { countCodePoints } from '../../telephony/text.ts'
import type { ConversationReference } from '../conversations/resolve-conversations.ts'
import type { MessageStatus } from './lifecycle.ts'
import type { MessageRow } from './message-row.ts'
import type { CreateMessage } from './schemas.ts'

export const longestBody = 1_600
export const mostMedia = 10

/** A message that may be stored: every rule that needs no database holds. */
export interface CheckedMessage {
  /** Complete but for its id and its conversation. */
  row: MessageRow & { bearer_id: number }
  conversation: ConversationReference
}

/**
 * Checks a request to send a message against the rules of the trade.
 *
 * @throws 422 naming every field at fault
 */
export function checkMessage(
  { message }: CreateMessage,
  bearer: CurrentBearer,
  config: Pick<Config, 'SMS_TO_MMS_RULE' | 'LOOKUP_BEFORE_FIRST_SMS'>,
  now: number
): CheckedMessage {
  const problems: ErrorDetail[] = []
  const complain = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ field: `message.${field}`, message: problem })
  }

  complain('sender_number', phoneNumberProblem(message.sender_number))
  complain('receiver_number', phoneNumberProblem(message.receiver_number))
  const body = message.message_body ?? ''
  const mediaUrls = message.media_urls ?? []
  if (body.trim() === '' && mediaUrls.length === 0)
    complain('message_body', 'is required when there are no media_urls')
  const length = countCodePoints(body)
  if (length > longestBody)
    complain('message_body', `must have at most ${longestBody} characters, got ${length}`)
  if (mediaUrls.length > mostMedia)
    complain('media_urls', `must have at most ${mostMedia} URLs, got ${mediaUrls.length}`)
  for (const [place, url] of mediaUrls.entries())
    complain(`media_urls[${place}]`, httpUrlProblem(url))
  if (message.callback_url !== undefined)
    complain('callback_url', httpUrlProblem(message.callback_url))
  const sendAt = message.send_at === undefined ? null : parseInstant(message.send_at)
  if (sendAt === undefined)
    complain('send_at', 'must be an ISO 8601 time with a time zone, like 2026-11-23T16:00:00Z')
  else if (sendAt !== null && sendAt <= now) complain('send_at', 'must be in the future')
  if (problems.length > 0) throw invalidValues(problems)

  const { count, encoding } = countSegments(body)
  const messageType = messageTypeFor({
    body,
    mediaCount: mediaUrls.length,
    requested: message.message_type,
    rule: config.SMS_TO_MMS_RULE
  })
  const {
    client_conversation_id = null,
    global_id = null,
    internal_conversation_id = null
  } = message
  const callbackUrl = message.callback_url ?? null
  return {
    conversation: {
      bearerId: bearer.id,
      applicationName: message.application_name ?? bearer.name,
      clientConversationId: client_conversation_id,
      globalId: global_id,
      internalConversationId: internal_conversation_id,
      callbackUrl
    },
    row: {
      id: 0,
      uuid: newUuid(now),
      bearer_id: bearer.id,
      conversation_id: null,
      announcement_id: null,
      client_message_id: null,
      direction: 'outbound',
      sender_number: message.sender_number,
      receiver_number: message.receiver_number,
      message_body: body,
      media_urls: mediaUrls.length === 0 ? '[]' : JSON.stringify(mediaUrls),
      media_file_urls: '[]',
      message_type: messageType,
      priority: message.priority ?? 'normal',
      provider: 'twilio',
      provider_status: null,
      internal_status: firstStatus(sendAt, messageType, config),
      message_sid: null,
      messaging_service_sid: message.messaging_service_sid ?? null,
      global_customer_id: message.global_customer_id ?? null,
      callback_url: callbackUrl,
      conversation_callback_url: null,
      error_code: null,
      error_description: null,
      answered_by: null,
      num_segments: messageType === 'mms' ? 1 : count,
      encoding,
      send_at: sendAt ?? null,
      provider_call_at: null,
      created_at: now,
      updated_at: now,
      client_conversation_id: null,
      global_id: null,
      internal_conversation_id: null
    }
  }
}

function firstStatus(
  sendAt: number | null | undefined,
  messageType: 'sms' | 'mms',
  config: Pick<Config, 'LOOKUP_BEFORE_FIRST_SMS'>
): MessageStatus {
  if (typeof sendAt === 'number') return 'scheduled'
  return messageType === 'sms' && config.LOOKUP_BEFORE_FIRST_SMS ? 'accepted' : 'queued'
}
