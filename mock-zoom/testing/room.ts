import { parseDuration } from '../../simulator/duration.ts'
import type { JournalEntry } from '../../simulator/journal.ts'
import type { MockZoom } from '../app.ts'
import { passHost, recordAs } from '../control/rooms.ts'
import type { SessionRecord } from '../resources/session.ts'
import { isInside, type UserRecord } from '../resources/user.ts'
import { callOutPhone, callOutRoomSystem } from '../sessions/call-out.ts'
import { joinSession } from '../sessions/join-session.ts'
import { endSession, leaveSession, loseConnection, removeUser } from '../sessions/leave-session.ts'
import { ownToken } from '../sessions/own-token.ts'
import { actingHost, insideOf, instancesOf } from '../sessions/people.ts'
import { startSharing, stopSharing, type SharedContent } from '../sessions/share-screen.ts'
import type { EventName } from '../webhooks/event-names.ts'
import { tellOfIssues, type AlertIssue } from '../webhooks/session-events.ts'
import type { World } from '../world.ts'

/*
 * A session, for tests that tell what people do in it.
 *
 *   const call = room(mock, 'call-0001')
 *   const ana = call.join('Ana', { as: 'host' })
 *   const ben = call.join('Ben')
 *   ana.startsRecording()
 *   ben.disconnects().rejoins().leaves()
 *   ana.endsForAll()
 *   await call.expects('session.ended')
 *   const { object } = await call.expects('session.recording_completed', { within: '5 min' })
 *
 * What people do happens at once. What the application is told is awaited, in the clock's time and not the
 * wall's: a clock that stands still is advanced from one thing that is due to the next. Whatever is not as
 * expected is told with all that happened in the room.
 */

export interface Room {
  name: string
  join: (userName: string, how?: Joining) => Person
  /** The next event of this name that the application has taken and that was not asked for before. */
  expects: (event: EventName, options?: Expecting) => Promise<ToldEvent>
  /** Nothing of the kind was sent, so far. */
  hasNotTold: (event: EventName) => void
  /** The names of the events so far, in order. */
  events: () => EventName[]
  /** Who is inside, by name. */
  people: () => string[]
  /** The instance that goes on, or that was last. */
  session: () => SessionRecord
  hasIssues: (...issues: AlertIssue[]) => Room
}

export interface Joining {
  as?: 'host' | 'guest'
  /** The application's. Without one, the mock makes one of the rest. */
  token?: string
  userKey?: string
  sessionKey?: string
  password?: string
  idleTimeoutMins?: number
  device?: string
  phoneNumber?: string
  /** Further claims of the token that the mock makes. */
  claims?: Readonly<Record<string, unknown>>
}

export interface Expecting {
  within?: number | string
  /** Only of this person. */
  of?: string
}

/** As it was sent. */
export interface ToldEvent {
  event: string
  object: Readonly<Record<string, unknown>>
  body: Readonly<Record<string, unknown>>
}

/** Each act gives the person again, so that acts can be told in a row. */
export interface Person {
  id: string
  name: string
  user: UserRecord
  leaves: () => Person
  /** The connection breaks; Zoom notices later. */
  disconnects: () => Person
  /** As another user with the same key. */
  rejoins: () => Person
  startsRecording: () => Person
  pausesRecording: () => Person
  resumesRecording: () => Person
  stopsRecording: () => Person
  shares: (content?: SharedContent) => Person
  stopsSharing: () => Person
  says: (text: string) => Person
  removes: (other: Person | string) => Person
  passesHostTo: (other: Person | string) => Person
  endsForAll: () => Person
  calls: (phoneNumber: string, name?: string) => Person
  callsRoom: (deviceIp: string, callType?: 'h323' | 'sip') => Person
}

export function room(mock: MockZoom, name: string, accountId?: string): Room {
  const world = mock.world(accountId)
  const sessionName = name.toLowerCase()
  /** The journal's numbers of events that were asked for. */
  const taken = new Set<number>()

  const fail = (what: string): never => {
    throw new Error(`${name} ${what}:\n${told(world, sessionName)}`)
  }

  const session = (): SessionRecord =>
    instancesOf(world, name).at(-1) ?? fail('has never been joined')

  const takeNext = (event: EventName, of: string | undefined): ToldEvent | undefined => {
    const heard = world.subscriptions.size > 0
    const kind = heard ? 'webhook.delivered' : 'event'
    const limit = Number.POSITIVE_INFINITY
    const entries = world.journal.list({ match: { kind, event, session_name: sessionName }, limit })
    for (const entry of entries) {
      if (taken.has(entry.seq)) continue
      const body = bodyOf(world, entry)
      if (of !== undefined && !JSON.stringify(body).includes(JSON.stringify(of))) continue
      taken.add(entry.seq)
      return { event, body, object: objectIn(body) }
    }
    return undefined
  }

  const self: Room = {
    name,
    session,
    join: (userName, how = {}) => join(world, name, userName, how),
    expects: async (event, { within = '5 min', of } = {}) => {
      const limit = mock.clock.now() + (typeof within === 'number' ? within : parseDuration(within))
      for (;;) {
        const { lastSeq } = world.journal
        const found = takeNext(event, of)
        if (found !== undefined) return found
        if (!(await somethingHappens(mock, world, { limit, lastSeq }))) break
      }
      return takeNext(event, of) ?? fail(`told of no ${event} within ${within}`)
    },
    hasNotTold: event => {
      if (self.events().includes(event)) fail(`has told of ${event}`)
    },
    events: () =>
      world.journal
        .list({ match: { kind: 'event', session_name: sessionName }, limit: 100_000 })
        .flatMap(({ event }) => (isEventName(event) ? [event] : [])),
    people: () =>
      session()
        .users.filter(isInside)
        .map(user => user.name),
    hasIssues: (...issues) => {
      tellOfIssues(world, session(), issues)
      return self
    }
  }
  return self
}

function join(world: World, topic: string, userName: string, how: Joining): Person {
  const { as: role = 'guest', userKey, sessionKey, claims, password } = how
  const token = how.token ?? ownToken(world, { topic, role, userKey, sessionKey, claims })
  const { session, user } = joinSession(world, {
    topic,
    token,
    userName,
    password,
    idleTimeoutMins: how.idleTimeoutMins,
    device: how.device,
    phoneNumber: how.phoneNumber
  })
  const act = (action: () => void): Person => {
    action()
    return self
  }
  const record = (verb: string) =>
    act(() => {
      actingHost(session, user.id)
      recordAs(world, session, verb)
    })
  const other = (person: Person | string) =>
    insideOf(session, typeof person === 'string' ? person : person.id)
  /** Who has left does nothing any more. */
  const inside = () => insideOf(session, user.id)
  const self: Person = {
    id: user.id,
    name: user.name,
    user,
    leaves: () => act(() => leaveSession(world, session, inside())),
    disconnects: () => act(() => loseConnection(world, session, inside())),
    rejoins: () => join(world, topic, userName, how),
    startsRecording: () => record('start'),
    pausesRecording: () => record('pause'),
    resumesRecording: () => record('resume'),
    stopsRecording: () => record('stop'),
    shares: (content = 'desktop') => act(() => startSharing(world, session, inside(), content)),
    stopsSharing: () => act(() => stopSharing(world, session, inside())),
    says: text => act(() => session.chat.push({ at: world.now(), name: inside().name, text })),
    removes: person =>
      act(() => {
        actingHost(session, user.id)
        removeUser(world, session, other(person))
      }),
    passesHostTo: person =>
      act(() => passHost(session, actingHost(session, user.id, true), other(person).id)),
    endsForAll: () =>
      act(() => {
        actingHost(session, user.id, true)
        endSession(world, session)
      }),
    calls: (phoneNumber, name = phoneNumber) =>
      act(() => callOutPhone(world, session, { name, phoneNumber })),
    callsRoom: (deviceIp, callType = 'sip') =>
      act(() => callOutRoomSystem(world, session, { callType, deviceIp }))
  }
  return self
}

/** The names are told by the mock itself. */
function isEventName(value: unknown): value is EventName {
  return typeof value === 'string'
}

/** What was sent; of a world that tells nobody, nothing. */
function bodyOf(world: World, entry: JournalEntry): Readonly<Record<string, unknown>> {
  const delivery = world.deliveries.get(String(entry['delivery']))
  return delivery === undefined ? {} : JSON.parse(delivery.body)
}

function objectIn({ payload }: Readonly<Record<string, unknown>>) {
  const { object }: { object?: Record<string, unknown> } = Object(payload)
  return object ?? {}
}

/**
 * Whether anything can still happen before the limit, after it has: in virtual time, the next thing that is
 * due; where nothing is, or time runs by itself, what the journal tells next.
 */
async function somethingHappens(
  { clock }: MockZoom,
  world: World,
  { limit, lastSeq }: { limit: number; lastSeq: number }
): Promise<boolean> {
  const { mode, rate } = clock.describe()
  const left = limit - clock.now()
  if (mode !== 'frozen') {
    return left > 0 && hears(world, lastSeq, Math.ceil(left / rate))
  }
  if (clock.isHeld) {
    await clock.advance(0)
    return true
  }
  const next = clock.nextDueAt
  if (next !== undefined && next <= limit) {
    await clock.advance(Math.max(0, next - clock.now()))
    return true
  }
  // An application of its own may still be about to do something.
  if (await hears(world, lastSeq, patienceMs)) return true
  if (left > 0) await clock.advance(left)
  return false
}

/** Real milliseconds that are given to an application when nothing is due. */
const patienceMs = 100

async function hears(world: World, after: number, timeoutMs: number): Promise<boolean> {
  const { found } = await world.journal.await({}, 1, timeoutMs, after)
  return found
}

function told(world: World, sessionName: string): string {
  const entries = world.journal.list({ match: { session_name: sessionName }, limit: 1000 })
  const lines = entries
    .filter(({ kind }) => kind !== 'event')
    .map(({ at, kind, event, user_name: who, reason, answered }) => {
      const words = [kind, event, who, reason, answered].flatMap(word =>
        typeof word === 'string' || typeof word === 'number' ? [word] : []
      )
      return `  ${new Date(at).toISOString()} ${words.join(' ')}`
    })
  const now = new Date(world.now()).toISOString()
  return [...(lines.length > 0 ? lines : ['  nothing']), `  ${now} is now`].join('\n')
}
