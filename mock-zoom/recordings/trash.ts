import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { FileRecord } from '../resources/recording.ts'
import type { SessionRecord } from '../resources/session.ts'
import { tellOfTrash } from '../webhooks/recording-events.ts'
import type { World } from '../world.ts'
import { trashLifeMs } from './process-recording.ts'

/*
 * What is deleted lies in the trash for 30 days, unless it is deleted for good. That it is gone then without an
 * event is [unverified].
 */

export function handleTrash(planned: PlanHandlers<World>): void {
  planned.on('recording.purge', (world, { fileId, trashedAt }) => {
    const file = world.files.get(String(fileId))
    if (file === undefined || file.trashedAt !== trashedAt) return
    world.removeFile(file)
    world.journal.append({ kind: 'recording.purged', sid: file.sessionId, file: file.id })
  })
}

export function trashFiles(
  world: World,
  session: SessionRecord,
  files: readonly FileRecord[]
): void {
  for (const file of files) {
    file.trashedAt = world.now()
    const plan = { kind: 'recording.purge', fileId: file.id, trashedAt: file.trashedAt }
    world.plan(trashLifeMs, plan)
  }
  note(world, session, files, 'recording.trashed')
  tellOfTrash(world, session, 'session.recording_trashed')
}

export function deleteFiles(
  world: World,
  session: SessionRecord,
  files: readonly FileRecord[]
): void {
  for (const file of files) world.removeFile(file)
  note(world, session, files, 'recording.deleted')
  tellOfTrash(world, session, 'session.recording_deleted')
}

export function recoverFiles(
  world: World,
  session: SessionRecord,
  files: readonly FileRecord[]
): void {
  for (const file of files) file.trashedAt = null
  note(world, session, files, 'recording.recovered')
  tellOfTrash(world, session, 'session.recording_recovered')
}

function note(
  world: World,
  session: SessionRecord,
  files: readonly FileRecord[],
  kind: string
): void {
  world.note(session, kind, { files: files.map(({ id }) => id) })
  world.noteOperation('Recording', kind.slice('recording.'.length), `Session: ${session.name}`)
}
