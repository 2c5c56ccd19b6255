import type { PlanHandlers } from '../../simulator/agenda.ts'
import { dayMs } from '../dates.ts'
import { move } from '../lifecycles/recording.ts'
import type { FileGroup, FileRecord, RecordingRun } from '../resources/recording.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { UserRecord } from '../resources/user.ts'
import type { recordingFileKinds } from '../seeds.ts'
import { runLengthMs } from '../sessions/record-session.ts'
import {
  tellOfFailedTranscript,
  tellOfFile,
  tellOfFiles,
  type UrlOf
} from '../webhooks/recording-events.ts'
import type { World } from '../world.ts'
import { contentOf } from './contents.ts'

/*
 * What becomes of a recording when its session is over: files after a while, then a transcript, then a summary.
 * How long it takes is not documented, and a setting of the world, as is whether several recordings of one
 * session are told of together. A recording of some seconds is not kept.
 */

type FileKind = (typeof recordingFileKinds)[number]

export function handleRecordings(planned: PlanHandlers<World>, urlOf: UrlOf): void {
  planned.on('recording.process', (world, { sessionId }) => {
    const session = world.sessions.get(String(sessionId))
    if (session !== undefined) processRecording(world, session, urlOf)
  })
  planned.on('recording.transcribe', (world, { sessionId }) => {
    const session = world.sessions.get(String(sessionId))
    if (session !== undefined) transcribe(world, session, urlOf)
  })
  planned.on('recording.summarize', (world, { sessionId }) => {
    const session = world.sessions.get(String(sessionId))
    if (session !== undefined) summarize(world, session, urlOf)
  })
}

function processRecording(world: World, session: SessionRecord, urlOf: UrlOf): void {
  const { shortestRecordingMs, recordingEvents } = world.settings
  const hasFailed = outcome(world, session, 'process-recording') === 'failed'
  const made: FileRecord[][] = []
  for (const [place, run] of session.runs.entries()) {
    if (run.status !== 'stopped') continue
    if (hasFailed || runLengthMs(run) < shortestRecordingMs) {
      move(run, 'tooShort')
      world.note(session, 'recording.discarded', { run: place, has_failed: hasFailed })
      continue
    }
    move(run, 'processed')
    made.push(filesOf(world, session, place, run))
  }
  if (made.length === 0) return
  world.note(session, 'recording.completed', { files: made.flat().length })
  if (recordingEvents === 'per_run') {
    for (const files of made) tellOfFiles(world, session, files, urlOf)
  } else {
    tellOfFiles(world, session, made.flat(), urlOf)
  }
  planText(world, session)
}

function planText(world: World, session: SessionRecord): void {
  const { transcripts, transcriptDelayMs, summaryDelayMs, recordingDelayMs } = world.settings
  const { hasUniversalCredit } = world.settings
  const byToken = hasUniversalCredit ? session.transcriptOption : 0
  const option = { by_token: byToken, always: 1, with_summary: 2 }[transcripts]
  if (option === 0) return
  const wait = (ms: number) => Math.max(0, ms - recordingDelayMs)
  const sessionId = session.id
  world.plan(wait(transcriptDelayMs), { kind: 'recording.transcribe', sessionId })
  if (option === 2) {
    world.plan(wait(summaryDelayMs), { kind: 'recording.summarize', sessionId })
  }
}

function transcribe(world: World, session: SessionRecord, urlOf: UrlOf): void {
  const [run, place] = keptRun(session)
  if (run === undefined) return
  if (outcome(world, session, 'transcribe-recording') === 'failed') {
    world.note(session, 'recording.transcript_failed')
    tellOfFailedTranscript(world, session)
    return
  }
  const kind = { fileType: 'TRANSCRIPT', extension: 'VTT', recordingType: 'audio_transcript' }
  const file = newFile(world, session, place, run, kind)
  world.note(session, 'recording.transcript_completed')
  tellOfFile(world, session, file, 'session.recording_transcript_completed', urlOf)
}

function summarize(world: World, session: SessionRecord, urlOf: UrlOf): void {
  const [run, place] = keptRun(session)
  if (run === undefined) return
  const kind = { fileType: 'SUMMARY', extension: 'JSON', recordingType: 'summary' }
  const file = newFile(world, session, place, run, kind)
  world.note(session, 'recording.summary_completed')
  tellOfFile(world, session, file, 'session.recording_summary_completed', urlOf)
}

function keptRun({ runs }: SessionRecord): [run: RecordingRun | undefined, place: number] {
  const place = runs.findIndex(({ status }) => status === 'completed')
  return [runs[place], place]
}

/** A fault may decide how it ends. */
function outcome(world: World, { id, name }: SessionRecord, operation: string): string | undefined {
  if (world.faults.isEmpty) return undefined
  return world.faults.take('outcome', { operation, to: name, service: id })?.status
}

interface NewFile {
  fileType: string
  extension: string
  recordingType: string
  group?: FileGroup
  user?: UserRecord
}

function filesOf(
  world: World,
  session: SessionRecord,
  place: number,
  run: RecordingRun
): FileRecord[] {
  const { recordingFiles, audioPerParticipant, hasUniversalCredit } = world.settings
  const isEach = session.recordsEachUser && hasUniversalCredit
  const present = session.users.filter(
    ({ joinedAt, leftAt }) =>
      joinedAt < (run.endedAt ?? joinedAt) && (leftAt ?? Number.MAX_VALUE) > run.startedAt
  )
  const wanted: NewFile[] = [
    ...recordingFiles.flatMap(kind => fileOfKind(session, run, kind)),
    ...(audioPerParticipant ? present.map(audioOf) : []),
    ...(isEach ? present.filter(user => user.electsRecording).map(videoOf) : [])
  ]
  return wanted.map(one => newFile(world, session, place, run, one))
}

function fileOfKind(session: SessionRecord, run: RecordingRun, kind: FileKind): NewFile[] {
  switch (kind) {
    case 'audio_only':
      return [{ fileType: 'M4A', extension: 'M4A', recordingType: kind }]
    case 'chat_file': {
      const hasChat = session.chat.some(
        ({ at }) => at >= run.startedAt && at <= (run.endedAt ?? at)
      )
      return hasChat ? [{ fileType: 'CHAT', extension: 'TXT', recordingType: kind }] : []
    }
    case 'closed_caption':
      return [{ fileType: 'CC', extension: 'VTT', recordingType: kind }]
    case 'timeline':
      return [{ fileType: 'TIMELINE', extension: 'JSON', recordingType: kind }]
    case 'shared_screen_with_speaker_view':
    case 'shared_screen_with_gallery_view':
    case 'active_speaker':
    case 'gallery_view':
    case 'shared_screen':
      break
  }
  return [{ fileType: 'MP4', extension: 'MP4', recordingType: kind }]
}

function audioOf(user: UserRecord): NewFile {
  const recordingType = 'audio_only_each_participant'
  return { fileType: 'M4A', extension: 'M4A', recordingType, group: 'participant_audio', user }
}

function videoOf(user: UserRecord): NewFile {
  const recordingType = 'individual_user'
  return { fileType: 'MP4', extension: 'MP4', recordingType, group: 'participant_video', user }
}

function newFile(
  world: World,
  session: SessionRecord,
  place: number,
  run: RecordingRun,
  { fileType, extension, recordingType, group = 'recording', user }: NewFile
): FileRecord {
  world.counts.files++
  const file: FileRecord = {
    id: world.ids.uuid(),
    sessionId: session.id,
    group,
    run: place,
    fileType,
    extension,
    recordingType,
    size: 0,
    startedAt: run.startedAt,
    endedAt: Math.max(run.startedAt, (run.endedAt ?? run.startedAt) - run.pausedMs),
    createdAt: world.now(),
    trashedAt: null,
    userId: user?.id ?? null,
    userKey: user?.key ?? null,
    userName: user?.name ?? null
  }
  file.size = contentOf(session, file).bytes.length
  world.keepFile(file)
  return file
}

/** How long trash can be recovered. */
export const trashLifeMs = 30 * dayMs
