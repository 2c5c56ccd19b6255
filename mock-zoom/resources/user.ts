export type Role = 'host' | 'manager' | 'participant'

/** Somebody's stay in a session: who comes again is another user with the same key. */
export interface UserRecord {
  /** Numeric, and new for every join. */
  id: string
  name: string
  /** The application's own id of the person. */
  key: string | null
  participantUuid: string
  role: Role
  isOriginalHost: boolean
  joinedAt: number
  /** When the connection broke, of which nobody knows yet. */
  lostAt: number | null
  leftAt: number | null
  leaveReason: string | null
  /** Virtual milliseconds. */
  tokenExpiresAt: number
  device: string
  phoneNumber: string | null
  /** Whether this user's own video may be recorded. */
  electsRecording: boolean
  shares: Share[]
}

export interface Share {
  content: string
  startedAt: number
  endedAt: number | null
}

/** Inside, as far as Zoom knows. */
export function isInside(user: UserRecord): boolean {
  return user.leftAt === null
}
