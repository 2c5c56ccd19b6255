import type { CallRecord } from './call-record.ts'
import { handsetOf } from '../resources/call.ts'
import type { World } from '../world.ts'
import { drawDelay, offFor, type CallHabits } from '../carrier/persona.ts'

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

/**
 * Whoever is not said to be otherwise picks up within 2 to 6 seconds. A number out of service fails; a carrier
 * that blocks is busy; a phone that is off or out of reach rings on. (How carriers handle these calls differs:
 * that is our choice.)
 */
export function receptionOf(world: World, call: CallRecord): Reception {
  if (!call.to.startsWith('+')) return unknownNumber
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
  const { answers = 'person', after } = habitsOf(world, call)
  if (answers === 'nobody') return nobody
  if (answers === 'busy') return isEngaged
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

export function habitsOf(world: World, call: CallRecord): CallHabits {
  return world.handsets.get(handsetOf(call))?.persona.calls ?? {}
}
