import type { CallRow } from '../calls/call-row.ts'
import { isOver } from '../calls/lifecycle.ts'
import { nextSearchAt } from '../calls/seek-recordings.ts'
import { type Conference, factsOf } from './conference-row.ts'
import { isUncalled } from './keep-conference.ts'
import { assess, isHere, isOverConference } from './lifecycle.ts'

/** Something to ask of the provider, about a leg or about the whole. */
export type Step =
  | {
      do: 'call_moderator' | 'invite' | 'welcome' | 'hang_up' | 'find_lost' | 'ask_after'
      leg: CallRow
    }
  | { do: 'look_up' | 'end_conference' | 'seek_recording' }

export interface Times {
  /** After a lost answer, the wait before the provider is asked. */
  reconcileAfterMs: number
  /** How long the provider may be silent about a leg. */
  checkAfterMs: number
  /** Whether conferences are recorded. */
  recorded: boolean
  /** For conferences whose request and conversation have no words of their own; '' for none. */
  welcomeMessage: string
}

/** How long after somebody picked up the provider may take to say that they are in the conference. */
const joiningMs = 5_000
/** Between two attempts to end what does not end. */
const endingMs = 5_000
/** A conference of people who wait is called for now, not in an hour. */
export const patienceMs = 600_000

/**
 * What is to be done about a conference call now, and when it is to be looked at again; `undefined` when never.
 * It follows from what is known of it and from the time alone, so that after a crash, and whatever the order of
 * the news, the same is done. `done` are the steps of this turn, none of which is repeated in it.
 */
export function planConference(
  conference: Conference,
  now: number,
  times: Times,
  done: ReadonlySet<string> = new Set()
): { steps: Step[]; nextAt: number | undefined } {
  const { row, moderator, participants } = conference
  const legs = [moderator, ...participants]
  const open = legs.filter(leg => !isOver(leg.internal_status))
  const isEnding = assess(factsOf(conference)) === 'ending'
  const steps: Step[] = []
  const waits: number[] = []
  /** Now, if its time has come; otherwise then. */
  const at = (time: number, step: Step): void => {
    if (time > now) waits.push(time)
    else if (!done.has(keyOf(step))) steps.push(step)
  }

  for (const leg of open) {
    if (leg.call_sid === null && leg.provider_call_at !== null)
      at(leg.provider_call_at + times.reconcileAfterMs, { do: 'find_lost', leg })
    if (leg.call_sid === null) continue
    if (isEnding) at(now, { do: 'hang_up', leg })
    else at(leg.heard_at + times.checkAfterMs, { do: 'ask_after', leg })
  }
  const isOpenAtProvider = row.conference_sid !== null && row.provider_status !== 'completed'
  if (isEnding) {
    if (isOpenAtProvider) at(now, { do: 'end_conference' })
    waits.push(now + endingMs)
  } else if (isOverConference(row.internal_status)) {
    const searchAt = nextSearchAt(
      moderator,
      times.recorded && row.conference_sid !== null,
      times.checkAfterMs
    )
    if (searchAt !== undefined) at(searchAt, { do: 'seek_recording' })
  } else {
    if (isUncalled(moderator)) at(now, { do: 'call_moderator', leg: moderator })
    if (moderator.joined_at !== null && row.conference_sid !== null)
      for (const leg of participants) if (isUncalled(leg)) at(now, { do: 'invite', leg })
    const words = row.welcome_message ?? row.conversation_welcome_message ?? times.welcomeMessage
    for (const leg of words === '' ? [] : participants)
      if (leg.joined_at !== null && leg.left_at === null && leg.welcomed_at === null)
        at(now, { do: 'welcome', leg })
    if (moderator.joined_at === null && isHere(factsOf(conference).moderator))
      at(moderator.heard_at + joiningMs, { do: 'look_up' })
    else if (isOpenAtProvider && legs.some(leg => leg.heard_at + times.checkAfterMs <= now))
      at(now, { do: 'look_up' })
  }
  return { steps, nextAt: waits.length > 0 ? Math.min(...waits) : undefined }
}

export const keyOf = (step: Step): string => ('leg' in step ? `${step.do} ${step.leg.id}` : step.do)
