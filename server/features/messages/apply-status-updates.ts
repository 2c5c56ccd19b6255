import { sql } from 'kysely'
import { type Config, parseRetries } from '../../config.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import type { Queue } from '../../platform/queue.ts'
import { emitEvents, type News } from '../client-events/emit-events.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { storable } from '../../platform/storable.ts'
import { isMessageStatus, meaningOf, move, progress } from './lifecycle.ts'
import { sendingLaneOf } from '../announcements/lanes.ts'
import { callFailure, callSteps, meaningOfCall } from './call-status.ts'
import { laneOf } from './lanes.ts'
import { statusNews } from './message-news.ts'
import { fromMessages, messageFields, type MessageRow } from './message-row.ts'

/** What the provider says of a message, in a callback or when it is asked. */
export interface StatusReport {
  /** Ours, where the report carries it. */
  uuid: string | undefined
  sid: string
  status: string
  errorCode: string | null
  errorMessage: string | null
  /** Who picked up, where it was a call. */
  answeredBy?: string | null
  /** Of a call: which attempt it speaks of; the current one when absent. */
  attempt?: number | undefined
}

/** Moves messages by what the provider's callbacks report. */
export async function applyStatusUpdates(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const outcomes = await applyReports(deps, tx, callbacks.map(readReport), deps.clock.now())
  return new Map(callbacks.map((callback, place) => [callback.id, outcomes[place] ?? 'unmatched']))
}

export interface ReportDeps {
  database: Database
  queue: Queue
  config: Pick<Config, 'ANNOUNCEMENT_CALL_RETRIES'>
}

/**
 * Moves messages by what the provider reports, and says what came of each report. Reports come late, twice and
 * out of order; only one that is further along changes anything, and the client hears of each status once.
 */
export async function applyReports(
  deps: ReportDeps,
  tx: Transaction,
  reports: readonly StatusReport[],
  now: number
): Promise<string[]> {
  const messages = await findMessages(deps.database, tx, reports)
  const changed = new Set<MessageRow>()
  const mistaken = new Set<MessageRow>()
  const news: News[] = []
  const again = new Set<MessageRow>()
  const waits = parseRetries(deps.config.ANNOUNCEMENT_CALL_RETRIES)

  const outcomes = reports.map(report => {
    const row = (report.uuid && messages.byUuid.get(report.uuid)) || messages.bySid.get(report.sid)
    if (!row) return 'unmatched'
    const holder = messages.bySid.get(report.sid)
    if (holder && holder !== row && row.message_sid === null && isUnconfirmed(holder))
      mistaken.add(giveUpSid(holder, now))
    const isTaken = holder !== undefined && holder !== row && !mistaken.has(holder)
    const told = apply(row, isTaken ? { ...report, sid: '' } : report, now)
    if (row.message_sid !== null) messages.bySid.set(row.message_sid, row)
    if (told.outcome !== 'unchanged') changed.add(row)
    if (told.outcome === 'moved' && postpone(row, waits, now)) {
      again.add(row)
      return 'retried'
    }
    if (told.newsworthy) news.push(...statusNews(row))
    return told.outcome
  })

  // First what gives a SID up, then what takes it: the SID is unique.
  await store(deps.database, tx, [...mistaken])
  await store(deps.database, tx, [...changed])
  await sendAgain(deps, tx, [...mistaken])
  await callAgain(deps, tx, [...again])
  await emitEvents(deps, tx, news, now)
  return outcomes
}

/**
 * A message whose SID was found by looking for its text, and of which no callback has told yet. Of two equal
 * texts to one person it may have got the other one's; a callback, which carries our uuid, knows better.
 */
const isUnconfirmed = (row: MessageRow): boolean => row.internal_status === 'sending'

function giveUpSid(row: MessageRow, now: number): MessageRow {
  row.message_sid = null
  row.provider_status = null
  row.updated_at = now
  return row
}

/** What turned out never to have reached the provider goes out after all. */
async function sendAgain(
  deps: { database: Database; queue: Queue },
  tx: Transaction,
  rows: readonly MessageRow[]
): Promise<void> {
  if (rows.length === 0) return
  await sql`update messages set provider_call_at = null
    from ${deps.database.rows(
      rows.map(({ id }) => ({ id })),
      { id: 'bigint' }
    )} where messages.id = r.id`.execute(tx.sql)
  await deps.queue.publish(
    rows.map(row => ({
      lane: row.announcement_id === null ? laneOf(row.priority) : sendingLaneOf(row.message_type),
      fairnessKey: row.bearer_id ?? 0,
      orderKey: row.uuid,
      payload: row.uuid
    })),
    tx
  )
}

/** The words of calls that may reach somebody another time. */
const passing = new Set(['busy', 'no-answer'])

/** Has a call that reached nobody made again, as long as the policy has a wait left for it. */
function postpone(row: MessageRow, waits: readonly number[], now: number): boolean {
  if (row.message_type !== 'voice' || !passing.has(row.provider_status ?? '')) return false
  const attempts = row.call_attempts ?? 0
  const wait = waits[attempts]
  if (wait === undefined) return false
  row.internal_status = 'queued'
  row.message_sid = null
  row.answered_by = null
  row.error_code = null
  row.error_description = null
  row.call_attempts = attempts + 1
  row.send_at = now + wait
  return true
}

async function callAgain(
  { database, queue }: ReportDeps,
  tx: Transaction,
  rows: readonly MessageRow[]
): Promise<void> {
  if (rows.length === 0) return
  await sql`update messages set provider_call_at = null, call_attempts = r.call_attempts, send_at = r.send_at
    from ${database.rows(
      rows.map(({ id, call_attempts, send_at }) => ({ id, call_attempts, send_at })),
      { id: 'bigint', call_attempts: 'integer', send_at: 'bigint' }
    )} where messages.id = r.id`.execute(tx.sql)
  await queue.publish(
    rows.map(row => ({
      lane: sendingLaneOf(row.message_type),
      fairnessKey: row.bearer_id ?? 0,
      orderKey: row.uuid,
      payload: row.uuid,
      dueAt: row.send_at ?? undefined
    })),
    tx
  )
}

/**
 * What a status callback says, of a text or of a call.
 * https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */
function readReport({ form, query }: StoredCallback): StatusReport {
  const uuid = query.get('message_uuid')
  const field = (...names: string[]): string | null => {
    const name = names.find(candidate => form.has(candidate))
    return name === undefined ? null : storable(form.get(name) ?? '')
  }
  return {
    uuid: uuid !== null && isUuid(uuid) ? uuid.toLowerCase() : undefined,
    sid: field('MessageSid', 'SmsSid', 'CallSid') ?? '',
    status: field('MessageStatus', 'SmsStatus', 'CallStatus') ?? '',
    errorCode: field('ErrorCode'),
    errorMessage: field('ErrorMessage'),
    answeredBy: field('AnsweredBy'),
    attempt: query.has('attempt') || form.has('CallSid') ? Number(query.get('attempt')) : undefined
  }
}

/** By uuid and by SID; locked in one order. Each has an index of its own, so each is looked up by itself. */
async function findMessages(
  database: Database,
  tx: Transaction,
  reports: readonly StatusReport[]
): Promise<{ byUuid: Map<string, MessageRow>; bySid: Map<string, MessageRow> }> {
  const uuids = reports.flatMap(({ uuid }) => (uuid === undefined ? [] : [{ uuid }]))
  const sids = reports.flatMap(({ sid }) => (sid === '' ? [] : [{ sid }]))
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.direction = 'outbound' and m.id in (
      select u.id from messages u join ${database.rows(uuids, { uuid: 'uuid' })} on u.uuid = r.uuid
      union
      select s.id from messages s join ${database.rows(sids, { sid: 'text' })} on s.message_sid = r.sid
    )
    order by m.id ${database.locking('for update of m')}`.execute(tx.sql)
  return {
    byUuid: new Map(rows.map(row => [row.uuid, row])),
    bySid: new Map(rows.flatMap(row => (row.message_sid === null ? [] : [[row.message_sid, row]])))
  }
}

/** Changes the row by one report. */
function apply(
  row: MessageRow,
  update: StatusReport,
  now: number
): { outcome: string; newsworthy: boolean } {
  const isCall = row.message_type === 'voice'
  if (isCall && update.attempt !== undefined && update.attempt !== (row.call_attempts ?? 0))
    return { outcome: 'unchanged', newsworthy: false }
  const status = isCall ? meaningOfCall(update.status) : meaningOf(update.status)
  if (status === undefined || !isMessageStatus(row.internal_status))
    return { outcome: 'not_understood', newsworthy: false }
  const learnedSid = row.message_sid === null && update.sid !== ''
  if (learnedSid) row.message_sid = update.sid
  const step = move(row.internal_status, status)
  const isNewerWord = step !== undefined || isFurther(update.status, row)
  if (!isNewerWord) {
    if (learnedSid) row.updated_at = now
    return { outcome: learnedSid ? 'identified' : 'unchanged', newsworthy: false }
  }
  row.provider_status = update.status
  row.updated_at = now
  if (!step) return { outcome: 'noted', newsworthy: false }
  row.internal_status = step.to
  const failure = isCall ? callFailure(update.status) : undefined
  if (isCall) row.answered_by = update.answeredBy ?? row.answered_by
  if (failure !== undefined) {
    row.error_code = update.status
    row.error_description = failure
  }
  if (update.errorCode !== null && update.errorCode !== '0' && update.errorCode !== '') {
    row.error_code = update.errorCode
    row.error_description = update.errorMessage ?? describeDeliveryError(update.errorCode)
  }
  return { outcome: 'moved', newsworthy: step.told }
}

/** The provider's own steps before `sent`, which are one status for us. */
const providerSteps = ['accepted', 'scheduled', 'queued', 'sending']

/** Whether a word that moves nothing of ours is still newer than the one we have. */
function isFurther(status: string, row: MessageRow): boolean {
  if (row.message_type === 'voice') {
    const isGoingOn = row.internal_status === 'sending' || row.internal_status === 'sent'
    return isGoingOn && callSteps.indexOf(status) > callSteps.indexOf(row.provider_status ?? '')
  }
  if (row.internal_status !== 'sending')
    return status === 'read' && row.provider_status === 'delivered'
  const known = row.provider_status === null ? -1 : providerSteps.indexOf(row.provider_status)
  return (
    progress.sending >= progress[meaningOf(status) ?? 'accepted'] &&
    providerSteps.indexOf(status) > known
  )
}

async function store(
  database: Database,
  tx: Transaction,
  rows: readonly MessageRow[]
): Promise<void> {
  if (rows.length === 0) return
  await sql`update messages set internal_status = r.internal_status, provider_status = r.provider_status,
      message_sid = r.message_sid, error_code = r.error_code, error_description = r.error_description,
      answered_by = r.answered_by, updated_at = r.updated_at
    from ${database.rows(
      rows.map(row => ({
        id: row.id,
        internal_status: row.internal_status,
        provider_status: row.provider_status,
        message_sid: row.message_sid,
        error_code: row.error_code,
        error_description: row.error_description,
        answered_by: row.answered_by,
        updated_at: row.updated_at
      })),
      {
        id: 'bigint',
        internal_status: 'text',
        provider_status: 'text',
        message_sid: 'text',
        error_code: 'text',
        error_description: 'text',
        answered_by: 'text',
        updated_at: 'bigint'
      }
    )} where messages.id = r.id`.execute(tx.sql)
}

/** What the codes of failed deliveries mean (https://www.twilio.com/docs/api/errors). */
const deliveryErrors: Readonly<Record<string, string>> = {
  '21610': 'The receiver opted out of messages from this sender.',
  '30001': 'The queue of the sender is full.',
  '30002': 'The account was suspended while the message waited.',
  '30003': 'The phone is unreachable or switched off.',
  '30004': 'The message was blocked: the receiver does not take it.',
  '30005': 'The number is unknown or no longer in service.',
  '30006': 'The number is a landline, or its carrier cannot be reached.',
  '30007': 'A carrier filtered the message as unwanted.',
  '30008': 'The carrier gave no reason.',
  '30017': 'The network of the carrier is congested.',
  '30034': 'The sender number is not registered for this traffic.',
  '30036': 'The message could not be sent within its validity period.'
}

const describeDeliveryError = (code: string): string =>
  deliveryErrors[code] ??
  `The provider reported error ${code}; see https://www.twilio.com/docs/api/errors/${code}.`
