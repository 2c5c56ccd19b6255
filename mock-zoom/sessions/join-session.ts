import { move } from '../lifecycles/session.ts'
import type { SessionRecord } from '../resources/session.ts'
import { isInside, type UserRecord } from '../resources/user.ts'
import { tellOfStart, tellOfUser } from '../webhooks/session-events.ts'
import type { World } from '../world.ts'
import { watchLoneUser } from './lone-user.ts'
import { newSession } from './new-session.ts'
import { mayRecord, startRecording } from './record-session.ts'
import { isSessionName, JoinRefusal, sessionClaims, type SessionClaims } from './session-token.ts'

/** What an application gives to the SDK's `join`, and the machine that it runs on. */
export interface Joining {
  topic: string
  token: string
  userName: string
  password?: string | undefined
  /** Of a host who is alone; 0 lets the session stay. */
  idleTimeoutMins?: number | undefined
  device?: string | undefined
  /** Of one who dials in. */
  phoneNumber?: string | undefined
}

export interface Joined {
  session: SessionRecord
  user: UserRecord
}

const longestUserName = 200
const longestPassword = 10
/** Participants' ids are multiples of 1024 above this, in the order of joining. */
const firstUserId = 16_778_240

/** The first one to come makes the session. Throws a JoinRefusal, and has changed nothing then. */
export function joinSession(world: World, joining: Joining): Joined {
  const { topic, token, password = '', idleTimeoutMins } = joining
  if (!isSessionName(topic)) {
    throw new JoinRefusal(4003, 'topic has 1 to 200 characters, of those that are allowed')
  }
  checkPassword(password)
  if (idleTimeoutMins !== undefined && !(idleTimeoutMins >= 0 && idleTimeoutMins <= 10_080)) {
    throw new JoinRefusal(4003, 'sessionIdleTimeoutMins is a number of minutes, 0 for ever')
  }
  const claims = sessionClaims(world, topic, token)
  const name = topic.toLowerCase()
  const open = world.openSessions.get(name)
  if (open !== undefined) checkEntry(world, open, joining, claims)

  const session = open ?? newSession(world, { name, password: password === '' ? null : password })
  const user = newUser(world, session, joining, claims)
  const isFirst = session.status === 'scheduled'
  session.users.push(user)
  takeHostsWord(session, user, claims, idleTimeoutMins)
  if (isFirst) {
    move(session, 'firstJoined')
    session.startedAt = world.now()
    world.note(session, 'session.started')
    tellOfStart(world, session)
  }
  world.note(session, 'session.user_joined', {
    user_id: user.id,
    user_name: user.name,
    user_key: user.key,
    role: user.role
  })
  tellOfUser(world, session, user, 'session.user_joined')
  if (world.settings.expiredToken === 'removes_users') {
    const plan = { kind: 'session.token-expired', sessionId: session.id, userId: user.id }
    world.plan(user.tokenExpiresAt - world.now(), plan)
  }
  if (session.recordsByItself && session.runs.length === 0 && mayRecord(world)) {
    startRecording(world, session)
  }
  watchLoneUser(world, session)
  return { session, user }
}

/** Printable ASCII. A longer one is refused with the same code as a token that is none. */
function checkPassword(password: string): void {
  if (password.length > longestPassword) {
    throw new JoinRefusal(200, `a password has at most ${longestPassword} characters`)
  }
  if (!/^[ -~]*$/.test(password)) throw new JoinRefusal(4003, 'a password is printable ASCII')
}

function checkEntry(
  world: World,
  session: SessionRecord,
  { password = '', userName }: Joining,
  claims: SessionClaims
): void {
  if (session.password !== null && session.password !== password) {
    throw new JoinRefusal(3004, 'the password is not that of the session')
  }
  const isKeyNeeded = session.isKeySetByHost && claims.role !== 'host'
  if (isKeyNeeded && session.key !== claims.sessionKey) {
    throw new JoinRefusal(200, 'session_key is not the one that the host has set')
  }
  if (session.removed.includes(claims.userKey ?? shownName(userName))) {
    throw new JoinRefusal(3009, 'who was removed by the host may not rejoin the session')
  }
  if (session.users.filter(isInside).length >= world.settings.mostUsers) {
    throw new JoinRefusal(4005, 'the session is full')
  }
}

function newUser(
  world: World,
  session: SessionRecord,
  { userName, device = 'Windows', phoneNumber }: Joining,
  claims: SessionClaims
): UserRecord {
  const { hostId } = session
  const isHostInside = session.users.some(user => user.id === hostId && isInside(user))
  const isHost = claims.role === 'host' && !isHostInside
  world.counts.users++
  return {
    id: String(firstUserId + 1024 * session.users.length),
    name: shownName(userName),
    key: claims.userKey,
    participantUuid: world.ids.participantUuid(),
    role: isHost ? 'host' : claims.role === 'host' ? 'manager' : 'participant',
    isOriginalHost: isHost && hostId === null,
    joinedAt: world.now(),
    lostAt: null,
    leftAt: null,
    leaveReason: null,
    tokenExpiresAt: claims.expiresAt,
    device,
    phoneNumber: phoneNumber ?? null,
    electsRecording: claims.electsRecording,
    shares: []
  }
}

/** Longer ones are cut, and an empty one shows as "null". */
function shownName(name: string): string {
  return Array.from(name).slice(0, longestUserName).join('') || 'null'
}

function takeHostsWord(
  session: SessionRecord,
  user: UserRecord,
  claims: SessionClaims,
  idleTimeoutMins: number | undefined
): void {
  session.has.voip = true
  if (user.phoneNumber !== null) session.has.pstn = true
  if (claims.sessionKey !== null && !session.isKeySetByHost) session.key = claims.sessionKey
  if (user.role !== 'host') return
  session.hostId = user.id
  if (claims.sessionKey !== null) {
    session.key = claims.sessionKey
    session.isKeySetByHost = true
  }
  if (idleTimeoutMins !== undefined) session.hostTimeoutMs = idleTimeoutMins * 60_000
  session.recordsEachUser ||= claims.recordsEachUser
  session.transcriptOption = Math.max(session.transcriptOption, claims.transcriptOption)
}
