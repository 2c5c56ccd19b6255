import type { Timer } from '../../simulator/clock.ts'
import { rfc2822 } from '../dates.ts'
import { deliveryErrors } from '../errors.ts'
import type { MessageStatus } from '../lifecycles/message.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export type MessageDirection = 'inbound' | 'outbound-api' | 'outbound-reply'

export interface MediaRecord {
  sid: string
  contentType: string
  dateCreated: number
  /** The bytes of a picture that a person sent, or the address of one that lies elsewhere. */
  source: { bytes: Buffer } | { url: string }
}

export interface MessageRecord {
  /** The order of creation within the world. */
  readonly seq: number
  readonly sid: string
  readonly direction: MessageDirection
  readonly to: string
  from: string | null
  body: string
  numSegments: number
  /** Of the text, for the handset's screen; the resource shows numSegments. */
  status: MessageStatus
  messagingServiceSid: string | null
  statusCallback: string | null
  validityMs: number
  dateCreated: number
  dateUpdated: number
  dateSent: number | null
  /** When the person sees it, where no delivery receipt says so. */
  reachedAt?: number
  errorCode: number | null
  media: MediaRecord[]
  isDeleted: boolean
  timer: Timer | undefined
}

/** Numbers that look like text are text there: num_segments, num_media, price. */
export function messageResource(world: World, message: MessageRecord): Record<string, unknown> {
  const uri = `/${apiVersion}/Accounts/${world.accountSid}/Messages/${message.sid}`
  const isSettled = message.dateSent !== null
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    body: message.body,
    date_created: rfc2822(message.dateCreated),
    date_sent: message.dateSent === null ? null : rfc2822(message.dateSent),
    date_updated: rfc2822(message.dateUpdated),
    direction: message.direction,
    error_code: message.errorCode,
    error_message:
      message.errorCode === null
        ? null
        : (deliveryErrors.get(message.errorCode) ?? 'Unknown error'),
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(message.media.length),
    num_segments: hasSender(message) ? String(message.numSegments) : '0',
    price: isSettled ? priceOf(message) : null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`
  }
}

export function mediaResource(
  world: World,
  message: MessageRecord,
  media: MediaRecord
): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    content_type: media.contentType,
    date_created: rfc2822(media.dateCreated),
    date_updated: rfc2822(media.dateCreated),
    parent_sid: message.sid,
    sid: media.sid,
    uri: `${mediaPath(world, message, media)}.json`
  }
}

export function mediaPath(world: World, message: MessageRecord, media: MediaRecord): string {
  return `/${apiVersion}/Accounts/${world.accountSid}/Messages/${message.sid}/Media/${media.sid}`
}

/** Unknown as long as a messaging service has not chosen who sends. */
function hasSender({ status }: MessageRecord): boolean {
  return status !== 'accepted' && status !== 'scheduled'
}

/** Round numbers of our own: a price list is not what this mock is for. */
function priceOf({ media, numSegments }: MessageRecord): string {
  const dollars = media.length > 0 ? 0.02 : 0.0079 * numSegments
  return (-dollars).toFixed(5)
}
