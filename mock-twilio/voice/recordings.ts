import type { PlanHandlers } from '../../simulator/agenda.ts'
import { recordingCallback, transcriptionCallback } from '../callbacks/recording-callback.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import {
  isMovable,
  isRunning,
  moveRecording,
  type RecordingEvent
} from '../lifecycles/recording.ts'
import { recordedMs, recordingPath, recordingSeconds } from '../resources/recording.ts'
import type { World } from '../world.ts'
import type {
  RecordingCallbackEvent,
  RecordingRecord,
  TranscriptionRecord
} from './recording-record.ts'
import { transcribed } from './transcribed.ts'

/*
 * Recordings as data: when they ran, and what was said into them. The sound is made when somebody asks for it.
 *
 *   processed    the file is made, some time after the end      → completed or absent, told; perhaps a transcription
 *   transcribed  a machine has listened to it                   → completed or failed, told
 */

export type NewRecording = Pick<
  RecordingRecord,
  | 'callSid'
  | 'conferenceSid'
  | 'source'
  | 'channels'
  | 'track'
  | 'trims'
  | 'callback'
  | 'transcribes'
  | 'requestId'
>

/** Of whose recordings: those of a call, or those of a conference. */
export type Recorded = { callSid: string } | { conferenceSid: string }

export interface Speech {
  who: string
  /** 1 is what came from the phone, 2 what was sent there. */
  channel: 1 | 2
  words: string
  ms: number
}

const recordingStep = 'recording.processed'
const transcriptionStep = 'transcription.done'

/** How long it takes to make a file, and to write down what is in it. Our figures. */
const processingMs = [500, 2000] as const
const transcribingMs = [3000, 15_000] as const

/** https://www.twilio.com/docs/api/errors/16101, which names no figure: this one is ours. */
const shortestMs = 1000
/** What is said after that is not kept. */
const mostParts = 10_000
/** https://www.twilio.com/docs/voice/twiml/record#transcribe */
const transcribable = { moreThanSeconds: 2, lessThanSeconds: 120 }

export class Recordings {
  readonly #callbacks: StatusCallbacks
  readonly #mediaBaseUrl: () => string
  #onCompleted: (world: World, recording: RecordingRecord) => void = () => {}

  constructor(
    callbacks: StatusCallbacks,
    planned: PlanHandlers<World>,
    mediaBaseUrl: () => string
  ) {
    this.#callbacks = callbacks
    this.#mediaBaseUrl = mediaBaseUrl
    planned.on(recordingStep, (world, { sid }) => {
      const recording = world.recordings.find(String(sid))
      if (recording !== undefined) this.#process(world, recording)
    })
    planned.on(transcriptionStep, (world, { sid }) => {
      const transcription = world.transcriptions.find(String(sid))
      if (transcription !== undefined) this.#transcribe(world, transcription)
    })
  }

  /** Where the application finds the sound. */
  urlOf(world: World, sid: string): string {
    return this.#mediaBaseUrl() + recordingPath(world, sid)
  }

  get mediaBaseUrl(): string {
    return this.#mediaBaseUrl()
  }

  /** Who else has to know. */
  onCompleted(listener: (world: World, recording: RecordingRecord) => void): void {
    this.#onCompleted = listener
  }

  start(world: World, wanted: NewRecording): RecordingRecord {
    const now = world.now()
    const recording: RecordingRecord = {
      ...wanted,
      seq: world.recordings.nextSeq(),
      sid: world.ids.sid('RE'),
      status: 'in-progress',
      errorCode: null,
      startTime: now,
      dateCreated: now,
      dateUpdated: now,
      recordedMs: 0,
      runningSince: now,
      pause: null,
      said: []
    }
    world.recordings.add(recording)
    const { sid, callSid, conferenceSid, source } = recording
    const about = { call_sid: callSid, conference_sid: conferenceSid, source }
    world.journal.append({ kind: 'recording.started', sid, ...about })
    this.#tell(world, recording, 'in-progress')
    return recording
  }

  /** Whether it was running. Silence goes on filling the file, unless it is skipped. */
  pause(world: World, recording: RecordingRecord, pause: 'skip' | 'silence'): boolean {
    if (!isMovable(recording.status, 'paused')) return false
    if (pause === 'skip') this.#halt(world, recording)
    recording.pause = pause
    this.#move(world, recording, 'paused')
    return true
  }

  resume(world: World, recording: RecordingRecord): boolean {
    if (!isMovable(recording.status, 'resumed')) return false
    recording.runningSince ??= world.now()
    recording.pause = null
    this.#move(world, recording, 'resumed')
    return true
  }

  /** By the application. */
  stop(world: World, recording: RecordingRecord): boolean {
    return this.#finish(world, recording, 'stopped')
  }

  /** What was recorded is over; `isEmpty`, if none of it is worth keeping. */
  end(world: World, recording: RecordingRecord, isEmpty = false): boolean {
    if (!this.#finish(world, recording, 'ended')) return false
    if (isEmpty) {
      recording.recordedMs = 0
      recording.errorCode = 16102
    }
    return true
  }

  endAllOf(world: World, of: Recorded): void {
    for (const recording of runningOf(world, of)) this.end(world, recording)
  }

  /** What is said goes into every recording that runs there. */
  note(world: World, of: Recorded, speech: Speech): void {
    for (const recording of runningOf(world, of)) noteIn(world, recording, speech)
  }

  /** The file is gone at once; what is known of it can be asked for a while longer. */
  remove(world: World, recording: RecordingRecord): void {
    recording.said = []
    this.#move(world, recording, 'deleted')
  }

  #finish(world: World, recording: RecordingRecord, event: 'stopped' | 'ended'): boolean {
    if (!isMovable(recording.status, event)) return false
    this.#halt(world, recording)
    if (recording.trims) trim(recording)
    this.#move(world, recording, event)
    const { sid } = recording
    const afterMs = world.randomFor(`recording/${sid}/processing`).between(...processingMs)
    world.plan(afterMs, { kind: recordingStep, sid })
    return true
  }

  #halt(world: World, recording: RecordingRecord): void {
    recording.recordedMs = recordedMs(recording, world.now())
    recording.runningSince = null
  }

  #process(world: World, recording: RecordingRecord): void {
    // That a message had no words is nobody's mistake.
    const isEmpty = recording.errorCode !== null
    if (isEmpty) recording.said = []
    else if (recording.recordedMs < shortestMs) recording.errorCode = 16101
    else if (recording.said.length === 0 && world.origin.silent_recordings === 'absent') {
      recording.errorCode = 16102
    }
    const { sid, callSid, errorCode } = recording
    if (errorCode !== null) {
      this.#move(world, recording, 'foundWorthless')
      const reason = errorCode === 16101 ? 'too short' : 'silent'
      const message = `the recording is ${reason}`
      if (!isEmpty) world.alert(errorCode, message, { sid, severity: 'warning' })
      this.#tell(world, recording, 'absent')
      return
    }
    this.#move(world, recording, 'processed')
    this.#tell(world, recording, 'completed')
    this.#onCompleted(world, recording)
    if (recording.transcribes !== null) this.#order(world, recording, callSid)
  }

  #order(world: World, recording: RecordingRecord, callSid: string): void {
    const { transcribes, sid: recordingSid } = recording
    const durationSeconds = recordingSeconds(recording)
    const { moreThanSeconds, lessThanSeconds } = transcribable
    if (durationSeconds <= moreThanSeconds || durationSeconds >= lessThanSeconds) {
      const message = `a recording of ${durationSeconds} s is not transcribed`
      world.alert(13617, message, { sid: recordingSid, severity: 'warning' })
      return
    }
    const now = world.now()
    const transcription: TranscriptionRecord = {
      seq: world.transcriptions.nextSeq(),
      sid: world.ids.sid('TR'),
      recordingSid,
      callSid,
      callback:
        transcribes === null || transcribes.url === null
          ? null
          : { url: transcribes.url, method: transcribes.method },
      durationSeconds,
      status: 'in-progress',
      text: null,
      dateCreated: now,
      dateUpdated: now
    }
    world.transcriptions.add(transcription)
    const { sid } = transcription
    world.journal.append({ kind: 'transcription.started', sid, recording_sid: recordingSid })
    const afterMs = world.randomFor(`transcription/${sid}`).between(...transcribingMs)
    world.plan(afterMs, { kind: transcriptionStep, sid })
  }

  /** Silence cannot be written down, nor a recording that was deleted meanwhile. */
  #transcribe(world: World, transcription: TranscriptionRecord): void {
    const recording = world.recordings.find(transcription.recordingSid)
    const text = transcribed(recording?.said ?? [])
    transcription.status = text === '' ? 'failed' : 'completed'
    transcription.text = text === '' ? null : text
    transcription.dateUpdated = world.now()
    const { sid, status, callback } = transcription
    world.journal.append({ kind: 'transcription.status', sid, was: 'in-progress', status })
    if (callback === null) return
    const told = transcriptionCallback(world, transcription, callback, this.#mediaBaseUrl())
    this.#callbacks.tellOf(world, told)
  }

  #move(world: World, recording: RecordingRecord, event: RecordingEvent): void {
    const { sid, status: was, callSid } = recording
    moveRecording(recording, event, world.now())
    const { status, errorCode } = recording
    const code = errorCode ?? undefined
    world.journal.append({ kind: 'recording.status', sid, call_sid: callSid, was, status, code })
  }

  #tell(world: World, recording: RecordingRecord, event: RecordingCallbackEvent): void {
    const { callback } = recording
    if (callback === null || !callback.events.includes(event)) return
    const told = recordingCallback(world, recording, event, callback, this.#mediaBaseUrl())
    this.#callbacks.tellOf(world, told)
  }
}

function* runningOf(world: World, of: Recorded): Generator<RecordingRecord, void, void> {
  for (const recording of world.recordings.open()) {
    const isIt =
      'callSid' in of
        ? recording.conferenceSid === null && recording.callSid === of.callSid
        : recording.conferenceSid === of.conferenceSid
    if (isIt && isRunning(recording.status)) yield recording
  }
}

function noteIn(world: World, recording: RecordingRecord, speech: Speech): void {
  const { track, status } = recording
  if (status === 'paused' || recording.said.length >= mostParts) return
  if (track === 'inbound' && speech.channel === 2) return
  if (track === 'outbound' && speech.channel === 1) return
  recording.said.push({ atMs: recordedMs(recording, world.now()), ...speech })
}

/** From the first word to the last. Where nothing was said there is nothing to go by. */
function trim(recording: RecordingRecord): void {
  const { said } = recording
  if (said.length === 0) return
  const from = Math.min(...said.map(({ atMs }) => atMs))
  const to = Math.max(...said.map(({ atMs, ms }) => atMs + ms))
  recording.recordedMs = Math.min(recording.recordedMs, to) - from
  recording.said = said.map(part => ({ ...part, atMs: part.atMs - from }))
}
