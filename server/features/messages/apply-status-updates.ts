import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import { emitEvents, type News } from '../client-events/emit-events.ts'
import type { CallbackDeps, Outcomes, StoredCallback } from '../provider-callbacks/process-callbacks.ts'
import { isMessageStatus, meaningOf, move, progress } from './lifecycle.ts'
import { statusNews } from './message-news.ts'
import { fromMessages, messageFields, type MessageRow } from './message-row.ts'

/** What a status callback says (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks). */
interface StatusUpdate {
  callback: StoredCallback
  uuid: string | undefined
  sid: string
  status: string
  errorCode: string | null
  errorMessage: string | null
}

/**
 * Moves messages by what the provider reports. Reports come late, twice and out of order; only one that is
 * further along changes anything, and the client hears of each status once.
 */
export async function applyStatusUpdates(deps: CallbackDeps, tx: Transaction, callbacks: StoredCallback[]): Promise<Outcomes> {
  const now = deps.clock.now()
  const updates = callbacks.map(readUpdate)
  const messages = await findMessages(deps.database, tx, updates)
  const outcomes: Outcomes = new Map()
  const changed = new Set<MessageRow>()
  const news: News[] = []

  for (const update of updates) {
    const row = (update.uuid && messages.byUuid.get(update.uuid)) || messages.bySid.get(update.sid)
    if (!row) {
      outcomes.set(update.callback.id, 'unmatched')
      continue
    }
    const told = apply(row, update, now)
    outcomes.set(update.callback.id, told.outcome)
    if (told.outcome !== 'unchanged') changed.add(row)
    if (told.newsworthy) news.push(...statusNews(row))
  }

  await store(deps.database, tx, [...changed])
  await emitEvents(deps, tx, news, now)
  return outcomes
}

function readUpdate(callback: StoredCallback): StatusUpdate {
  const { form, query } = callback
  const uuid = query.get('message_uuid')
  return {
    callback,
    uuid: uuid !== null && isUuid(uuid) ? uuid : undefined,
    sid: form.get('MessageSid') ?? form.get('SmsSid') ?? '',
    status: form.get('MessageStatus') ?? form.get('SmsStatus') ?? '',
    errorCode: form.get('ErrorCode'),
    errorMessage: form.get('ErrorMessage')
  }
}

/** By uuid where the callback carries one; by SID for a receiver of plain callbacks. Locked in one order. */
async function findMessages(
  database: Database,
  tx: Transaction,
  updates: readonly StatusUpdate[]
): Promise<{ byUuid: Map<string, MessageRow>; bySid: Map<string, MessageRow> }> {
  const uuids = updates.flatMap(update => (update.uuid === undefined ? [] : [{ uuid: update.uuid }]))
  const sids = updates.flatMap(update => (update.uuid === undefined && update.sid !== '' ? [{ sid: update.sid }] : []))
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.uuid in (select r.uuid from ${database.rows(uuids, { uuid: 'uuid' })})
      ${sids.length > 0 ? sql`or m.message_sid in (select r.sid from ${database.rows(sids, { sid: 'text' })})` : sql``}
    order by m.id ${database.locking('for update of m')}`.execute(tx.sql)
  return {
    byUuid: new Map(rows.map(row => [row.uuid, row])),
    bySid: new Map(rows.flatMap(row => (row.message_sid === null ? [] : [[row.message_sid, row]])))
  }
}

/** Changes the row by one report. */
function apply(row: MessageRow, update: StatusUpdate, now: number): { outcome: string; newsworthy: boolean } {
  const status = meaningOf(update.status)
  if (status === undefined || !isMessageStatus(row.internal_status)) return { outcome: 'not_understood', newsworthy: false }
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
  if (row.internal_status !== 'sending') return status === 'read' && row.provider_status === 'delivered'
  const known = row.provider_status === null ? -1 : providerSteps.indexOf(row.provider_status)
  return progress.sending >= progress[meaningOf(status) ?? 'accepted'] && providerSteps.indexOf(status) > known
}

async function store(database: Database, tx: Transaction, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`update messages set internal_status = r.internal_status, provider_status = r.provider_status,
      message_sid = r.message_sid, error_code = r.error_code, error_description = r.error_description,
      updated_at = r.updated_at
    from ${database.rows(
      rows.map(row => ({
        id: row.id,
        internal_status: row.internal_status,
        provider_status: row.provider_status,
        message_sid: row.message_sid,
        error_code: row.error_code,
        error_description: row.error_description,
        updated_at: row.updated_at
      })),
      {
        id: 'bigint',
        internal_status: 'text',
        provider_status: 'text',
        message_sid: 'text',
        error_code: 'text',
        error_description: 'text',
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
  deliveryErrors[code] ?? `The provider reported error ${code}; see https://www.twilio.com/docs/api/errors/${code}.`
