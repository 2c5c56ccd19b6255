/*
 * The life of a phone call, as Twilio tells it.
 * https://www.twilio.com/docs/voice/api/call-resource#call-status-values
 *
 *   queued       it waits for its turn to be dialled
 *   ringing      the other phone rings; where a call that comes in begins
 *   in-progress  somebody, or a machine, has picked up
 *   completed    it was answered, and is over
 *   busy         the other side was busy, or declined
 *   no-answer    it rang until its time was over
 *   failed       it could not be put through, or nobody said what to do with it
 *   canceled     the application took it back before it was answered
 *
 * `initiated` is told to status callbacks when it is dialled, and is no status of the resource.
 */

export type CallStatus =
  | 'queued'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled'

export type CallEvent =
  | 'rang'
  | 'answered'
  | 'wasBusy'
  | 'wentUnanswered'
  | 'couldNotBePlaced'
  | 'takenBack'
  | 'ended'

const lifecycle = {
  queued: {
    rang: 'ringing',
    wasBusy: 'busy',
    wentUnanswered: 'no-answer',
    couldNotBePlaced: 'failed',
    takenBack: 'canceled'
  },
  ringing: {
    answered: 'in-progress',
    wasBusy: 'busy',
    wentUnanswered: 'no-answer',
    couldNotBePlaced: 'failed',
    takenBack: 'canceled'
  },
  'in-progress': { ended: 'completed' },
  completed: {},
  busy: {},
  'no-answer': {},
  failed: {},
  canceled: {}
} as const satisfies Record<CallStatus, Partial<Record<CallEvent, CallStatus>>>

const moves: Record<CallStatus, Partial<Record<CallEvent, CallStatus>>> = lifecycle

export const callStatuses: readonly CallStatus[] = [
  'queued',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled'
]

/** Nothing else assigns `status`. An event that cannot happen there is our bug, and throws. */
export function moveCall(
  call: { status: CallStatus; dateUpdated: number },
  event: CallEvent,
  at: number
): void {
  const next = moves[call.status][event]
  if (next === undefined) throw new Error(`a call that is ${call.status} cannot be ${event}`)
  call.status = next
  call.dateUpdated = at
}

export function isOver(status: CallStatus): boolean {
  return Object.keys(moves[status]).length === 0
}
