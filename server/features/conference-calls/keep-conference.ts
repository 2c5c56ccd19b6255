import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import type { Storage } from '../../platform/storage.ts'
import { endCall } from '../calls/apply-call-report.ts'
import type { CallRow } from '../calls/call-row.ts'
import { isOver } from '../calls/lifecycle.ts'
import { saveCalls } from '../calls/save-calls.ts'
import { emitEvents, type News } from '../client-events/emit-events.ts'
import { conferenceNews } from './conference-news.ts'
import { type Conference, factsOf } from './conference-row.ts'
import { assess, failureOfConference, isFurtherConference, isTold } from './lifecycle.ts'

export interface KeepDeps {
  database: Database
  queue: Queue
  storage: Storage
}

/**
 * Stores a conference call after its facts have changed: moves it where they lead, and tells its client of
 * that and of the legs in `told`. At its end, whoever was not called yet is called no more.
 */
export async function keepConference(
  deps: KeepDeps,
  tx: Transaction,
  conference: Conference,
  told: ReadonlySet<CallRow>,
  now: number
): Promise<void> {
  const { row, moderator, participants } = conference
  let status = assess(factsOf(conference))
  if (status === 'ending') {
    for (const leg of [moderator, ...participants])
      if (isUncalled(leg)) endCall(leg, 'canceled', now)
    status = assess(factsOf(conference))
  }
  const hasMoved = isFurtherConference(row.internal_status, status)
  if (hasMoved) {
    const failure = failureOfConference(status)
    row.internal_status = status
    row.error_code = failure === undefined ? null : status
    row.error_description = failure ?? null
    row.failed_at = failure === undefined ? null : now
  }
  row.updated_at = now
  await saveConference(tx, conference)
  await saveCalls(deps.database, tx, [moderator, ...participants])
  const news: News[] = []
  for (const leg of participants)
    if (told.has(leg) && leg.internal_status !== 'ringing')
      news.push(
        await conferenceNews(deps.storage, conference, `${leg.uuid}:${leg.internal_status}`, leg)
      )
  if (hasMoved && isTold(status)) news.push(await conferenceNews(deps.storage, conference, status))
  await emitEvents(deps, tx, news, now)
}

/** The provider has not heard of it. */
export const isUncalled = (leg: CallRow): boolean =>
  !isOver(leg.internal_status) && leg.call_sid === null && leg.provider_call_at === null

async function saveConference(tx: Transaction, { row }: Conference): Promise<void> {
  await sql`update conference_calls set conference_sid = ${row.conference_sid},
      internal_status = ${row.internal_status}, provider_status = ${row.provider_status},
      error_code = ${row.error_code}, error_description = ${row.error_description},
      failed_at = ${row.failed_at}, updated_at = ${row.updated_at}
    where id = ${row.id}`.execute(tx.sql)
}
