import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import { storable } from '../../platform/storable.ts'
import { NoneForSale, type TwilioNumbers } from '../../providers/twilio/numbers.ts'
import { carryOptOutsOver } from '../opt-outs/registry.ts'
import type { ItemRow, JobRow } from './number-jobs.ts'
import { obtainNumber, storeNumber } from './provision-numbers.ts'

export interface JobWorkDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  numbers: TwilioNumbers
  config: Pick<Config, 'PUBLIC_URL'>
}

interface JobWithServices extends JobRow {
  source_sid: string
  source_state: string | null
  target_sid: string | null
}

/** What became of one number. */
type ItemOutcome =
  | { kind: 'done'; number: string; sid: string; store: (tx: Transaction) => Promise<void> }
  | { kind: 'failed'; code: string | null; error: string }
  | { kind: 'later'; reason: string }

const longestWaitMs = 600_000
/** How much of a lease must be left for another number. */
const marginMs = 30_000

/**
 * Does jobs, number by number. Each number is done at the provider by steps that may be repeated, and then
 * here in one transaction: whoever takes over after a crash begins with the first that is not done.
 */
export function createNumberJobs(deps: JobWorkDeps): BatchHandler {
  return async entries => {
    for (const entry of entries) await work(deps, entry)
  }
}

async function work(deps: JobWorkDeps, entry: Entry): Promise<void> {
  const { database, queue, clock, log } = deps
  const job = await findRunning(database, Number(entry.payload))
  if (!job) {
    await database.transaction(tx => queue.settle([{ entry, outcome: 'done' }], tx))
    return
  }
  if (job.kind === 'migrate' && job.target_sid !== null) {
    const { source_sid: source, target_sid: target } = job
    await database.transaction(tx => carryOptOutsOver(tx, source, target))
  }
  const items = await waitingItems(database, job.id)
  for (const [place, item] of items.entries()) {
    if (place > 0 && clock.now() + marginMs > entry.leaseEndsAt)
      return postpone(deps, entry, job, null, clock.now(), false)
    const outcome =
      job.kind === 'migrate' ? await move(deps, job, item) : await buy(deps, job, item)
    if (outcome.kind === 'later') {
      log.warn({ job: job.uuid, reason: outcome.reason }, 'a number job waits for the provider')
      const at = clock.now() + backoffMs(entry.attempts, { maxMs: longestWaitMs })
      return postpone(deps, entry, job, outcome.reason, at, true)
    }
    await database.transaction(async tx => {
      if (outcome.kind === 'done') await outcome.store(tx)
      await sql`update number_job_items set
          state = ${outcome.kind},
          number = ${outcome.kind === 'done' ? outcome.number : item.number},
          sid = ${outcome.kind === 'done' ? outcome.sid : item.sid},
          error_code = ${outcome.kind === 'failed' ? outcome.code : null},
          error = ${outcome.kind === 'failed' ? storable(outcome.error.slice(0, 500)) : null}
        where id = ${item.id} and state = 'waiting'`.execute(tx.sql)
    })
  }
  await database.transaction(async tx => {
    await sql`update number_jobs set error = null, finished_at = ${clock.now()},
        state = case when exists (select 1 from number_job_items i
          where i.number_job_id = number_jobs.id and i.state = 'failed') then 'failed' else 'done' end
      where id = ${job.id}`.execute(tx.sql)
    await queue.settle([{ entry, outcome: 'done' }], tx)
  })
}

async function postpone(
  { database, queue }: JobWorkDeps,
  entry: Entry,
  job: JobRow,
  reason: string | null,
  at: number,
  countsAsAttempt: boolean
): Promise<void> {
  await database.transaction(async tx => {
    const error = reason === null ? null : storable(reason.slice(0, 500))
    await sql`update number_jobs set error = ${error} where id = ${job.id}`.execute(tx.sql)
    await queue.settle([{ entry, outcome: 'retry', at, countsAsAttempt }], tx)
  })
}

async function findRunning(database: Database, id: number): Promise<JobWithServices | undefined> {
  const { rows } = await sql<JobWithServices>`
    select j.*, s.provider_messaging_sid as source_sid, s.state_code as source_state,
      t.provider_messaging_sid as target_sid
    from number_jobs j join messaging_services s on s.id = j.messaging_service_id
    left join messaging_services t on t.id = j.target_service_id
    where j.id = ${id} and j.state = 'running'`.execute(database.sql)
  return rows[0]
}

async function waitingItems(database: Database, jobId: number): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`select * from number_job_items
    where number_job_id = ${jobId} and state = 'waiting' order by position`.execute(database.sql)
  return rows
}

/** Out of the one service and into the other: the provider lets a number be in one alone. */
async function move(
  { numbers, database, clock }: JobWorkDeps,
  job: JobWithServices,
  { number, sid }: ItemRow
): Promise<ItemOutcome> {
  if (number === null || sid === null || job.target_sid === null || job.target_service_id === null)
    return { kind: 'failed', code: null, error: 'The job does not say what is to be moved.' }
  const removed = await numbers.removeFromService(job.source_sid, sid)
  if (removed.kind === 'unavailable') return { kind: 'later', reason: removed.reason }
  if (removed.kind === 'refused')
    return { kind: 'failed', code: removed.code, error: removed.description }
  const added = await numbers.addToService(job.target_sid, sid)
  if (added.kind === 'unavailable') return { kind: 'later', reason: added.reason }
  if (added.kind === 'refused') {
    const back = await numbers.addToService(job.source_sid, sid)
    // Until it is back where it was, nothing is decided: the whole is tried again.
    if (back.kind === 'unavailable') return { kind: 'later', reason: back.reason }
    return { kind: 'failed', code: added.code, error: added.description }
  }
  const [from, to] = [job.messaging_service_id, job.target_service_id]
  const services = { source: job.source_sid, target: job.target_sid }
  return {
    kind: 'done',
    number,
    sid,
    store: async tx => {
      await sql`update provider_numbers set messaging_service_id = ${to}, placed_at = ${clock.now()}
        where number = ${number}`.execute(tx.sql)
      await moveRecipients(tx, number, from, to)
      await moveWaitingTexts(database, tx, number, from, services)
    }
  }
}

/** Who knows the number keeps it. */
async function moveRecipients(
  tx: Transaction,
  number: string,
  from: number,
  to: number
): Promise<void> {
  await sql`insert into sticky_senders (messaging_service_id, recipient_number, provider_number)
    select ${sql.lit(to)}, recipient_number, provider_number from sticky_senders
    where messaging_service_id = ${from} and provider_number = ${number}
    on conflict (messaging_service_id, recipient_number) do nothing`.execute(tx.sql)
  await sql`delete from sticky_senders
    where messaging_service_id = ${from} and provider_number = ${number}`.execute(tx.sql)
}

/** Texts of announcements that are planned from the number go out through the service that it is in. */
async function moveWaitingTexts(
  database: Database,
  tx: Transaction,
  number: string,
  from: number,
  { source, target }: { source: string; target: string }
): Promise<void> {
  await sql`update messages set messaging_service_sid = ${target}
    where id in (
      select m.id from messages m
      where m.announcement_id in (select a.id from announcements a where a.messaging_service_id = ${from})
        and m.internal_status in ('accepted', 'queued') and m.sender_number = ${number}
        and m.messaging_service_sid = ${source} ${database.locking('for update')}
    )`.execute(tx.sql)
}

async function buy(deps: JobWorkDeps, job: JobWithServices, item: ItemRow): Promise<ItemOutcome> {
  const isAnnouncementNumber = Boolean(job.announcement_number)
  try {
    const number = await obtainNumber(deps, {
      serviceSid: job.source_sid,
      stateCode: job.state_code,
      onlyThere: true,
      isAnnouncementNumber,
      name: `Job ${job.uuid} ${item.position}`
    })
    const service = { id: job.messaging_service_id, stateCode: job.state_code ?? job.source_state }
    return {
      kind: 'done',
      number: number.number,
      sid: number.sid,
      store: tx => storeNumber(deps, tx, service, number, isAnnouncementNumber)
    }
  } catch (error) {
    if (error instanceof NoneForSale)
      return { kind: 'failed', code: 'none_for_sale', error: error.message }
    return { kind: 'later', reason: String(error) }
  }
}
