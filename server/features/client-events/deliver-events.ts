import { sql } from 'kysely'
import type { Logger } from 'pino'
import { allSettled } from '../../platform/all-settled.ts'
import { withJitter } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { GroupCommit } from '../../platform/group-commit.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { BatchHandler, Entry, Queue, Verdict } from '../../platform/queue.ts'
import type { SecretBox } from '../../platform/secrets.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import type { EventAnswer, EventSender } from './event-sender.ts'

export interface EventDeliveryDeps {
  database: Database
  queue: Queue
  clock: Clock
  secrets: SecretBox
  sender: EventSender
  log: Logger
  metrics: Metrics
  /** How long a client may take to answer. */
  timeoutMs: number
  /** Waits before the second, third … attempt; after the last the event is dead. */
  retryScheduleMs: readonly number[]
}

interface PendingEvent {
  id: number
  event_id: string
  resource_id: string
  attempts: number
  next_attempt_at: number | null
  callback_url: string | null
  payload: string
  username: string | null
  password_cipher: string | null
  signing_secret_cipher: string | null
}

/** Something to store about an event, with or without the verdict on the entry that brought it. */
interface Report {
  event?: {
    id: number
    attempt: number
    at: number
    answer: EventAnswer
    status: EventStatus
    nextAttemptAt: number | null
  }
  verdict?: Verdict
}

export type EventStatus = 'pending' | 'delivered' | 'dead'

/**
 * Delivers client events. An entry stands for a resource: its pending events go out one after another, in
 * their order, and the next waits until the one before is delivered or dead. Resources are independent.
 */
export function createEventDelivery(deps: EventDeliveryDeps): BatchHandler {
  const circuits = new CircuitBreaker(deps.clock)
  const openSecret = rememberOpened(deps.secrets)
  const reports = new GroupCommit<Report, undefined>(async batch => {
    await deps.database.transaction(tx => record(deps, tx, batch))
    return batch.map(() => undefined)
  })

  async function deliverAll(entry: Entry, events: readonly PendingEvent[]): Promise<void> {
    for (const [place, event] of events.entries()) {
      const isLast = place === events.length - 1
      // A slow client takes its time; when the lease would end over it, the rest waits for the next claim.
      if (place > 0 && deps.clock.now() + deps.timeoutMs > entry.leaseEndsAt) {
        return reports.submit({
          verdict: { entry, outcome: 'retry', at: deps.clock.now(), countsAsAttempt: false }
        })
      }
      const report = await deliverOne(entry, event)
      // The verdict goes with the last report, in one transaction.
      if (report.verdict === undefined && isLast) report.verdict = { entry, outcome: 'done' }
      await reports.submit(report)
      if (report.verdict) return
    }
    if (events.length === 0) await reports.submit({ verdict: { entry, outcome: 'done' } })
  }

  /** Attempts an event. A report with a verdict ends the work on its resource for now. */
  async function deliverOne(entry: Entry, event: PendingEvent): Promise<Report> {
    const at = deps.clock.now()
    const attempt = event.attempts + 1
    const settled = (
      status: EventStatus,
      answer: EventAnswer,
      nextAttemptAt: number | null
    ): Report => {
      deps.metrics.clientEventAttempts.inc({ outcome: status === 'pending' ? 'retried' : status })
      return { event: { id: event.id, attempt, at, answer, status, nextAttemptAt } }
    }
    const postponed = (report: Report, until: number): Report => ({
      ...report,
      verdict: { entry, outcome: 'retry', at: until, countsAsAttempt: false }
    })

    // Brought up by other news of its resource, before its time.
    if (event.next_attempt_at !== null && event.next_attempt_at > at)
      return postponed({}, event.next_attempt_at)
    const { callback_url: url, username, password_cipher, signing_secret_cipher } = event
    if (
      url === null ||
      username === null ||
      password_cipher === null ||
      signing_secret_cipher === null
    )
      return settled('dead', neverSent('there is no callback URL for this event'), null)

    const password = openSecret(password_cipher)
    const signingSecret = openSecret(signing_secret_cipher)
    const blockedUntil = circuits.blockedUntil(url)
    if (blockedUntil !== undefined) return postponed({}, blockedUntil)

    const { event_id: eventId, payload } = event
    const answer = await deps.sender.send({
      url,
      eventId,
      payload,
      username,
      password,
      signingSecret,
      at
    })
    if (isDelivered(answer)) {
      circuits.succeeded(url)
      return settled('delivered', answer, null)
    }
    circuits.failed(url)
    const waitMs = deps.retryScheduleMs[attempt - 1]
    // 410 Gone is the client's word that it wants no more of this.
    if (waitMs === undefined || answer.statusCode === 410) {
      deps.log.warn(
        { event_id: event.event_id, attempt, status: answer.statusCode, error: answer.error },
        'client event is dead'
      )
      return settled('dead', answer, null)
    }
    const nextAttemptAt =
      deps.clock.now() +
      Math.max(withJitter(waitMs), Math.min(answer.retryAfterMs ?? 0, longestRetryAfterMs))
    return postponed(settled('pending', answer, nextAttemptAt), nextAttemptAt)
  }

  return async entries => {
    const events = await findPending(deps.database, entries)
    const work = entries.map(entry => deliverAll(entry, events.get(entry.payload) ?? []))
    await allSettled(work)
  }
}

/** A client may ask for patience, not for ever. */
const longestRetryAfterMs = 24 * 3_600_000

const isDelivered = ({ statusCode }: EventAnswer): boolean =>
  statusCode !== null && statusCode >= 200 && statusCode < 300

const neverSent = (error: string): EventAnswer => ({
  statusCode: null,
  error,
  response: null,
  retryAfterMs: undefined,
  durationMs: 0
})

/** Decrypting costs more than remembering; there are as many secrets as bearers. */
function rememberOpened(secrets: SecretBox): (sealed: string) => string {
  const opened = new Map<string, string>()
  return sealed => {
    const known = opened.get(sealed)
    if (known !== undefined) return known
    if (opened.size > 10_000) opened.clear()
    const plain = secrets.open(sealed)
    opened.set(sealed, plain)
    return plain
  }
}

/**
 * The pending events of the entries' resources, in order, with where and how to send them. Found by their
 * resources: the status is dressed up so that SQLite does not walk through all pending events instead.
 */
async function findPending(
  database: Database,
  entries: readonly Entry[]
): Promise<Map<string, PendingEvent[]>> {
  const { rows } = await sql<PendingEvent>`
    select e.id, e.event_id, e.resource_id, e.attempts, e.next_attempt_at, e.payload,
      coalesce(e.callback_url, b.callback_url) as callback_url,
      b.username, b.password_cipher, b.signing_secret_cipher
    from client_events e left join bearers b on b.id = e.bearer_id
    where e.resource_id in (select r.resource_id from ${database.rows(
      entries.map(entry => ({ resource_id: entry.payload })),
      { resource_id: 'text' }
    )}) and e.status || '' = 'pending'
    order by e.id`.execute(database.sql)
  return Map.groupBy(rows, row => row.resource_id)
}

async function record(
  { database, queue }: EventDeliveryDeps,
  tx: Transaction,
  reports: readonly Report[]
): Promise<void> {
  const events = reports.flatMap(report => report.event ?? [])
  if (events.length > 0) {
    await sql`update client_events set status = r.status, attempts = r.attempt,
        next_attempt_at = r.next_attempt_at, settled_at = r.settled_at
      from ${database.rows(
        events.map(event => ({
          id: event.id,
          status: event.status,
          attempt: event.attempt,
          next_attempt_at: event.nextAttemptAt,
          settled_at: event.status === 'pending' ? null : event.at
        })),
        {
          id: 'bigint',
          status: 'text',
          attempt: 'integer',
          next_attempt_at: 'bigint',
          settled_at: 'bigint'
        }
      )} where client_events.id = r.id`.execute(tx.sql)
    await database.insert(
      tx.sql,
      'client_event_attempts',
      {
        client_event_id: 'bigint',
        attempt: 'integer',
        at: 'bigint',
        status_code: 'integer',
        error: 'text',
        response: 'text',
        duration_ms: 'integer'
      },
      events.map(({ id, attempt, at, answer }) => ({
        client_event_id: id,
        attempt,
        at,
        status_code: answer.statusCode,
        error: answer.error,
        response: answer.response,
        duration_ms: answer.durationMs
      }))
    )
  }
  await queue.settle(
    reports.flatMap(report => report.verdict ?? []),
    tx
  )
}
