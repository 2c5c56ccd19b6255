import { zoomTime } from '../../dates.ts'
import type { Call } from '../../operation.ts'
import type { FileRecord } from '../../resources/recording.ts'
import type { SessionRecord } from '../../resources/session.ts'
import { shownFile } from '../../webhooks/recording-events.ts'

/** What can be fetched of a session, or what lies in its trash. */
export function filesOf({ world }: Call, session: SessionRecord, isTrash = false): FileRecord[] {
  const files = world.filesBySession.get(session.id) ?? []
  return files.filter(({ trashedAt }) => (trashedAt !== null) === isTrash)
}

export function shownRecordings(
  call: Call,
  session: SessionRecord,
  files: readonly FileRecord[]
): Record<string, unknown> {
  const startedAt = session.startedAt ?? session.createdAt
  const of = (group: FileRecord['group']) =>
    files.filter(file => file.group === group).map(file => shown(call, file))
  return {
    session_id: session.id,
    session_name: session.name,
    session_key: session.key ?? '',
    start_time: zoomTime(startedAt),
    duration: Math.round(((session.endedAt ?? startedAt) - startedAt) / 60_000),
    total_size: files.reduce((sum, { size }) => sum + size, 0),
    recording_count: files.length,
    timezone: call.world.settings.timezone,
    recording_files: of('recording'),
    participant_audio_files: of('participant_audio'),
    participant_video_files: of('participant_video')
  }
}

function shown({ origin }: Call, file: FileRecord): Record<string, unknown> {
  const { trashedAt } = file
  return {
    ...shownFile(file, ({ id }) => `${origin}/rec/download/${id}`),
    ...(trashedAt === null ? {} : { deleted_time: zoomTime(trashedAt) })
  }
}
