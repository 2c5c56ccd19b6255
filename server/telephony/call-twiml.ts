import { type Attributes, documentOf, element, type Speech, speechElement } from './twiml.ts'

/*
 * What is to happen in a call, step by step: https://www.twilio.com/docs/voice/twiml. Whatever is left out
 * keeps the provider's default.
 */

export type CallStep =
  | Speech
  | { gather: KeyMenu }
  | { record: VoicemailRecording }
  | { dialNumber: DialledNumber }
  | { dialClient: DialledClient }
  | { dialConference: ConferenceSeat }
  | { hangUp: true }

/** Speaks and listens for one key, which is told to `action`; goes on to the next step when none is pressed. */
export interface KeyMenu {
  say: readonly Speech[]
  action: string
  timeoutSeconds: number
}

/** Records what is said after the tone; `action` is asked what comes next, also when nobody is there any more. */
export interface VoicemailRecording {
  action: string
  longestSeconds: number
  /** Of silence, after which it is over. */
  silenceSeconds: number
  statusCallback: string
  transcribeCallback: string
}

interface DialledLeg {
  /** Whom the called person sees; the caller's own number when absent. */
  callerId?: string
  timeoutSeconds: number
  /** Asked what comes next when the dialled leg is over. */
  action: string
  /** Told about the dialled leg. */
  statusCallback: string
  /** Told about the recording, where the call is recorded. */
  recordingCallback?: string | undefined
}

export interface DialledNumber extends DialledLeg {
  number: string
}

export interface DialledClient extends DialledLeg {
  identity: string
  /** What the person's application is told about the call. */
  parameters: Readonly<Record<string, string>>
}

export interface ConferenceSeat {
  name: string
  label: string
  action: string
  startsIt: boolean
  endsIt: boolean
  statusCallback: string
  recordingCallback?: string | undefined
}

export const callTwiml = (steps: readonly CallStep[]): string =>
  documentOf(steps.map(stepElement).join(''))

/** What one listens to for keys. */
const everyKey = ''

function stepElement(step: CallStep): string {
  if ('say' in step || 'play' in step) return speechElement(step)
  if ('hangUp' in step) return element('Hangup')
  if ('gather' in step) {
    const { say, action, timeoutSeconds } = step.gather
    return element(
      'Gather',
      { numDigits: 1, timeout: timeoutSeconds, action, method: 'POST', finishOnKey: everyKey },
      { inner: say.map(speechElement).join('') }
    )
  }
  if ('record' in step) {
    const { action, longestSeconds, silenceSeconds, statusCallback, transcribeCallback } =
      step.record
    return element('Record', {
      action,
      method: 'POST',
      maxLength: longestSeconds,
      timeout: silenceSeconds,
      finishOnKey: '#',
      playBeep: true,
      recordingStatusCallback: statusCallback,
      recordingStatusCallbackEvent: 'completed absent',
      transcribe: true,
      transcribeCallback
    })
  }
  if ('dialConference' in step) return conferenceElement(step.dialConference)
  if ('dialClient' in step) {
    const { identity, parameters, statusCallback } = step.dialClient
    const inner =
      element('Identity', {}, { text: identity }) +
      Object.entries(parameters)
        .map(([name, value]) => element('Parameter', { name, value }))
        .join('')
    return dialElement(step.dialClient, element('Client', callbacksOf(statusCallback), { inner }))
  }
  const { number, statusCallback } = step.dialNumber
  return dialElement(
    step.dialNumber,
    element('Number', callbacksOf(statusCallback), { text: number })
  )
}

const callbacksOf = (statusCallback: string): Attributes => ({
  statusCallback,
  statusCallbackEvent: 'initiated ringing answered completed',
  statusCallbackMethod: 'POST'
})

function dialElement(leg: DialledLeg, inner: string): string {
  const { callerId, timeoutSeconds, action, recordingCallback } = leg
  const attributes = {
    callerId,
    timeout: timeoutSeconds,
    action,
    method: 'POST',
    answerOnBridge: true,
    ...(recordingCallback !== undefined && {
      record: 'record-from-answer',
      recordingStatusCallback: recordingCallback,
      recordingStatusCallbackEvent: 'completed absent'
    })
  }
  return element('Dial', attributes, { inner })
}

function conferenceElement(seat: ConferenceSeat): string {
  const { name, label, action, startsIt, endsIt, statusCallback, recordingCallback } = seat
  const attributes = {
    startConferenceOnEnter: startsIt,
    endConferenceOnExit: endsIt,
    participantLabel: label,
    statusCallback,
    statusCallbackEvent: 'start end join leave',
    statusCallbackMethod: 'POST',
    ...(recordingCallback !== undefined && {
      record: 'record-from-start',
      recordingStatusCallback: recordingCallback,
      recordingStatusCallbackEvent: 'completed absent'
    })
  }
  const inner = element('Conference', attributes, { text: name })
  return element('Dial', { action, method: 'POST' }, { inner })
}
