/**
 * The life of an outbound message, as we know it.
 *
 * - `accepted`: stored; whether it may be sent is still to be found out (line type).
 * - `scheduled`: waits for its `send_at`.
 * - `queued`: waits for a worker.
 * - `sending`: claimed by a worker, and with the provider as soon as it answers.
 * - `sent`: the carrier has it. `delivered`: so has the phone. `undelivered`: the carrier gave up.
 * - `failed`: the provider refused it or could not hand it on.
 * - `canceled`: called back by the client before its time.
 * - `blocked`: the receiver opted out before it was sent.
 * - `landline`, `lookup_failed`: the number cannot take a text, or nobody could say.
 *
 * We only hear of a message: late, twice, and out of order. So the table does not list single steps but says
 * how far along each status is. News that is further along is a move, whatever was skipped; anything else
 * is no move. Two endings are equally far: the first one heard stands.
 */
export const progress = {
  accepted: 0,
  scheduled: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  undelivered: 4,
  failed: 4,
  canceled: 4,
  blocked: 4,
  landline: 4,
  lookup_failed: 4
} as const satisfies Record<string, number>

export type MessageStatus = keyof typeof progress

/** Inbound messages arrive whole and never change. */
export const inboundStatus = 'received'

/** The statuses before the provider may have heard of the message. */
export const waiting: readonly MessageStatus[] = ['accepted', 'scheduled', 'queued']

export const isTerminal = (status: MessageStatus): boolean =>
  progress[status] === progress.delivered

/** The steps that concern only us; every other status is told to the client once. */
const silent = new Set<MessageStatus>(['accepted', 'scheduled', 'queued', 'sending'])

/** The provider's word for a message, in ours. `read` (rich channels) is a stronger delivery. */
const meanings: Readonly<Record<string, MessageStatus>> = {
  accepted: 'sending',
  scheduled: 'sending',
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'canceled'
}

/** Undefined for a word that the provider did not use when this was written. */
export const meaningOf = (providerStatus: string): MessageStatus | undefined =>
  Object.hasOwn(meanings, providerStatus) ? meanings[providerStatus] : undefined

/** A step forward, and whether the client hears of it. */
export interface Move {
  from: MessageStatus
  to: MessageStatus
  told: boolean
}

/** The move from one status to another; undefined when the news is old, repeated, or comes after the end. */
export function move(from: MessageStatus, to: MessageStatus): Move | undefined {
  if (progress[to] <= progress[from]) return undefined
  return { from, to, told: !silent.has(to) }
}

export const isMessageStatus = (text: string): text is MessageStatus =>
  Object.hasOwn(progress, text)
