import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { BatchHandler, Entry, NewEntry, Queue } from '../../platform/queue.ts'
import { applyReports } from './apply-status-updates.ts'
import {
  type FoundStatus,
  type LookUpDeps,
  lookUpStatuses,
  type SilentMessage,
  type Unanswered
} from './look-up-statuses.ts'

/** One entry, which comes back as long as there is a server. */
export const messageChecksLane = 'message-checks'
/** Messages to ask the provider after, many to an entry. */
export const statusQuestionsLane = 'message-checks.questions'

/** A message is asked after when it has been silent for so many times the configured wait; then no more. */
const milestones = [1, 6, 36, 144]
const longestIntervalMs = 300_000
const messagesPerPage = 5_000
/** Of one number, and of several. */
const mostListedTogether = 2_000
const mostSinglesTogether = 200
/** What a number sent after so long a pause is looked for by itself. */
const longestPauseMs = 600_000
/** So often the provider may fail to answer, for half an hour; then a message waits for its next milestone. */
const mostTries = 12
const longestBackoffMs = 600_000

export interface MessageCheckDeps extends LookUpDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  config: Pick<
    Config,
    'STATUS_CHECK_AFTER_MS' | 'STATUS_LIST_ABOVE' | 'ANNOUNCEMENT_CALL_RETRIES' | 'LEASE_MS'
  >
}

/**
 * Finds the messages of which the provider has told nothing for a while, and has them asked after: a status
 * callback is sent once, and one that came while the server was away is lost. How far it has come is stored with
 * the questions: whichever process goes on, and whenever one dies, each silence is asked about once.
 */
export function createMessageChecks(deps: MessageCheckDeps): BatchHandler {
  const { clock, config, database, queue } = deps
  return async entries => {
    const now = clock.now()
    const checkedUntil = await readMark(database)
    const questions = new Questions(config)
    for await (const page of silentMessages(database, spansOf(config, checkedUntil, now)))
      questions.add(page)
    await database.transaction(async tx => {
      if (await moveMark(tx, checkedUntil, now)) await queue.publish(questions.entries, tx)
      const at = clock.now() + intervalMs(config)
      await queue.settle(
        entries.map(entry => ({ entry, outcome: 'retry', at, countsAsAttempt: false })),
        tx
      )
    })
  }
}

/** Sees to it that the lane has its entry. */
export async function publishMessageChecks({
  database,
  queue,
  clock,
  config
}: MessageCheckDeps): Promise<void> {
  const dueAt = clock.now() + intervalMs(config)
  await database.transaction(tx =>
    queue.publish(
      [{ lane: messageChecksLane, fairnessKey: 0, orderKey: 'all', payload: 'all', dueAt }],
      tx
    )
  )
}

const intervalMs = (config: Pick<Config, 'STATUS_CHECK_AFTER_MS'>): number =>
  Math.min(Math.ceil(config.STATUS_CHECK_AFTER_MS / 2), longestIntervalMs)

const markName = 'status-checks'

async function readMark({ sql: executor }: Database): Promise<number | undefined> {
  const { rows } = await sql<{ at: number }>`
    select checked_until as at from message_sweeps where name = ${markName}`.execute(executor)
  return rows[0]?.at
}

/** False when another process has moved it meanwhile. */
async function moveMark(tx: Transaction, from: number | undefined, to: number): Promise<boolean> {
  const { rows } =
    from === undefined
      ? await sql`insert into message_sweeps (name, checked_until) values (${markName}, ${to})
          on conflict (name) do nothing returning id`.execute(tx.sql)
      : await sql`update message_sweeps set checked_until = ${to}
          where name = ${markName} and checked_until = ${from} returning id`.execute(tx.sql)
  return rows.length > 0
}

interface Span {
  from: number
  until: number
}

/**
 * The spans of time in which a message must have been last heard of to be asked after now. When nobody has
 * looked for longer than usual, callbacks were lost meanwhile: then everything that is silent is asked after.
 */
function spansOf(
  config: Pick<Config, 'STATUS_CHECK_AFTER_MS'>,
  checkedUntil: number | undefined,
  now: number
): Span[] {
  const waitMs = config.STATUS_CHECK_AFTER_MS
  const longest = Math.max(...milestones) * waitMs
  if (checkedUntil === undefined || now - checkedUntil > 3 * intervalMs(config))
    return [{ from: now - longest, until: now - waitMs }]
  return milestones.map(times => ({
    from: checkedUntil - times * waitMs,
    until: now - times * waitMs
  }))
}

type Silence = Pick<SilentMessage, 'id' | 'sender_number' | 'provider_call_at'>

async function* silentMessages(
  database: Database,
  spans: readonly Span[]
): AsyncGenerator<Silence[]> {
  for (const { from, until } of spans) {
    for (let after = { at: from, id: Number.MAX_SAFE_INTEGER }; ;) {
      const { rows } = await sql<Silence & { updated_at: number }>`
        select id, sender_number, provider_call_at, updated_at from messages
        where internal_status in ('sending', 'sent') and message_sid is not null
          and (updated_at > ${after.at} or (updated_at = ${after.at} and id > ${after.id})) and updated_at <= ${until}
        order by updated_at, id limit ${messagesPerPage}`.execute(database.sql)
      const last = rows.at(-1)
      if (!last) break
      yield rows
      after = { at: last.updated_at, id: last.id }
    }
  }
}

/** What an entry of the lane of questions says: which messages, and how often the provider did not answer. */
interface Question {
  ids: number[]
  tries: number
}

const asEntry = (question: Question, dueAt?: number): NewEntry => ({
  lane: statusQuestionsLane,
  fairnessKey: 0,
  payload: JSON.stringify(question),
  dueAt
})

/** Puts those together that one list may show, and the others among themselves. Keeps their ids alone. */
class Questions {
  readonly entries: NewEntry[] = []
  readonly #listAbove: number

  constructor({ STATUS_LIST_ABOVE }: Pick<Config, 'STATUS_LIST_ABOVE'>) {
    this.#listAbove = STATUS_LIST_ABOVE
  }

  add(page: readonly Silence[]): void {
    const few: Silence[] = []
    for (const ofOneNumber of Map.groupBy(page, row => row.sender_number).values()) {
      for (const stretch of stretchesOf(ofOneNumber)) {
        if (stretch.length > this.#listAbove) this.#ask(stretch, mostListedTogether)
        else few.push(...stretch)
      }
    }
    this.#ask(few, mostSinglesTogether)
  }

  #ask(rows: readonly Silence[], most: number): void {
    for (let start = 0; start < rows.length; start += most) {
      const ids = rows.slice(start, start + most).map(({ id }) => id)
      this.entries.push(asEntry({ ids, tries: 0 }))
    }
  }
}

/** Parts where the number sent nothing for long. */
function stretchesOf(rows: readonly Silence[]): Silence[][] {
  const stretches: Silence[][] = []
  let latest = Number.NEGATIVE_INFINITY
  for (const row of rows.toSorted((a, b) => calledAt(a) - calledAt(b))) {
    const isNear = calledAt(row) - latest <= longestPauseMs
    if (isNear) stretches.at(-1)?.push(row)
    else stretches.push([row])
    latest = calledAt(row)
  }
  return stretches
}

const calledAt = ({ provider_call_at }: Silence): number => provider_call_at ?? 0

/** Asks the provider; what it could not answer is asked again later, the rest of a long batch at once. */
export function createStatusQuestions(deps: MessageCheckDeps): BatchHandler {
  return async entries => {
    for (const entry of entries) await ask(deps, entry)
  }
}

async function ask(deps: MessageCheckDeps, entry: Entry): Promise<void> {
  const { database, queue, clock, log, config } = deps
  const { ids, tries }: Question = JSON.parse(entry.payload)
  // Half of the lease is for the request that is under way at its middle.
  const stopAt = entry.leaseEndsAt - config.LEASE_MS / 2
  const messages = await stillSilent(database, ids, entry.createdAt)
  const unanswered = await lookUpStatuses(
    deps,
    messages,
    statuses => applyStatuses(deps, statuses),
    () => clock.now() < stopAt
  )
  const { failed } = unanswered
  if (failed.length > 0)
    log.warn({ messages: failed.length, tries }, 'the provider could not be asked after messages')
  const rest = restOf(unanswered, messages.length, tries)
  const waitMs = failed.length > 0 ? backoffMs(rest.tries, { maxMs: longestBackoffMs }) : 0
  await database.transaction(async tx => {
    if (rest.ids.length > 0) await queue.publish([asEntry(rest, clock.now() + waitMs)], tx)
    await queue.settle([{ entry, outcome: 'done' }], tx)
  })
}

/** A try that brought answers was none in vain. Who was asked after in vain too often is left out. */
function restOf({ failed, postponed }: Unanswered, asked: number, tries: number): Question {
  if (failed.length === 0) return { ids: idsOf(postponed), tries: 0 }
  const isInVain = failed.length + postponed.length === asked
  const next = isInVain ? tries + 1 : tries
  if (next < mostTries) return { ids: idsOf([...postponed, ...failed]), tries: next }
  return { ids: idsOf(postponed), tries }
}

const idsOf = (messages: readonly SilentMessage[]): number[] => messages.map(({ id }) => id)

/** Those of which nothing was heard since the question was put. */
async function stillSilent(
  database: Database,
  ids: readonly number[],
  since: number
): Promise<SilentMessage[]> {
  const { rows } = await sql<SilentMessage>`
    select id, uuid, message_sid, message_type, sender_number, provider_call_at from messages
    where id in (select r.id from ${database.rows(
      ids.map(id => ({ id })),
      { id: 'bigint' }
    )})
      and internal_status in ('sending', 'sent') and message_sid is not null and updated_at <= ${since}`.execute(
    database.sql
  )
  return rows
}

async function applyStatuses(
  { database, queue, clock, config }: MessageCheckDeps,
  statuses: readonly FoundStatus[]
): Promise<void> {
  const reports = statuses.map(({ message, status }) => ({ ...status, uuid: message.uuid }))
  if (reports.length > 0)
    await database.transaction(tx =>
      applyReports({ database, queue, config }, tx, reports, clock.now())
    )
}
