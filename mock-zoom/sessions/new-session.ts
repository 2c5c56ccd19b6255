import type { SessionRecord } from '../resources/session.ts'
import type { World } from '../world.ts'

export interface NewSession {
  /** In lower case. */
  name: string
  password: string | null
  recordsByItself?: boolean
}

/** Nobody is inside yet. Nobody is told. */
export function newSession(
  world: World,
  { name, password, recordsByItself = false }: NewSession
): SessionRecord {
  const session: SessionRecord = {
    id: world.ids.sessionId(),
    seq: ++world.counts.sessions,
    number: world.ids.sessionNumber(),
    name,
    key: null,
    isKeySetByHost: false,
    password,
    passcode: world.ids.digits(6),
    status: 'scheduled',
    createdAt: world.now(),
    startedAt: null,
    endedAt: null,
    recordsByItself,
    users: [],
    hostId: null,
    removed: [],
    company: 0,
    hostTimeoutMs: null,
    runs: [],
    transcriptOption: 0,
    recordsEachUser: false,
    chat: [],
    liveStream: { streamUrl: '', streamKey: '', pageUrl: '', resolution: '', startedAt: null },
    has: { video: false, voip: false, screenShare: false, pstn: false, recording: false },
    issues: [],
    streams: {},
    blocked: { audio: [], video: [], share: [] }
  }
  world.keepSession(session)
  return session
}
