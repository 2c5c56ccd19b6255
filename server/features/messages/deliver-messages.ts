import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { GroupCommit } from '../../platform/group-commit.ts'
import { maskNumber } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { BatchHandler, Entry, Queue, Verdict } from '../../platform/queue.ts'
import type { SendOutcome, TwilioGateway } from '../../providers/twilio/gateway.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { findOptedOut, type OptOutClass, recordOptOuts } from '../opt-outs/registry.ts'
import { senderKeysOf } from '../messaging-services/sender-keys.ts'
import { applyReports, type StatusReport } from './apply-status-updates.ts'
import { type Channel, textChannel } from './channel.ts'
import { isMessageStatus, isTerminal, type MessageStatus, waiting } from './lifecycle.ts'
import { lookUpLines, type LineVerdict } from './look-up-lines.ts'
import { statusNews } from './message-news.ts'
import { fromMessages, messageFields, type MessageRow } from './message-row.ts'

export interface DeliveryDeps {
  database: Database
  queue: Queue
  clock: Clock
  twilio: TwilioGateway
  log: Logger
  metrics: Metrics
  config: Pick<
    Config,
    'PUBLIC_URL' | 'RECONCILE_AFTER_MS' | 'LOOKUP_BEFORE_FIRST_SMS' | 'ANNOUNCEMENT_CALL_RETRIES'
  >
}

/** A message in a worker's hands, with the entry that brought it. */
export interface Delivery {
  entry: Entry
  row: MessageRow
}

/** What became of a delivery, to be stored with its verdict. */
interface Result {
  delivery: Delivery
  outcome: SendOutcome
}

/** Who of a batch goes out now. Whoever is in none of the lists goes nowhere. */
export interface Admission {
  ready: Delivery[]
  /** Of those that wait, or need no worker any more. */
  verdicts: Verdict[]
  canceled: Delivery[]
}

/** What differs between a lane of messages and another. */
export interface SendingRules {
  channel: Channel
  /** Whether its transactions go before those that may wait. */
  isUrgent: boolean
  optOutClass: OptOutClass
  /** Further opt-outs that keep a message from going out. */
  heededOptOuts?: readonly OptOutClass[]
  /** Where the provider reports. */
  statusPath: string
  /** Decides, in the transaction that claims them, which texts go out now. */
  admit(tx: Transaction, deliveries: readonly Delivery[], now: number): Promise<Admission>
  /** Whether a refusal speaks of the sender, and another sender may do. */
  isSenderFault(code: string): boolean
  /** Gives such texts to other senders; gives the verdicts of those that found one. */
  reassign(tx: Transaction, deliveries: readonly Delivery[], now: number): Promise<Verdict[]>
}

/** A single text goes out at once, from the number that its client named. */
const singleTexts: SendingRules = {
  channel: textChannel,
  isUrgent: false,
  optOutClass: 'messages',
  statusPath: '/api/v1/twilio_requests/webhook_message_updates',
  admit: async (_tx, deliveries) => ({ ready: [...deliveries], verdicts: [], canceled: [] }),
  isSenderFault: () => false,
  reassign: async () => []
}

export const urgentTexts: SendingRules = { ...singleTexts, isUrgent: true }

/** The provider's word that a receiver opted out there (https://www.twilio.com/docs/api/errors/21610). */
const providerOptOut = '21610'
/** A provider that does not take a message is asked again for a day after its time, then the message fails. */
const patienceMs = 24 * 3_600_000
/** The longest wait between two attempts: an outage of an hour delays nothing by much more than that. */
const longestBackoffMs = 120_000

/**
 * Sends the messages of a lane.
 *
 * A message is claimed (`sending`, with the time of the call) before the provider is called, so that a worker
 * that dies in between leaves a trace: whoever takes the entry next asks the provider first, and sends again
 * only what is not there. Exactly once at the provider, in effect.
 */
export function createMessageDelivery(
  deps: DeliveryDeps,
  rules: SendingRules = singleTexts
): BatchHandler {
  const { isUrgent: urgent } = rules
  const results = new GroupCommit<Result, undefined>(async batch => {
    await deps.database.transaction(tx => recordResults(deps, rules, tx, batch), { urgent })
    return batch.map(() => undefined)
  })

  async function deliver(delivery: Delivery): Promise<void> {
    const outcome = isTooLate(delivery, deps.clock.now())
      ? tooLate
      : await send(deps, rules, delivery.row)
    deps.metrics.providerCalls.inc({ operation: rules.channel.operation, outcome: outcome.kind })
    await results.submit({ delivery, outcome })
  }

  async function lookAgain(delivery: Delivery): Promise<void> {
    const outcome = await reconcile(deps, rules.channel, delivery)
    if (outcome) await results.submit({ delivery, outcome })
  }

  return async entries => {
    const lines = deps.config.LOOKUP_BEFORE_FIRST_SMS
      ? await lookUpLines(deps, entries)
      : new Map<string, LineVerdict>()
    const { ready, unresolved } = await deps.database.transaction(
      tx => take(deps, rules, tx, entries, lines),
      { urgent }
    )
    await allSettled([...ready.map(deliver), ...unresolved.map(lookAgain)])
  }
}

/**
 * Claims the messages of a batch: marks them `sending`, ends those that may not go out, and settles the
 * entries of messages that need no worker any more.
 */
async function take(
  deps: DeliveryDeps,
  rules: SendingRules,
  tx: Transaction,
  entries: Entry[],
  lines: ReadonlyMap<string, LineVerdict>
): Promise<{ ready: Delivery[]; unresolved: Delivery[] }> {
  const { database, queue } = deps
  const now = deps.clock.now()
  const byUuid = new Map(entries.map(entry => [entry.payload, entry]))
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.uuid in (select r.uuid from ${database.rows(
      [...byUuid.keys()].map(uuid => ({ uuid })),
      { uuid: 'uuid' }
    )})
    order by m.id ${database.locking('for update of m')}`.execute(tx.sql)

  const verdicts: Verdict[] = []
  const fresh: Delivery[] = []
  const unresolved: Delivery[] = []
  const known = new Set<Entry>()
  for (const row of rows) {
    const entry = byUuid.get(row.uuid)
    if (!entry) continue
    known.add(entry)
    const delivery = { entry, row }
    if (isWaiting(row)) fresh.push(delivery)
    else if (row.internal_status !== 'sending' || row.message_sid !== null)
      verdicts.push({ entry, outcome: 'done' })
    else if (row.provider_call_at === null) fresh.push(delivery)
    else unresolved.push(delivery)
  }
  // An entry whose message is gone has nothing left to do.
  for (const entry of entries) if (!known.has(entry)) verdicts.push({ entry, outcome: 'done' })

  const optedOut = await findOptedOut(
    database,
    tx.sql,
    fresh.map(({ row }) => ({
      sender: row.sender_number,
      recipient: row.receiver_number,
      messagingServiceSid: row.messaging_service_sid
    })),
    [rules.optOutClass, ...(rules.heededOptOuts ?? [])]
  )
  const endings: Ending[] = []
  const sendable: Delivery[] = []
  for (const [place, delivery] of fresh.entries()) {
    const line =
      delivery.row.message_type === 'sms' ? lines.get(delivery.row.receiver_number) : undefined
    if (optedOut.has(place))
      endings.push({
        delivery,
        status: 'blocked',
        code: null,
        description: 'The receiver opted out.'
      })
    else if (line?.kind === 'postponed')
      verdicts.push({
        entry: delivery.entry,
        outcome: 'retry',
        at: now + waitAfter(delivery.entry),
        countsAsAttempt: true
      })
    else if (line?.kind === 'refused')
      endings.push({
        delivery,
        status: line.status,
        code: line.code,
        description: line.description
      })
    else sendable.push(delivery)
  }
  const { ready, verdicts: decided, canceled } = await rules.admit(tx, sendable, now)
  verdicts.push(...decided)
  for (const delivery of canceled)
    endings.push({ delivery, status: 'canceled', code: null, description: null })

  if (ready.length > 0) {
    const list = ready.map(({ row }) => ({ id: row.id }))
    await sql`update messages set internal_status = 'sending', provider_call_at = ${now}, updated_at = ${now}
      from ${database.rows(list, { id: 'bigint' })} where messages.id = r.id`.execute(tx.sql)
  }
  await end(deps, tx, endings, now)
  await queue.settle(
    [
      ...verdicts,
      ...endings.map(({ delivery }): Verdict => ({ entry: delivery.entry, outcome: 'done' }))
    ],
    tx
  )
  const claimed = ready.map(({ entry, row }) => ({
    entry,
    row: { ...row, internal_status: 'sending', provider_call_at: now }
  }))
  return { ready: claimed, unresolved }
}

const waitAfter = (entry: Entry): number => backoffMs(entry.attempts, { maxMs: longestBackoffMs })

/**
 * Whoever has the lease next asks the provider whether it has the message, and sends it when it has not. A worker
 * that is so busy that a message's turn comes near the end of its lease leaves it to them.
 */
const isTooLate = ({ entry, row }: Delivery, now: number): boolean => {
  const claimedAt = row.provider_call_at ?? now
  return now - claimedAt >= (entry.leaseEndsAt - claimedAt) * (2 / 3)
}

const tooLate: SendOutcome = {
  kind: 'notTaken',
  reason: 'its turn came when its lease was nearly over',
  retryAfterMs: 0
}

const isWaiting = (row: MessageRow): boolean =>
  isMessageStatus(row.internal_status) && waiting.includes(row.internal_status)

async function send(
  { twilio, config, log }: DeliveryDeps,
  { statusPath, channel }: SendingRules,
  row: MessageRow
): Promise<SendOutcome> {
  const publicUrl = config.PUBLIC_URL
  const statusCallback = `${publicUrl}${statusPath}?message_uuid=${row.uuid}`
  const outcome = await channel.send({ twilio, publicUrl }, row, statusCallback)
  if (log.isLevelEnabled('debug'))
    log.debug(
      { message_uuid: row.uuid, receiver: maskNumber(row.receiver_number), outcome: outcome.kind },
      'message handed over'
    )
  return outcome
}

/**
 * Finds out what became of a message whose sending was cut short: taken when the provider has it, otherwise
 * not taken. Undefined when a postponement was stored instead.
 */
async function reconcile(
  deps: DeliveryDeps,
  channel: Channel,
  delivery: Delivery
): Promise<SendOutcome | undefined> {
  const { entry, row } = delivery
  const now = deps.clock.now()
  const calledAt = row.provider_call_at ?? row.created_at
  const askAt = calledAt + deps.config.RECONCILE_AFTER_MS
  if (now < askAt) {
    await settleAlone(deps, { entry, outcome: 'retry', at: askAt, countsAsAttempt: false })
    return undefined
  }
  try {
    const since = calledAt - clockSkewMs
    const found = await channel.find(deps.twilio, row, since)
    const candidates = found
      .filter(({ createdAt }) => createdAt <= calledAt + longestCallMs + clockSkewMs)
      .toReversed()
    const twins = await findTwins(deps, channel, row, candidates)
    const openCall = twins.find(
      twin => isOpen(twin) && now < (twin.provider_call_at ?? 0) + deps.config.RECONCILE_AFTER_MS
    )
    if (openCall) {
      await settleAlone(deps, {
        entry,
        outcome: 'retry',
        at: (openCall.provider_call_at ?? now) + deps.config.RECONCILE_AFTER_MS,
        countsAsAttempt: false
      })
      return undefined
    }
    // Of messages that look alike and whose answers were lost, the first called is the first that the provider has, and so on.
    const known = new Set(twins.map(twin => twin.message_sid))
    const place = twins.filter(isOpen).findIndex(twin => twin.id === row.id)
    const match = candidates.filter(text => !known.has(text.sid))[place]
    deps.metrics.reconciliations.inc({ result: match ? 'found' : 'absent' })
    if (match) {
      const { sid, status, errorCode, errorMessage, answeredBy } = match
      return { kind: 'taken', sid, status, errorCode, errorMessage, answeredBy }
    }
    return { kind: 'notTaken', reason: 'the provider does not have it', retryAfterMs: 0 }
  } catch (error) {
    deps.log.warn(
      { err: error, message_uuid: row.uuid },
      'the provider could not be asked about a message'
    )
    await settleAlone(deps, {
      entry,
      outcome: 'retry',
      at: deps.clock.now() + waitAfter(entry),
      countsAsAttempt: true
    })
    return undefined
  }
}

/** The provider's times have whole seconds, and its clock is not ours. */
const clockSkewMs = 5_000
/** A call of the provider is given up after this. */
const longestCallMs = 15_000

interface Twin {
  id: number
  message_sid: string | null
  internal_status: string
  provider_call_at: number | null
}

/** It was called for, and nothing is known of what came of that. */
const isOpen = (twin: Twin): boolean =>
  twin.internal_status === 'sending' && twin.message_sid === null && twin.provider_call_at !== null

/**
 * Two equal texts to one person are two messages. The rows that one of the provider's messages may belong
 * to: those that have its SID, and those that look like this one, in the order of their calls. One statement, so that
 * what another worker finds out meanwhile is seen wholly or not at all.
 */
async function findTwins(
  { database }: DeliveryDeps,
  channel: Channel,
  row: MessageRow,
  candidates: readonly { sid: string }[]
): Promise<Twin[]> {
  const from = (row.provider_call_at ?? row.created_at) - longestCallMs - 2 * clockSkewMs
  const until = (row.provider_call_at ?? row.created_at) + longestCallMs + 2 * clockSkewMs
  const { rows } = await sql<Twin>`
    select m.id, m.message_sid, m.internal_status, m.provider_call_at from messages m where m.id in (
      select s.id from messages s join ${database.rows(
        candidates.map(({ sid }) => ({ sid })),
        { sid: 'text' }
      )} on s.message_sid = r.sid
      union
      select e.id from messages e
      where e.receiver_number = ${row.receiver_number} and e.sender_number = ${row.sender_number}
        and e.direction = 'outbound' and ${channel.isTwin(row)}
        and e.provider_call_at between ${from} and ${until}
    ) order by m.provider_call_at, m.id`.execute(database.sql)
  return rows
}

async function settleAlone({ database, queue }: DeliveryDeps, verdict: Verdict): Promise<void> {
  await database.transaction(tx => queue.settle([verdict], tx))
}

/** Of a text that the provider has just taken. */
const firstSteps = new Set(['accepted', 'queued'])

/** Stores what the provider said, with the verdicts, in one transaction. */
async function recordResults(
  deps: DeliveryDeps,
  rules: SendingRules,
  tx: Transaction,
  results: readonly Result[]
): Promise<void> {
  const { database, queue } = deps
  const now = deps.clock.now()
  const verdicts: Verdict[] = []
  const taken: (StatusReport & { id: number })[] = []
  const released: { id: number; called_at: number | null }[] = []
  const endings: Ending[] = []

  await lockMessages(deps.database, tx, results)
  const moved = await rules.reassign(
    tx,
    results.filter(result => isSenderRefused(rules, result)).map(result => result.delivery),
    now
  )
  const elsewhere = new Set(moved.map(({ entry }) => entry))
  verdicts.push(...moved)
  for (const result of results) {
    const { delivery, outcome } = result
    const { entry, row } = delivery
    if (elsewhere.has(entry)) continue
    const retryAt = now + waitAfter(entry)
    switch (outcome.kind) {
      case 'taken':
        taken.push({ ...outcome, id: row.id, uuid: row.uuid, attempt: row.call_attempts })
        verdicts.push({ entry, outcome: 'done' })
        break
      case 'refused':
        endings.push({
          delivery,
          status: outcome.code === providerOptOut ? 'blocked' : 'failed',
          code: outcome.code,
          description: outcome.description
        })
        verdicts.push({ entry, outcome: 'done' })
        break
      case 'notTaken':
        if (isGivenUp(result, now)) {
          endings.push({
            delivery,
            status: 'failed',
            code: 'provider_unavailable',
            description: outcome.reason
          })
          verdicts.push({ entry, outcome: 'dead', error: outcome.reason })
          break
        }
        released.push({ id: row.id, called_at: row.provider_call_at })
        verdicts.push({
          entry,
          outcome: 'retry',
          at: outcome.retryAfterMs === undefined ? retryAt : now + outcome.retryAfterMs,
          countsAsAttempt: true
        })
        break
      case 'unknown':
        verdicts.push({
          entry,
          outcome: 'retry',
          at: now + deps.config.RECONCILE_AFTER_MS,
          countsAsAttempt: true
        })
        break
    }
  }

  if (taken.length > 0) {
    // A status callback may have come before this answer, which tells only the first step: what it said stands.
    await sql`update messages set
        message_sid = coalesce(message_sid, r.sid),
        provider_status = case when internal_status = 'sending' then coalesce(provider_status, r.status) else provider_status end,
        updated_at = ${now}
      from ${database.rows(
        taken.map(({ id, sid, status }) => ({ id, sid, status })),
        { id: 'bigint', sid: 'text', status: 'text' }
      )}
      where messages.id = r.id
        -- A call that is to be made again has nothing to do with the answer of its last attempt.
        and (messages.message_type <> 'voice' or messages.provider_call_at is not null)`.execute(
      tx.sql
    )
    // One that was found later may be long past its first steps.
    const further = taken.filter(({ status }) => !firstSteps.has(status))
    if (further.length > 0) await applyReports(deps, tx, further, now)
  }
  if (released.length > 0) {
    // Unless another, who had the lease after this one, is calling for it now.
    await sql`update messages set provider_call_at = null, updated_at = ${now}
      from ${database.rows(released, { id: 'bigint', called_at: 'bigint' })}
      where messages.id = r.id and messages.provider_call_at = r.called_at`.execute(tx.sql)
  }
  await end(deps, tx, endings, now)
  await recordProviderOptOuts(deps, rules, tx, endings, now)
  await queue.settle(verdicts, tx)
}

/**
 * Only who has the lease gives a text up, after having tried: another's verdict does not count, and the text
 * would fail without a dead letter.
 */
const isGivenUp = ({ delivery: { entry, row }, outcome }: Result, now: number): boolean =>
  outcome !== tooLate &&
  now < entry.leaseEndsAt &&
  now >= (row.send_at ?? row.created_at) + patienceMs

const isSenderRefused = (rules: SendingRules, { outcome }: Result): boolean =>
  outcome.kind === 'refused' && rules.isSenderFault(outcome.code)

/** In the order in which the callbacks lock them, so that two transactions never wait for each other. */
async function lockMessages(
  database: Database,
  tx: Transaction,
  results: readonly Result[]
): Promise<void> {
  if (database.dialect !== 'postgresql') return
  const list = results.map(({ delivery }) => ({ id: delivery.row.id }))
  await sql`select m.id from messages m join ${database.rows(list, { id: 'bigint' })} on m.id = r.id
    order by m.id for update of m`.execute(tx.sql)
}

/** A message that ends before the provider has it. */
interface Ending {
  delivery: Delivery
  status: MessageStatus
  code: string | null
  description: string | null
}

async function end(
  deps: DeliveryDeps,
  tx: Transaction,
  endings: readonly Ending[],
  now: number
): Promise<void> {
  if (endings.length === 0) return
  const list = endings.map(({ delivery, status, code, description }) => ({
    id: delivery.row.id,
    status,
    code,
    description
  }))
  const { rows: ended } = await sql<{
    id: number
  }>`update messages set internal_status = r.status, error_code = r.code,
      error_description = r.description, provider_call_at = null, updated_at = ${now}
    from ${deps.database.rows(list, { id: 'bigint', status: 'text', code: 'text', description: 'text' })}
    where messages.id = r.id and messages.message_sid is null
    returning messages.id`.execute(tx.sql)
  const ids = new Set(ended.map(row => row.id))
  await emitEvents(
    deps,
    tx,
    endings
      .filter(({ delivery, status }) => ids.has(delivery.row.id) && isTerminal(status))
      .flatMap(({ delivery, status, code, description }) =>
        statusNews({
          ...delivery.row,
          internal_status: status,
          error_code: code,
          error_description: description,
          updated_at: now
        })
      ),
    now
  )
}

/** Whom the provider blocks, we block too. */
async function recordProviderOptOuts(
  deps: DeliveryDeps,
  rules: SendingRules,
  tx: Transaction,
  endings: readonly Ending[],
  now: number
): Promise<void> {
  const blocked = endings
    .filter(({ code }) => code === providerOptOut)
    .map(({ delivery }) => delivery.row)
  if (blocked.length === 0) return
  const keys = await senderKeysOf(
    deps.database,
    tx.sql,
    blocked.map(row => row.sender_number)
  )
  await recordOptOuts(
    deps.database,
    tx,
    blocked.map(row => ({
      recipient: row.receiver_number,
      senderKey: row.messaging_service_sid ?? keys.get(row.sender_number) ?? row.sender_number,
      class: rules.optOutClass,
      keyword: providerOptOut,
      at: now
    }))
  )
}
