import type { MediaRecord, MessagePrivacy, MessageRecord } from '../resources/message.ts'
import { noMedia, openMessage } from '../resources/message.ts'
import type { World } from '../world.ts'
import { countSegments } from './segments.ts'

export interface NewMessage {
  direction: MessageRecord['direction']
  status: MessageRecord['status']
  to: string
  from: string | null
  body: string
  /** The text that goes out, where it is not the body. */
  sentBody?: string | null
  media?: readonly Pick<MediaRecord, 'contentType' | 'source'>[]
  /** Sent as MMS even without media. */
  isMms?: boolean
  messagingServiceSid?: string | null
  statusCallback?: string | null
  validityMs?: number
  privacy?: MessagePrivacy
  requestId?: string
  providesFeedback?: boolean
}

/** The record of a message, in or out, entered into the log of its world. */
export function newMessage(world: World, message: NewMessage): MessageRecord {
  const record = buildMessage(world, message)
  world.messages.add(record)
  return record
}

/** The record alone: nobody will find it until it is in the log. */
export function buildMessage(world: World, message: NewMessage): MessageRecord {
  const { media = noMedia, sentBody = null, body } = message
  const isMms = message.isMms === true || media.length > 0
  const now = world.now()
  return {
    seq: world.messages.nextSeq(),
    sid: world.ids.sid(isMms ? 'MM' : 'SM'),
    direction: message.direction,
    to: message.to,
    from: message.from,
    body,
    sentBody,
    isMms,
    numSegments: isMms ? 1 : countSegments(sentBody ?? body),
    status: message.status,
    messagingServiceSid: message.messagingServiceSid ?? null,
    statusCallback: message.statusCallback ?? null,
    validityMs: message.validityMs ?? 0,
    privacy: message.privacy ?? openMessage,
    dateCreated: now,
    dateUpdated: now,
    dateSent: message.direction === 'inbound' ? now : null,
    errorCode: null,
    media:
      media.length === 0
        ? noMedia
        : media.map(({ contentType, source }) => ({
            sid: world.ids.sid('ME'),
            contentType,
            dateCreated: now,
            source
          })),
    isDeleted: false,
    requestId: message.requestId ?? null,
    providesFeedback: message.providesFeedback ?? false
  }
}
