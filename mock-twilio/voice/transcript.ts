import type { World } from '../world.ts'
import type { CallRecord } from './call-record.ts'

/*
 * What happened in a call, step by step, to be read by people and by tests.
 */

/** A call that goes on and on is not written down for ever. */
const mostSteps = 2000

/** `step` is a word to look for, `text` the sentence. */
export function note(world: World, call: CallRecord, step: string, text: string): void {
  if (call.transcript.length >= mostSteps) return
  call.transcript.push({ at: world.now(), step, text })
}

export interface TranscriptLine {
  at: string
  /** Since the call was made. */
  after_ms: number
  step: string
  text: string
}

export function transcriptOf(call: CallRecord): TranscriptLine[] {
  return call.transcript.map(({ at, step, text }) => ({
    at: new Date(at).toISOString(),
    after_ms: at - call.dateCreated,
    step,
    text
  }))
}

/** `   4.2 s  says "Press 1"` */
export function transcriptLines(call: CallRecord): string[] {
  return call.transcript.map(({ at, text }) => {
    const seconds = ((at - call.dateCreated) / 1000).toFixed(1)
    return `${seconds.padStart(7)} s  ${text}`
  })
}
