import { plain } from '../../simulator/plain-data.ts'
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
  /** Of the request that created it, if one did. */
  readonly requestId: string | null
  readonly direction: MessageDirection
  readonly to: string
  from: string | null
  /** As it was given, or nothing once it is redacted. */
  body: string
  /** What went out, where that is not the body: look-alikes replaced, links instead of media, or kept back. */
  sentBody: string | null
  /** Counted and paced as one message, whatever its length. */
  isMms: boolean
  /** Of what goes out. */
  numSegments: number
  status: MessageStatus
  messagingServiceSid: string | null
  statusCallback: string | null
  validityMs: number
  readonly privacy: MessagePrivacy
  dateCreated: number
  dateUpdated: number
  dateSent: number | null
  /** When the person sees it, where no delivery receipt says so. */
  reachedAt?: number
  errorCode: number | null
  media: readonly MediaRecord[]
  isDeleted: boolean
  /** Whether the application promised to tell what came of it. */
  providesFeedback?: boolean
}

/** What is not kept of a message that was sent: ContentRetention=discard, AddressRetention=obfuscate. */
export interface MessagePrivacy {
  readonly discardsBody: boolean
  readonly masksAddress: boolean
}

// One for all messages, of which there are many.
export const openMessage: MessagePrivacy = { discardsBody: false, masksAddress: false }
export const noMedia: readonly MediaRecord[] = []

/** As JSON carries it. */
export type SavedMessage = Omit<MessageRecord, 'media'> & { media: SavedMedia[] }

type SavedMedia = Omit<MediaRecord, 'source'> & { source: { base64: string } | { url: string } }

export function saveMessage(message: MessageRecord): SavedMessage {
  return plain({ ...message, media: message.media.map(saveMedia) })
}

export function restoreMessage(saved: SavedMessage): MessageRecord {
  const { discardsBody, masksAddress } = saved.privacy
  return {
    ...saved,
    privacy: discardsBody || masksAddress ? { discardsBody, masksAddress } : openMessage,
    media: saved.media.length === 0 ? noMedia : saved.media.map(restoreMedia)
  }
}

function saveMedia({ source, ...media }: MediaRecord): SavedMedia {
  return {
    ...media,
    source: 'url' in source ? { ...source } : { base64: source.bytes.toString('base64') }
  }
}

function restoreMedia({ source, ...media }: SavedMedia): MediaRecord {
  return {
    ...media,
    source: 'url' in source ? { ...source } : { bytes: Buffer.from(source.base64, 'base64') }
  }
}

/** The text that people read on the handset. */
export function textOnHandset({ sentBody, body }: MessageRecord): string {
  return sentBody ?? body
}

/** Blots the text out of the resource. The handset has it all the same. */
export function redactBody(message: MessageRecord): void {
  message.sentBody ??= message.body
  message.body = ''
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
    date_sent: dateSentOf(world, message),
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
    to: isSettled && message.privacy.masksAddress ? maskedNumber(message.to) : message.to,
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
function hasSender({ from, status }: MessageRecord): boolean {
  return from !== null && status !== 'accepted' && status !== 'scheduled'
}

/** The country and the beginning stay. (Twilio does not say how much of a number it hides.) */
function maskedNumber(phoneNumber: string): string {
  return phoneNumber.slice(0, -4) + 'XXXX'
}

/** Round numbers of our own: a price list is not what this mock is for. */
function priceOf({ media, numSegments }: MessageRecord): string {
  const dollars = media.length > 0 ? 0.02 : 0.0079 * numSegments
  return (-dollars).toFixed(5)
}

/** The Ruby gem puts a date of its own wherever it finds some value. */
function dateSentOf(world: World, { dateSent, dateCreated }: MessageRecord): string | null {
  if (dateSent !== null) return rfc2822(dateSent)
  return world.isGemCompatible ? rfc2822(dateCreated) : null
}
