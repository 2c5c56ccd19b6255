import { isOver } from '../calls/lifecycle.ts'

/**
 * The life of a conference call.
 *
 * - `queued`: accepted; the moderator is to be called. `calling_moderator`: the moderator is being called.
 * - `calling_participants`: a person picked up as moderator; the participants are being called.
 * - `in_progress`: the moderator and at least one participant talk.
 * - `ending`: it came to an end, and whoever is still on the line is being hung up on.
 * - `completed`: they talked. Otherwise why they did not: `moderator_busy`, `moderator_no_answer`,
 *   `machine_detected` (nobody but a machine picked up as moderator), `no_participants` (nobody else came),
 *   `canceled` (the moderator left before anybody came), `failed`.
 *
 * It only moves forward. Its endings are equally far, and the first one stands; but that they talked is
 * further than any belief that they did not, for news comes late and out of order.
 */
export const progress = {
  queued: 0,
  calling_moderator: 1,
  calling_participants: 2,
  in_progress: 3,
  ending: 4,
  moderator_busy: 5,
  moderator_no_answer: 5,
  machine_detected: 5,
  no_participants: 5,
  canceled: 5,
  failed: 5,
  completed: 6
} as const satisfies Record<string, number>

export type ConferenceStatus = keyof typeof progress

const isConferenceStatus = (text: string): text is ConferenceStatus => Object.hasOwn(progress, text)

export const isOverConference = (status: string): boolean =>
  isConferenceStatus(status) && progress[status] > progress.ending

export const isFurtherConference = (from: string, to: ConferenceStatus): boolean =>
  isConferenceStatus(from) && progress[to] > progress[from]

/** The steps that concern only us; every other status is told to the client once. */
export const isTold = (status: ConferenceStatus): boolean =>
  status !== 'queued' && status !== 'ending'

/** Why nobody talked, in words. */
const failures: Partial<Record<ConferenceStatus, string>> = {
  moderator_busy: 'The line of the moderator was busy, or the call was declined.',
  moderator_no_answer: 'The moderator did not pick up.',
  machine_detected: 'A machine picked up in the place of the moderator.',
  no_participants: 'None of the participants could be reached.',
  canceled: 'The moderator left before anybody came.',
  failed: 'The moderator could not be called.'
}

export const failureOfConference = (status: ConferenceStatus): string | undefined =>
  failures[status]

/** What is known of one leg. */
export interface LegFacts {
  status: string
  answeredBy: string | null
  hasJoined: boolean
  hasLeft: boolean
}

/** All that decides about a conference call. Whatever came first, the same facts give the same answer. */
export interface ConferenceFacts {
  moderator: LegFacts
  participants: readonly LegFacts[]
  /** The provider's conference: not begun, there, or over. */
  conference: 'absent' | 'open' | 'over'
}

/** Machines that pick up. `unknown` is taken for a person: better a machine in the room than nobody. */
export const isMachine = (answeredBy: string | null): boolean =>
  answeredBy !== null && (answeredBy.startsWith('machine') || answeredBy === 'fax')

/** A person is on the line as moderator, or in the conference already. */
export const isHere = ({ status, answeredBy, hasJoined }: LegFacts): boolean =>
  hasJoined || (status === 'in_progress' && answeredBy !== null && !isMachine(answeredBy))

/** Where a conference call stands. */
export function assess(facts: ConferenceFacts): ConferenceStatus {
  const { moderator, participants, conference } = facts
  if (isAtItsEnd(facts)) {
    const legs = [moderator, ...participants]
    const isDone = legs.every(leg => isOver(leg.status)) && conference !== 'open'
    return isDone ? outcomeOf(facts) : 'ending'
  }
  if (haveTalked(facts)) return 'in_progress'
  if (isHere(moderator)) return 'calling_participants'
  return moderator.status === 'queued' ? 'queued' : 'calling_moderator'
}

const isAtItsEnd = ({ moderator, participants, conference }: ConferenceFacts): boolean =>
  isMachineAlone(moderator) ||
  isGone(moderator) ||
  conference === 'over' ||
  participants.every(isGone)

const isMachineAlone = ({ answeredBy, hasJoined }: LegFacts): boolean =>
  isMachine(answeredBy) && !hasJoined

const isGone = (leg: LegFacts): boolean => isOver(leg.status) || leg.hasLeft

/** Participants are called when the moderator is in, and are in as soon as they pick up, whatever is told first. */
const haveTalked = ({ participants }: ConferenceFacts): boolean =>
  participants.some(
    ({ hasJoined, status }) => hasJoined || status === 'in_progress' || status === 'completed'
  )

const outcomesOfModerator: Readonly<Record<string, ConferenceStatus>> = {
  busy: 'moderator_busy',
  no_answer: 'moderator_no_answer',
  failed: 'failed'
}

/** What it came to, when every leg is over. */
function outcomeOf(facts: ConferenceFacts): ConferenceStatus {
  const { moderator, participants } = facts
  if (isMachineAlone(moderator)) return 'machine_detected'
  if (haveTalked(facts)) return 'completed'
  const unreached = moderator.hasJoined ? undefined : outcomesOfModerator[moderator.status]
  if (unreached !== undefined) return unreached
  // Whoever was still being called when the moderator left was called back.
  return participants.some(leg => leg.status === 'canceled') ? 'canceled' : 'no_participants'
}
