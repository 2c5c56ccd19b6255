import { drawMs } from '../../simulator/faults.ts'
import { move, statusAfter, type RecordingEvent } from '../lifecycles/recording.ts'
import type { RecordingRun } from '../resources/recording.ts'
import type { SessionRecord } from '../resources/session.ts'
import { tellOfRecording } from '../webhooks/recording-events.ts'
import type { World } from '../world.ts'
import { watchLoneUser } from './lone-user.ts'

/** Whether the account has cloud recording, a plan for it and room. */
export function mayRecord({ settings: { cloudRecording } }: World): boolean {
  return cloudRecording === 'enabled' || cloudRecording === 'no_events_api'
}

/** False when it is recorded already. */
export function startRecording(world: World, session: SessionRecord): boolean {
  if (activeRun(session) !== undefined) return false
  const run: RecordingRun = {
    status: 'recording',
    startedAt: world.now(),
    pausedAt: null,
    pausedMs: 0,
    endedAt: null
  }
  session.runs.push(run)
  session.has.recording = true
  note(world, session, run, 'session.recording_started')
  watchLoneUser(world, session)
  return true
}

/** False when the recording cannot be paused now. */
function pauseRecording(world: World, session: SessionRecord): boolean {
  const run = runThatCanBe(session, 'paused')
  if (run === undefined) return false
  run.pausedAt = world.now()
  note(world, session, run, 'session.recording_paused')
  return true
}

function resumeRecording(world: World, session: SessionRecord): boolean {
  const run = runThatCanBe(session, 'resumed')
  if (run === undefined) return false
  endPause(world, run)
  note(world, session, run, 'session.recording_resumed')
  return true
}

export function stopRecording(world: World, session: SessionRecord): boolean {
  const run = runThatCanBe(session, 'stopped')
  if (run === undefined) return false
  endPause(world, run)
  run.endedAt = world.now()
  note(world, session, run, 'session.recording_stopped')
  watchLoneUser(world, session)
  return true
}

/** The files of a session that is over are made in a while. */
export function planProcessing(world: World, session: SessionRecord): void {
  if (session.runs.length === 0) return
  const { recordingDelayMs } = world.settings
  const slow = world.faults.isEmpty
    ? undefined
    : world.faults.take('delay', {
        operation: 'process-recording',
        to: session.name,
        service: session.id
      })
  const more = slow === undefined ? 0 : drawMs(slow.ms, world.randomFor(`slow/${session.id}`))
  world.plan(recordingDelayMs + more, { kind: 'recording.process', sessionId: session.id })
}

/** What the recording is doing, in a word. */
export function recordingState(session: SessionRecord): 'recording' | 'paused' | 'off' {
  const status = activeRun(session)?.status
  return status === 'recording' || status === 'paused' ? status : 'off'
}

/** What can be done with a recording, by the word for it. */
export const recordingVerbs: Readonly<Record<string, typeof startRecording>> = {
  start: startRecording,
  pause: pauseRecording,
  resume: resumeRecording,
  stop: stopRecording
}

/** How much of it is kept. */
export function runLengthMs({ startedAt, endedAt, pausedMs }: RecordingRun): number {
  return Math.max(0, (endedAt ?? startedAt) - startedAt - pausedMs)
}

function activeRun({ runs }: SessionRecord): RecordingRun | undefined {
  return runs.find(({ status }) => status === 'recording' || status === 'paused')
}

function runThatCanBe(session: SessionRecord, event: RecordingEvent): RecordingRun | undefined {
  const run = activeRun(session)
  if (run === undefined || statusAfter(run.status, event) === undefined) return undefined
  move(run, event)
  return run
}

function endPause(world: World, run: RecordingRun): void {
  if (run.pausedAt === null) return
  run.pausedMs += world.now() - run.pausedAt
  run.pausedAt = null
}

function note(
  world: World,
  session: SessionRecord,
  run: RecordingRun,
  event: Parameters<typeof tellOfRecording>[3]
): void {
  world.note(session, event)
  tellOfRecording(world, session, run, event)
}
