import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import type { Storage } from '../../platform/storage.ts'
import { receiveAnnouncementKeys } from '../announcements/receive-announcement-keys.ts'
import { receiveAnnouncementReplies } from '../announcements/receive-announcement-replies.ts'
import { recordBrandNews, recordBundleReviews } from '../compliance/record-reviews.ts'
import { applyStatusUpdates } from '../messages/apply-status-updates.ts'
import { receiveInboundTexts } from '../messages/receive-inbound-texts.ts'
import { applySessionEvents } from '../video-calls/apply-session-events.ts'
import { type CallbackKind, callbacksOf, providerCallbacksLane } from './receive-callbacks.ts'
import { lockCalls } from '../calls/lock-calls.ts'
import { receiveCallReports } from '../calls/receive-call-reports.ts'
import { receiveRecordings } from '../calls/receive-recordings.ts'
import { receiveTranscriptions } from '../calls/receive-transcriptions.ts'
import { receiveConferenceEvents } from '../conference-calls/receive-conference-events.ts'
import { receiveReturnCalls } from '../return-calls/receive-return-calls.ts'
import { receiveVoicemails } from '../voicemails/receive-voicemails.ts'

export interface CallbackDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  metrics: Metrics
  storage: Storage
  config: Pick<Config, 'ANNOUNCEMENT_CALL_RETRIES'>
}

/** A stored callback, its parameters decoded. */
export interface StoredCallback {
  id: number
  receivedAt: number
  /** Of the callback URL: what we gave the provider. */
  query: URLSearchParams
  /** Of the body: what the provider says. */
  form: URLSearchParams
  /** As it came. */
  body: string
}

interface CallbackRow {
  id: number
  kind: CallbackKind
  query: string
  body: string
  received_at: number
}

/** What came of each callback, by its id. */
export type Outcomes = Map<number, string>

export type CallbackHandler = (
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
) => Promise<Outcomes>

/** One handler for each kind; each takes its part of a batch in the order in which it was received. */
const handlers: Record<CallbackKind, CallbackHandler> = {
  'twilio.message_status': applyStatusUpdates,
  'twilio.inbound_message': receiveInboundTexts,
  'twilio.announcement_status': applyStatusUpdates,
  'twilio.announcement_reply': receiveAnnouncementReplies,
  'twilio.announcement_call': receiveAnnouncementKeys,
  'zoom.event': applySessionEvents,
  'twilio.customer_profile': recordBundleReviews,
  'twilio.brand': recordBrandNews,
  'twilio.incoming_call': receiveReturnCalls,
  'twilio.call_menu': receiveReturnCalls,
  'twilio.call_status': receiveCallReports,
  'twilio.call_question': receiveCallReports,
  'twilio.sdk_call': receiveCallReports,
  'twilio.conference_status': receiveConferenceEvents,
  'twilio.recording': receiveRecordings,
  'twilio.voicemail': receiveVoicemails,
  'twilio.transcription': receiveTranscriptions,
  'twilio.call_welcome': keepOnly
}

/** Those whose handlers lock calls. */
const callKinds = new Set<CallbackKind>([
  'twilio.incoming_call',
  'twilio.call_menu',
  'twilio.call_status',
  'twilio.call_question',
  'twilio.sdk_call',
  'twilio.conference_status',
  'twilio.recording',
  'twilio.voicemail',
  'twilio.transcription'
])

/** What is answered and has no effect of its own is kept, and nothing more. */
async function keepOnly(
  _deps: CallbackDeps,
  _tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  return new Map(callbacks.map(({ id }) => [id, 'answered']))
}

/**
 * Processes stored callbacks in batches: their effects, their outcomes and their verdicts are one transaction.
 * One batch after another, so that a person's STOP and START keep their order.
 */
export function createCallbackProcessing(deps: CallbackDeps): BatchHandler {
  let previous: Promise<unknown> = Promise.resolve()
  return entries => {
    const work = previous.then(async () => {
      try {
        await deps.database.transaction(tx => processBatch(deps, tx, entries))
      } catch (error) {
        const [only, ...others] = entries
        if (!only || others.length > 0 || callbacksOf(only).length === 1) throw error
        await takeApart(deps, only)
      }
    })
    previous = work.catch(() => undefined)
    return work
  }
}

/** One callback that cannot be processed does not fail those that came with it: each is tried by itself. */
async function takeApart({ database, queue }: CallbackDeps, entry: Entry): Promise<void> {
  await database.transaction(async tx => {
    await queue.publish(
      callbacksOf(entry).map(id => ({
        lane: providerCallbacksLane,
        fairnessKey: entry.fairnessKey,
        payload: String(id)
      })),
      tx
    )
    await queue.settle([{ entry, outcome: 'done' }], tx)
  })
}

async function processBatch(deps: CallbackDeps, tx: Transaction, entries: Entry[]): Promise<void> {
  const { database, queue, metrics } = deps
  const { rows } = await sql<CallbackRow>`
    select id, kind, query, body, received_at from provider_callbacks
    where id in (select r.id from ${database.rows(
      entries.flatMap(entry => callbacksOf(entry).map(id => ({ id }))),
      { id: 'bigint' }
    )}) order by id`.execute(tx.sql)

  await lockCalls(deps, tx, rows.filter(({ kind }) => callKinds.has(kind)).map(asStored))
  const outcomes: { id: number; outcome: string }[] = []
  for (const [kind, handle] of Object.entries(handlers)) {
    const callbacks = rows.filter(row => row.kind === kind).map(asStored)
    if (callbacks.length === 0) continue
    for (const [id, outcome] of await handle(deps, tx, callbacks)) {
      outcomes.push({ id, outcome })
      metrics.providerCallbacks.inc({ kind, outcome })
    }
  }
  if (outcomes.length > 0) {
    await sql`update provider_callbacks set processed_at = ${deps.clock.now()}, outcome = r.outcome
      from ${database.rows(outcomes, { id: 'bigint', outcome: 'text' })}
      where provider_callbacks.id = r.id`.execute(tx.sql)
  }
  await queue.settle(
    entries.map(entry => ({ entry, outcome: 'done' })),
    tx
  )
}

const asStored = (row: CallbackRow): StoredCallback => ({
  id: row.id,
  receivedAt: row.received_at,
  query: new URLSearchParams(row.query),
  form: new URLSearchParams(row.body),
  body: row.body
})
