import type { EventName } from '../webhooks/event-names.ts'

/** Somebody who wants to be told. */
export interface SubscriptionRecord {
  id: string
  name: string
  url: string
  /** All events, when empty. */
  events: EventName[]
  secretToken: string
  authorization: string | null
  status: SubscriptionStatus
  /** Challenges in a row that were not answered as they should. */
  failures: number
  validatedAt: number | null
  /** Rises with every challenge: one that was planned before is void. */
  round: number
}

/** A subscription is told nothing before its first challenge is answered, nor after six in vain. */
export type SubscriptionStatus = 'pending' | 'active' | 'disabled'

/** One event for one subscription. */
export interface DeliveryRecord {
  id: string
  subscriptionId: string
  event: EventName
  sessionId: string
  sessionName: string
  /** As it is sent, the same in every attempt. */
  body: string
  createdAt: number
  status: 'pending' | 'delivered' | 'failed' | 'dropped'
  isForged: boolean
  method: 'GET' | 'POST'
  attempts: AttemptRecord[]
}

export interface AttemptRecord {
  at: number
  timestamp: string
  signature: string
  requestId: string
  /** The HTTP status, or a negative code of Zoom's; null while it is under way. */
  result: number | null
  words: string | null
}
