import { drawDelay } from '../carrier/persona.ts'
import type { World } from '../world.ts'
import type { AnsweredBy, CallRecord, MachineDetection } from './call-record.ts'
import { habitsOf } from './people.ts'

/*
 * Machine detection listens: who speaks for longer than a person's "Hello?" is a machine, who stays silent is unknown.
 * A short greeting of a machine passes for a person, as with Twilio.
 * https://www.twilio.com/docs/voice/answering-machine-detection
 */

export interface Finding {
  answeredBy: AnsweredBy
  /** Since it was answered. */
  afterMs: number
}

export function findingOf(world: World, call: CallRecord, detection: MachineDetection): Finding {
  const found = heard(world, call, detection)
  if (found.afterMs <= detection.timeoutMs) return found
  return { answeredBy: 'unknown', afterMs: detection.timeoutMs }
}

const ends = {
  beep: 'machine_end_beep',
  silence: 'machine_end_silence',
  other: 'machine_end_other'
} as const

function heard(world: World, call: CallRecord, is: MachineDetection): Finding {
  const { answers = 'person', greeting_ends: ending = 'beep' } = habitsOf(world, call)
  if (answers === 'fax') {
    return { answeredBy: 'fax', afterMs: drawn(world, call, 'fax', 1500, 4000) }
  }
  const { ms } = greetingOf(world, call)
  if (ms === 0) return { answeredBy: 'unknown', afterMs: is.silenceMs }
  if (ms <= is.speechMs) return { answeredBy: 'human', afterMs: ms + is.speechEndMs }
  if (is.mode === 'Enable' || answers !== 'machine') {
    return { answeredBy: 'machine_start', afterMs: is.speechMs }
  }
  return { answeredBy: ends[ending], afterMs: ms + (ending === 'beep' ? beepMs : is.speechEndMs) }
}

const beepMs = 500

/** What is said first, and how long that takes: a machine's greeting, or a person's "Hello?". */
export function greetingOf(world: World, call: CallRecord): { words: string; ms: number } {
  const { answers = 'person', greeting } = habitsOf(world, call)
  const isMachine = answers === 'machine'
  const words = isMachine
    ? 'Nobody is here to take your call. Please leave a message after the tone.'
    : 'Hello?'
  // Our figures.
  const usual: [number, number] = isMachine ? [8000, 15_000] : [500, 1200]
  const ms = drawDelay(greeting ?? usual, world.randomFor(`call/${call.sid}/greeting`))
  return { words, ms }
}

function drawn(world: World, call: CallRecord, what: string, least: number, most: number): number {
  return world.randomFor(`call/${call.sid}/${what}`).between(least, most)
}
