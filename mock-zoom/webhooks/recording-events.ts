import { dayMs, zoomTime } from '../dates.ts'
import { signJwt } from '../jwt.ts'
import type { FileRecord, RecordingRun } from '../resources/recording.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { World } from '../world.ts'
import type { EventName } from './event-names.ts'
import { startOf } from './session-events.ts'
import { tell } from './tell.ts'

/** What becomes of recordings. Here `session_key` is always told, and there is no `id`. */

export function tellOfRecording(
  world: World,
  session: SessionRecord,
  run: RecordingRun,
  event:
    | 'session.recording_started'
    | 'session.recording_paused'
    | 'session.recording_resumed'
    | 'session.recording_stopped'
): void {
  const isStart = event === 'session.recording_started'
  const file = {
    recording_start: zoomTime(run.startedAt),
    ...(isStart ? {} : { recording_end: zoomTime(world.now()) })
  }
  tell(world, { event, session, object: { ...base(world, session), recording_file: file } })
}

/** Whoever asks for a file under this address gets it. */
export type UrlOf = (file: FileRecord) => string

export function tellOfFiles(
  world: World,
  session: SessionRecord,
  files: readonly FileRecord[],
  urlOf: UrlOf
): void {
  const of = (group: FileRecord['group']) =>
    files.filter(file => file.group === group).map(file => shownFile(file, urlOf))
  const audio = of('participant_audio')
  const video = of('participant_video')
  const object = {
    ...base(world, session),
    recording_files: of('recording'),
    ...(audio.length === 0 ? {} : { participant_audio_files: audio }),
    ...(video.length === 0 ? {} : { participant_video_files: video })
  }
  const downloadToken = downloadTokenFor(world, session)
  tell(world, { event: 'session.recording_completed', session, object, downloadToken })
}

/** One file that follows the recording. */
export function tellOfFile(
  world: World,
  session: SessionRecord,
  file: FileRecord,
  event: 'session.recording_transcript_completed' | 'session.recording_summary_completed',
  urlOf: UrlOf
): void {
  const object = { ...base(world, session), recording_files: [shownFile(file, urlOf)] }
  tell(world, { event, session, object, downloadToken: downloadTokenFor(world, session) })
}

export function tellOfFailedTranscript(world: World, session: SessionRecord): void {
  const event: EventName = 'session.recording_transcript_failed'
  tell(world, { event, session, object: base(world, session) })
}

export function tellOfTrash(
  world: World,
  session: SessionRecord,
  event: 'session.recording_trashed' | 'session.recording_deleted' | 'session.recording_recovered'
): void {
  tell(world, { event, session, object: base(world, session), isByOperator: true })
}

/** As webhooks and the REST API show it, but for what the latter adds. */
export function shownFile(file: FileRecord, urlOf: UrlOf): Record<string, unknown> {
  const isTimeline = file.fileType === 'TIMELINE' || file.fileType === 'CC'
  return {
    // By the description these have neither id nor size; a sample shows them, and a download needs the id.
    id: file.id,
    ...(isTimeline ? {} : { status: 'completed' }),
    recording_start: zoomTime(file.startedAt),
    recording_end: zoomTime(file.endedAt),
    ...(file.userName === null ? {} : { file_name: `${file.recordingType} - ${file.userName}` }),
    file_type: file.fileType,
    file_extension: file.extension,
    ...(isTimeline ? {} : { file_size: file.size, recording_type: file.recordingType }),
    download_url: urlOf(file),
    ...(file.userId === null ? {} : { user_id: file.userId }),
    ...(file.userKey === null ? {} : { user_key: file.userKey })
  }
}

/** Opens the files of one session, for a day unless told otherwise. */
export function downloadTokenFor(
  world: World,
  { id }: SessionRecord,
  lifeSeconds = dayMs / 1000
): string {
  const iat = Math.floor(world.now() / 1000)
  const claims = { iss: 'recording', sid: id, iat, exp: iat + lifeSeconds }
  return signJwt(claims, downloadSecret(world))
}

/** Of Zoom's own, which the application does not know. */
export function downloadSecret(world: World): string {
  return `download/${world.credentials.apiSecret}`
}

function base(world: World, session: SessionRecord) {
  return {
    session_id: session.id,
    session_name: session.name,
    session_key: session.key ?? '',
    start_time: startOf(session),
    timezone: world.settings.timezone
  }
}
