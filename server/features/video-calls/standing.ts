import { further, type VideoCallStatus } from './lifecycle.ts'
import { endAtOf, type KnownVideoCall, type SessionRow } from './read-video-call.ts'

/** Waits that the standing of a call depends on. */
export interface Waits {
  /** How long an empty call waits for those who dropped out. */
  rejoinMs: number
  /** How long after a session the provider is asked what we have not heard of it. */
  checkAfterMs: number
}

/** After the provider took our word to end a session, the wait for its event before it is asked. */
const endSilenceMs = 60_000

/** A session is asked about for so many times the wait after its end: once, and again while a recording is missing. */
const reviewTimes = [1, 6, 36, 144]

/** What follows, at a moment, from what is known of a call. */
export interface Standing {
  status: VideoCallStatus
  providerId: string | null
  providerStatus: string | null
  startTime: number | null
  endTime: number | null
  /** Sessions that must not go on. */
  toEnd: string[]
  /** Sessions that were to end and of whose end nothing was heard. */
  toFind: string[]
  toRecord: string[]
  /** Sessions that are over, of which we may have missed something. */
  toReview: string[]
  /** When to look again, though nothing is heard; undefined for never. */
  nextLookAt: number | undefined
}

/**
 * Where a call stands. Nothing but what is known and the time decides, never the order in which it came to be known.
 *
 * A call is over when its last session has ended and nobody came back in time: at once when it was ended for all,
 * when its maximum length is reached, or when we had it ended.
 */
export function standingOf(known: KnownVideoCall, now: number, waits: Waits): Standing {
  const { call, sessions } = known
  const startTime = startOf(known)
  const endAt = endAtOf(call, startTime)
  const inOrder = sessions.toSorted(
    (a, b) =>
      (firstHeardOf(known, a) ?? 0) - (firstHeardOf(known, b) ?? 0) ||
      (a.session_id < b.session_id ? -1 : 1)
  )
  const latest = inOrder.at(-1)
  const open = sessions.filter(({ ended_at }) => ended_at === null)
  const lastEnd = Math.max(...sessions.flatMap(({ ended_at }) => ended_at ?? []))
  const closesAt = Math.min(lastEnd + waits.rejoinMs, Math.max(endAt ?? 0, lastEnd))
  const isClosed =
    sessions.length > 0 &&
    open.length === 0 &&
    (now >= closesAt || (latest !== undefined && wasEndedForAll(known, latest)))

  const heard: VideoCallStatus = isClosed
    ? 'ended'
    : sessions.length > 0
      ? 'started'
      : now >= call.joinable_until
        ? 'expired'
        : 'created'
  const status = further(call.internal_status, heard)
  const mustEnd = status === 'ended' || (endAt !== undefined && now >= endAt)
  const reviews = sessions.flatMap(session => {
    const at = reviewAt(known, session, waits)
    return at === undefined ? [] : [{ session, at }]
  })
  const asked = open.filter(({ end_asked_at }) => end_asked_at !== null)
  const unasked = open.filter(({ end_asked_at }) => end_asked_at === null)
  const silences = asked.map(session => ({
    session,
    at: (session.end_asked_at ?? 0) + endSilenceMs
  }))

  return {
    status,
    providerId: latest?.session_id ?? null,
    providerStatus:
      latest === undefined ? null : open.length > 0 ? 'session.started' : 'session.ended',
    startTime,
    endTime: sessions.length > 0 && open.length === 0 ? lastEnd : null,
    toEnd: mustEnd ? idsOf(unasked) : [],
    toFind: idsOf(silences.filter(({ at }) => now >= at).map(({ session }) => session)),
    toRecord:
      Boolean(call.recording) && !mustEnd
        ? idsOf(
            unasked.filter(each => each.recording_asked_at === null && each.recorded_at === null)
          )
        : [],
    toReview: idsOf(reviews.filter(({ at }) => now >= at).map(({ session }) => session)),
    nextLookAt: soonest(now, [
      ...(status === 'created' ? [call.joinable_until] : []),
      ...(status === 'started' && open.length === 0 ? [closesAt] : []),
      ...(unasked.length > 0 && endAt !== undefined ? [endAt] : []),
      ...silences.map(({ at }) => at),
      ...reviews.map(({ at }) => at)
    ])
  }
}

const idsOf = (sessions: readonly SessionRow[]): string[] =>
  sessions.map(({ session_id }) => session_id).toSorted()

const soonest = (now: number, times: readonly number[]): number | undefined => {
  const ahead = times.filter(time => time > now)
  return ahead.length === 0 ? undefined : Math.min(...ahead)
}

/** The first that was heard of a session: its start, unless that word was lost. */
function firstHeardOf({ visits }: KnownVideoCall, session: SessionRow): number | undefined {
  const times = [
    session.started_at,
    session.ended_at,
    ...visits
      .filter(({ session_id }) => session_id === session.session_id)
      .flatMap(({ joined_at, left_at }) => [joined_at, left_at])
  ].filter(time => time !== null)
  return times.length === 0 ? undefined : Math.min(...times)
}

function startOf(known: KnownVideoCall): number | null {
  const times = known.sessions.flatMap(session => firstHeardOf(known, session) ?? [])
  return times.length === 0 ? null : Math.min(...times)
}

/** The reason is free text, sometimes with another one before it: https://developers.zoom.us/docs/api/video-sdk/events/ */
const endForAll = /host (ended|closed) the session|exceeded free session minutes/i

const wasEndedForAll = ({ visits }: KnownVideoCall, session: SessionRow): boolean =>
  session.end_asked_at !== null ||
  visits.some(
    ({ session_id, leave_reason }) =>
      session_id === session.session_id && leave_reason !== null && endForAll.test(leave_reason)
  )

/** When the provider is to be asked about a session that is over; undefined when it has said all. */
function reviewAt(
  { recordings }: KnownVideoCall,
  session: SessionRow,
  { checkAfterMs }: Waits
): number | undefined {
  if (session.ended_at === null) return undefined
  const hasFiles = recordings.some(({ session_id }) => session_id === session.session_id)
  const mostReviews = session.recorded_at === null || hasFiles ? 1 : reviewTimes.length
  const times = session.reviews < mostReviews ? reviewTimes[session.reviews] : undefined
  return times === undefined ? undefined : session.ended_at + times * checkAfterMs
}
