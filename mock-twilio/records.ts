import type { Timer } from '../simulator/clock.ts'

import type { MessageStatus } from './lifecycles/message.ts'

/** The resources as the mock holds them. How they look on the wire is said in resources.ts. */

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
  errorCode: number | null
  media: MediaRecord[]
  isDeleted: boolean
  timer: Timer | undefined
}

export interface NumberRecord {
  readonly sid: string
  readonly phoneNumber: string
  friendlyName: string
  smsUrl: string
  smsMethod: 'GET' | 'POST'
  smsFallbackUrl: string
  smsFallbackMethod: 'GET' | 'POST'
  voiceUrl: string
  voiceMethod: 'GET' | 'POST'
  voiceFallbackUrl: string
  voiceFallbackMethod: 'GET' | 'POST'
  statusCallback: string
  statusCallbackMethod: 'GET' | 'POST'
  mms: boolean
  dateCreated: number
  dateUpdated: number
  serviceSid: string | undefined
}

export interface ServiceRecord {
  readonly sid: string
  friendlyName: string
  inboundRequestUrl: string | null
  inboundMethod: 'GET' | 'POST'
  fallbackUrl: string | null
  fallbackMethod: 'GET' | 'POST'
  statusCallback: string | null
  stickySender: boolean
  mmsConverter: boolean
  smartEncoding: boolean
  scanMessageContent: 'inherit' | 'enable' | 'disable'
  fallbackToLongCode: boolean
  areaCodeGeomatch: boolean
  synchronousValidation: boolean
  validityPeriod: number
  usecase: string
  useInboundWebhookOnNumber: boolean
  dateCreated: number
  dateUpdated: number
  /** In the order of joining. */
  pool: PoolMember[]
  nextInTurn: number
  /** Which number a person was last written to from. */
  stickySenders: Map<string, string>
}

export interface PoolMember {
  number: NumberRecord
  joinedAt: number
}

export interface KeyRecord {
  readonly sid: string
  readonly secret: string
  friendlyName: string
  dateCreated: number
  dateUpdated: number
}

export type AccountStatus = 'active' | 'suspended' | 'closed'

/** A text that the provider itself put on a handset, such as the answer to STOP. */
export interface ProviderReply {
  seq: number
  from: string
  to: string
  body: string
  at: number
}
