import { drawDelay, offFor } from '../carrier/persona.ts'
import { isOver } from '../lifecycles/call.ts'
import { handsetOf } from '../resources/call.ts'
import type { World } from '../world.ts'
import type { CallRecord } from './call-record.ts'
import { isRegistered } from './devices.ts'
import { habitsOf } from './people.ts'

/** What becomes of a call that is dialled. */
export interface Reception {
  /** Whether it rings at all before that. */
  rings: boolean
  ending: 'answered' | 'wasBusy' | 'wentUnanswered' | 'couldNotBePlaced'
  afterMs: number
  /** How SIP says it: https://www.twilio.com/docs/voice/api/call-resource#statuscallback */
  sipCode: number
}

const unknownNumber: Reception = {
  rings: false,
  ending: 'couldNotBePlaced',
  afterMs: 1000,
  sipCode: 404
}
const isEngaged: Reception = { rings: false, ending: 'wasBusy', afterMs: 1500, sipCode: 486 }
/** A browser that is not there does not ring: "temporarily unavailable". */
const isAway: Reception = { rings: false, ending: 'wentUnanswered', afterMs: 500, sipCode: 480 }

/**
 * Whoever is not said to be otherwise picks up within 2 to 6 seconds; a browser rings until it is told to answer. A
 * number out of service fails; a carrier that blocks is busy, and so is who is on the phone; a phone that is off or
 * out of reach rings on. (How carriers handle these calls differs: that is our choice.)
 */
export function receptionOf(world: World, call: CallRecord): Reception {
  const isBrowser = call.to.startsWith('client:')
  if (!isBrowser && !call.to.startsWith('+')) return unknownNumber
  if (isBrowser && !isRegistered(world, call.to)) return isAway
  const persona = world.handsets.get(call.to)?.persona
  const { condition = 'reachable' } = persona ?? {}
  if (condition === 'inactive') return unknownNumber
  if (condition === 'blocked') return isEngaged
  const { ringMs } = call.settings
  const nobody: Reception = {
    rings: true,
    ending: 'wentUnanswered',
    afterMs: ringMs,
    sipCode: 487
  }
  if (condition === 'unreachable' || offFor(persona?.off, world.now()) > 0) return nobody
  const habits = habitsOf(world, call)
  const { answers = isBrowser ? 'nobody' : 'person', after } = habits
  if (answers === 'busy') return isEngaged
  // Who is on the phone hears at most that somebody else calls; a machine takes that call.
  const isTalking = isOnThePhone(world, call)
  if (isTalking && habits.call_waiting !== true) return isEngaged
  if (answers === 'nobody' || (isTalking && answers !== 'machine')) return nobody
  const usual = answers === 'machine' ? machineRings : personRings
  const afterMs = drawDelay(after ?? usual, world.randomFor(`call/${call.sid}/reception`))
  if (afterMs >= ringMs) return nobody
  const isDeclined = answers === 'declines'
  return {
    rings: true,
    ending: isDeclined ? 'wasBusy' : 'answered',
    afterMs,
    sipCode: isDeclined ? 603 : 200
  }
}

const personRings: [number, number] = [2000, 6000]
/** Four to five rings. */
const machineRings: [number, number] = [18_000, 25_000]

function isOnThePhone(world: World, call: CallRecord): boolean {
  const party = handsetOf(call)
  return world.calls
    .of(party)
    .some(
      other => other.sid !== call.sid && other.status === 'in-progress' && !isOver(other.status)
    )
}
