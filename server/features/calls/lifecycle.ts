/**
 * The life of a call, as we know it.
 *
 * - `queued`: to be placed. `calling`: handed to the provider, or about to be. `ringing`: it rings.
 * - `in_progress`: somebody, or a machine, picked up.
 * - `completed`: it was answered and is over.
 * - `busy`, `no_answer`: nobody was reached. `failed`: it could not be put through. `canceled`: it was taken
 *   back before anybody picked up.
 * - `blocked`: the person opted out of calls, and was not called.
 *
 * We only hear of a call: late, twice, and out of order. The table says how far along each status is; news that
 * is further along is a move, whatever was skipped, and anything else is none. Two endings are equally far:
 * the first one heard stands.
 */
export const progress = {
  queued: 0,
  calling: 1,
  ringing: 2,
  in_progress: 3,
  completed: 4,
  busy: 4,
  no_answer: 4,
  failed: 4,
  canceled: 4,
  blocked: 4
} as const satisfies Record<string, number>

export type CallStatus = keyof typeof progress

export const callStatuses = Object.keys(progress).filter(isCallStatus)

function isCallStatus(text: string): text is CallStatus {
  return Object.hasOwn(progress, text)
}

export const isOver = (status: string): boolean =>
  isCallStatus(status) && progress[status] === progress.completed

/** Which endings are failures, and why in words. */
const failures: Partial<Record<CallStatus, string>> = {
  busy: 'The line was busy, or the call was declined.',
  no_answer: 'Nobody picked up.',
  failed: 'The call could not be put through.',
  canceled: 'The call was taken back before anybody picked up.',
  blocked: 'The person opted out of calls.'
}

export const failureOf = (status: string): string | undefined =>
  isCallStatus(status) ? failures[status] : undefined

/** The steps that concern only us; every other status is told to the client once. */
const silent = new Set<CallStatus>(['queued', 'calling'])

/**
 * The provider's words, in ours. `initiated` is told in callbacks alone.
 * https://www.twilio.com/docs/voice/api/call-resource#call-status-values
 */
const meanings: Readonly<Record<string, CallStatus>> = {
  queued: 'calling',
  initiated: 'calling',
  ringing: 'ringing',
  'in-progress': 'in_progress',
  // Of a Dial: https://www.twilio.com/docs/voice/twiml/dial#dialcallstatus
  answered: 'in_progress',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled'
}

/** Undefined for a word that the provider did not use when this was written. */
export const meaningOf = (providerStatus: string): CallStatus | undefined =>
  Object.hasOwn(meanings, providerStatus) ? meanings[providerStatus] : undefined

/** The step from one status to another; undefined when the news is old, repeated, or comes after the end. */
export function move(
  from: string,
  to: CallStatus
): { from: CallStatus; to: CallStatus; told: boolean } | undefined {
  if (!isCallStatus(from) || progress[to] <= progress[from]) return undefined
  return { from, to, told: !silent.has(to) }
}
