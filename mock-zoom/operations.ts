import type { Operation } from './operation.ts'
import {
  deleteRecording,
  deleteSessionRecordings
} from './operations/recordings/delete-recordings.ts'
import { listRecordings } from './operations/recordings/list-recordings.ts'
import { listSessionRecordings } from './operations/recordings/list-session-recordings.ts'
import {
  recoverRecording,
  recoverSessionRecordings
} from './operations/recordings/recover-recordings.ts'
import { controlSession } from './operations/sessions/control-session.ts'
import { createSession } from './operations/sessions/create-session.ts'
import { deleteSession } from './operations/sessions/delete-session.ts'
import { endSession } from './operations/sessions/end-session.ts'
import { fetchSession } from './operations/sessions/fetch-session.ts'
import { listSessions } from './operations/sessions/list-sessions.ts'
import { listUsers } from './operations/users/list-users.ts'

/** Everything of Zoom's API that this mock knows. */
export const operations: readonly Operation[] = [
  listSessions,
  createSession,
  fetchSession,
  deleteSession,
  endSession,
  controlSession,
  listUsers,
  listRecordings,
  listSessionRecordings,
  deleteSessionRecordings,
  deleteRecording,
  recoverSessionRecordings,
  recoverRecording
]
