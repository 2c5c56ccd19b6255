import type { SessionStatus } from '../lifecycles/session.ts'
import type { RecordingRun } from './recording.ts'
import type { UserRecord } from './user.ts'

/** One instance of a session: a name that is used again is another session with another id. */
export interface SessionRecord {
  /** Base64 of 16 bytes. */
  id: string
  seq: number
  number: number
  /** As Zoom keeps it, in lower case. */
  name: string
  key: string | null
  /** Once a host has set it, nobody enters without it. */
  isKeySetByHost: boolean
  password: string | null
  /** What people dial in with. */
  passcode: string
  status: SessionStatus
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  recordsByItself: boolean
  /** Those inside and those who were, in the order of joining. */
  users: UserRecord[]
  /** The user id of who is host, or of who was at last. */
  hostId: string | null
  /** Who was removed, by user key or else by name: no way back into this session. */
  removed: string[]
  /** Rises with every change of who is inside: what was planned for a lone user before is void. */
  company: number
  /** Of the lone host's own choice, in place of the account's. */
  hostTimeoutMs: number | null
  runs: RecordingRun[]
  /** 0 none, 1 transcript, 2 transcript and summary, as the host's token asks. */
  transcriptOption: number
  /** Whether every user has a file of his own. */
  recordsEachUser: boolean
  chat: ChatLine[]
  liveStream: LiveStream
  has: { video: boolean; voip: boolean; screenShare: boolean; pstn: boolean; recording: boolean }
  /** By what was said of the network and the machines, each once. */
  issues: string[]
  /** Streams that are bound to it, by their ids. */
  streams: Record<string, { isConnected: boolean; isSending: boolean }>
  /** User ids of those whose audio, video or share is blocked. */
  blocked: Record<'audio' | 'video' | 'share', string[]>
}

export interface ChatLine {
  at: number
  name: string
  text: string
}

export interface LiveStream {
  streamUrl: string
  streamKey: string
  pageUrl: string
  resolution: string
  startedAt: number | null
}
