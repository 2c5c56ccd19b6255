/*
 * The life of a text message, as Twilio tells it.
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 *
 * Going out:
 *   scheduled    it waits for its SendAt
 *   accepted     a messaging service has it and has not chosen a number to send it from
 *   queued       it has a sender and waits for its turn
 *   sending      it is being handed to a carrier
 *   sent         a carrier has taken it; some carriers never say more, and then it stays `sent`
 *   delivered    the carrier says that it reached the handset
 *   undelivered  the carrier says that it did not
 *   failed       it never left Twilio
 *   canceled     it was scheduled and taken back
 * Coming in:
 *   receiving    parts of it are here
 *   received     it is here, whole
 *
 * `read` belongs to WhatsApp and RCS, and `partially_delivered` to the past: neither is reached here.
 */

export type MessageStatus =
  | 'scheduled'
  | 'accepted'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'canceled'
  | 'receiving'
  | 'received'

export type MessageEvent =
  | 'senderChosen'
  | 'refused'
  | 'expired'
  | 'dispatched'
  | 'carrierAccepted'
  | 'receiptPositive'
  | 'receiptNegative'
  | 'takenBack'
  | 'arrived'

export const lifecycle = {
  scheduled: { senderChosen: 'queued', refused: 'failed', takenBack: 'canceled' },
  accepted: { senderChosen: 'queued', refused: 'failed', expired: 'failed' },
  queued: { dispatched: 'sending', refused: 'failed', expired: 'failed' },
  sending: { carrierAccepted: 'sent', refused: 'failed', expired: 'failed' },
  sent: { receiptPositive: 'delivered', receiptNegative: 'undelivered' },
  delivered: {},
  undelivered: {},
  failed: {},
  canceled: {},
  receiving: { arrived: 'received' },
  received: {}
} as const satisfies Record<MessageStatus, Partial<Record<MessageEvent, MessageStatus>>>

const moves: Record<MessageStatus, Partial<Record<MessageEvent, MessageStatus>>> = lifecycle

/**
 * The statuses that call back. The status a message begins with never does, and `sending` and `received`
 * are not told to the application.
 * https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
 */
const toldStatuses: ReadonlySet<MessageStatus> = new Set([
  'queued',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled'
])

const terminalStatuses: ReadonlySet<MessageStatus> = new Set<MessageStatus>([
  'delivered',
  'undelivered',
  'failed',
  'canceled',
  'received'
])

export interface Move {
  from: MessageStatus
  to: MessageStatus
  event: MessageEvent
  at: number
  /** Whether a status callback goes out for it. */
  isTold: boolean
}

/** What the event makes of the status. An event that cannot happen there is our bug, and throws. */
export function nextStatus(status: MessageStatus, event: MessageEvent): MessageStatus {
  const next = moves[status][event]
  if (next === undefined) throw new Error(`a message that is ${status} cannot be ${event}`)
  return next
}

/** Nothing else assigns `status`. */
export function move(
  message: { status: MessageStatus; dateUpdated: number },
  event: MessageEvent,
  at: number
): Move {
  const from = message.status
  const to = nextStatus(from, event)
  message.status = to
  message.dateUpdated = at
  return { from, to, event, at, isTold: toldStatuses.has(to) }
}

/** Nothing will change it any more. `sent` may also be the end, but nobody can know that. */
export function isTerminal(status: MessageStatus): boolean {
  return terminalStatuses.has(status)
}
