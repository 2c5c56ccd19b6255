import type { RecordingStatus } from '../lifecycles/recording.ts'

/** From one start to one stop: a session may be recorded several times. */
export interface RecordingRun {
  status: RecordingStatus
  startedAt: number
  /** When it was paused last. */
  pausedAt: number | null
  pausedMs: number
  endedAt: number | null
}

export type FileGroup = 'recording' | 'participant_audio' | 'participant_video'

/** A file of a session's recording. What is in it is made when somebody fetches it. */
export interface FileRecord {
  id: string
  sessionId: string
  group: FileGroup
  /** Which of the session's recordings it is of. */
  run: number
  fileType: string
  extension: string
  recordingType: string
  size: number
  startedAt: number
  endedAt: number
  createdAt: number
  trashedAt: number | null
  userId: string | null
  userKey: string | null
  userName: string | null
}
