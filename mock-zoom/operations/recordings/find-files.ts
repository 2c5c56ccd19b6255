import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { FileRecord } from '../../resources/recording.ts'
import type { SessionRecord } from '../../resources/session.ts'
import { findSession } from '../sessions/find-session.ts'
import { filesOf } from './shown-recordings.ts'

export interface FoundFiles {
  session: SessionRecord
  files: FileRecord[]
}

/** The one in the path, or all of the session. */
export function findFiles(call: Call, isTrash = false): FoundFiles {
  const session = findSession(call)
  const { recordingId } = call.params
  const files = filesOf(call, session, isTrash).filter(
    ({ id }) => recordingId === undefined || id === recordingId
  )
  if (files.length === 0) throw refusal('unknownRecording')
  return { session, files }
}
