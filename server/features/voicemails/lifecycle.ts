/**
 * The life of a voicemail.
 *
 * - `received`: somebody spoke after the tone; the recording is being taken over.
 * - `recorded`: it can be listened to. `transcripted`: and read.
 * - `transcription_failed`: it can be listened to; nobody could say what was said.
 * - `failed`: there is nothing to be listened to.
 *
 * A table of how far along each status is: older and repeated news changes nothing.
 */
export const progress = {
  received: 0,
  recorded: 1,
  transcripted: 2,
  transcription_failed: 2,
  failed: 2
} as const satisfies Record<string, number>

export type VoicemailStatus = keyof typeof progress

const isVoicemailStatus = (text: string): text is VoicemailStatus => Object.hasOwn(progress, text)

const isFurther = (from: string, to: VoicemailStatus): boolean =>
  isVoicemailStatus(from) && progress[to] > progress[from]

/** What is known of its recording. */
export interface RecordingFacts {
  status: string
  transcriptionStatus: string | null
}

/** The statuses that a voicemail passes through, given what is known of its recording; none when it stays. */
export function statusesAfter(from: string, facts: RecordingFacts): VoicemailStatus[] {
  const steps: VoicemailStatus[] = []
  if (facts.status === 'absent' || facts.status === 'lost') steps.push('failed')
  if (facts.status === 'stored') {
    steps.push('recorded')
    if (facts.transcriptionStatus === 'completed') steps.push('transcripted')
    else if (facts.transcriptionStatus === 'failed') steps.push('transcription_failed')
  }
  return steps.filter(to => isFurther(from, to))
}
