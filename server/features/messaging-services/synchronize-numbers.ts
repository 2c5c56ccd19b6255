import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import { storable } from '../../platform/storable.ts'
import type { ServiceMember, TwilioNumbers } from '../../providers/twilio/numbers.ts'
import { numberTypeOf } from '../../telephony/sending-rate.ts'
import { providerNumberColumns } from './write-service.ts'

/** An entry for each messaging service that is to be synchronised, and one that comes back by the clock for all. */
export const synchronizationLane = 'messaging-services.synchronization'
const everyService = 'all'

export interface SynchronizationDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  numbers: TwilioNumbers
  config: Pick<Config, 'NUMBER_SYNC_INTERVAL_MS'>
}

const servicesPerPage = 500
/** When the provider cannot be asked; then the next time of the clock is waited for. */
const mostAttempts = 5
const questionsAtOnce = 8

/** Asks for the numbers of these services to be as they are at the provider. Asking twice is asking once. */
export function requestSynchronization(
  { queue }: { queue: Queue },
  tx: Transaction,
  serviceIds: readonly number[]
): Promise<void> {
  return queue.publish(
    serviceIds.map(id => ({
      lane: synchronizationLane,
      fairnessKey: 0,
      orderKey: String(id),
      payload: String(id)
    })),
    tx
  )
}

/** As many as there are, a page at a time. Returns how many. */
export async function requestAllSynchronizations(
  deps: { database: Database; queue: Queue },
  finish: (tx: Transaction) => Promise<void> = async () => undefined
): Promise<number> {
  let requested = 0
  for (let after = 0; ;) {
    const page = await deps.database.transaction(async tx => {
      const { rows } = await sql<{ id: number }>`select id from messaging_services
        where provider_name = 'twilio' and id > ${after} order by id limit ${servicesPerPage}`.execute(
        tx.sql
      )
      await requestSynchronization(
        deps,
        tx,
        rows.map(({ id }) => id)
      )
      if (rows.length < servicesPerPage) await finish(tx)
      return rows
    })
    requested += page.length
    if (page.length < servicesPerPage) return requested
    after = page.at(-1)?.id ?? 0
  }
}

/** Sees to it that the lane has the entry that comes back; none when the interval is 0. */
export async function publishSynchronization({
  database,
  queue,
  clock,
  config
}: SynchronizationDeps): Promise<void> {
  if (config.NUMBER_SYNC_INTERVAL_MS === 0) return
  const dueAt = clock.now() + config.NUMBER_SYNC_INTERVAL_MS
  await database.transaction(tx =>
    queue.publish(
      [
        {
          lane: synchronizationLane,
          fairnessKey: 0,
          orderKey: everyService,
          payload: everyService,
          dueAt
        }
      ],
      tx
    )
  )
}

/**
 * Makes the numbers of a messaging service here what they are at the provider: those that came into it there
 * appear, those that left it disappear, those that were moved from another of our services come with what is
 * known of them.
 */
export function createNumberSynchronization(deps: SynchronizationDeps): BatchHandler {
  return entries =>
    allSettled(
      entries.map(entry =>
        entry.payload === everyService ? begin(deps, entry) : synchronize(deps, entry)
      )
    )
}

async function begin(deps: SynchronizationDeps, entry: Entry): Promise<void> {
  const { queue, clock, config } = deps
  await requestAllSynchronizations(deps, tx => {
    // The setting may have been 0 since the entry was published.
    if (config.NUMBER_SYNC_INTERVAL_MS === 0) return queue.settle([{ entry, outcome: 'done' }], tx)
    const at = clock.now() + config.NUMBER_SYNC_INTERVAL_MS
    return queue.settle([{ entry, outcome: 'retry', at, countsAsAttempt: false }], tx)
  })
}

async function synchronize(deps: SynchronizationDeps, entry: Entry): Promise<void> {
  const { database, queue, clock, log, numbers } = deps
  const serviceId = Number(entry.payload)
  const { rows } = await sql<{ sid: string }>`select provider_messaging_sid as sid
    from messaging_services where id = ${serviceId} and provider_name = 'twilio'`.execute(
    database.sql
  )
  const [service] = rows
  const settleWith = (error: string | null, verdict: { at: number } | undefined) =>
    database.transaction(async tx => {
      await sql`update messaging_services set synchronization_error = ${error}
        where id = ${serviceId}`.execute(tx.sql)
      await queue.settle(
        [
          verdict
            ? { entry, outcome: 'retry', at: verdict.at, countsAsAttempt: true }
            : { entry, outcome: 'done' }
        ],
        tx
      )
    })
  if (!service) return settleWith(null, undefined)

  const askedAt = clock.now()
  try {
    const members = await numbers.membersOf(service.sid)
    if (!members) return await settleWith('The provider has no such service.', undefined)
    const fresh = await describeFresh(deps, members)
    await database.transaction(async tx => {
      await apply(deps, tx, { serviceId, members, fresh, askedAt })
      await queue.settle([{ entry, outcome: 'done' }], tx)
    })
  } catch (error) {
    log.warn({ err: error, messaging_service: service.sid }, 'numbers were not synchronised')
    const isLast = entry.attempts + 1 >= mostAttempts
    await settleWith(
      storable(`The provider could not be asked: ${String(error)}`.slice(0, 500)),
      isLast ? undefined : { at: clock.now() + backoffMs(entry.attempts) }
    )
  }
}

interface FreshNumber extends ServiceMember {
  isAnnouncementNumber: boolean
}

/** Numbers that were never seen here. Whom they call tells what they are for. */
async function describeFresh(
  { database, numbers }: SynchronizationDeps,
  members: readonly ServiceMember[]
): Promise<FreshNumber[]> {
  const list = members.map(({ number }) => ({ number }))
  const { rows } = await sql<{ number: string }>`select number from provider_numbers
    where number in (select r.number from ${database.rows(list, { number: 'text' })})`.execute(
    database.sql
  )
  const known = new Set(rows.map(({ number }) => number))
  const unknown = members.filter(({ number }) => !known.has(number))
  const fresh: FreshNumber[] = []
  for (let start = 0; start < unknown.length; start += questionsAtOnce)
    fresh.push(
      ...(await Promise.all(
        unknown.slice(start, start + questionsAtOnce).map(async member => ({
          ...member,
          isAnnouncementNumber: isForAnnouncements(await numbers.settingsOf(member.sid))
        }))
      ))
    )
  return fresh
}

const isForAnnouncements = (settings: { smsUrl: string } | undefined): boolean =>
  settings?.smsUrl.split('?')[0]?.endsWith('/twilio_announcements/inbound') === true

/**
 * What the provider said is as old as the question: a number that was placed since, by a purchase, a
 * migration or another synchronisation, stays where it is, and so does one that is about to be moved.
 */
async function apply(
  { database, clock }: SynchronizationDeps,
  tx: Transaction,
  {
    serviceId,
    members,
    fresh,
    askedAt
  }: {
    serviceId: number
    members: readonly ServiceMember[]
    fresh: readonly FreshNumber[]
    askedAt: number
  }
): Promise<void> {
  const now = clock.now()
  // One synchronisation of a service after the other.
  const { rows } = await sql<{ state_code: string | null }>`select state_code
    from messaging_services where id = ${serviceId} ${database.locking('for update')}`.execute(
    tx.sql
  )
  if (rows.length === 0) return
  const list = members.toSorted((a, b) => (a.number < b.number ? -1 : 1))
  const isMoving = sql`exists (select 1 from number_job_items i
    where i.number = provider_numbers.number and i.state = 'waiting')`
  await sql`update provider_numbers set messaging_service_id = ${serviceId}, sid = r.sid, placed_at = ${now}
    from ${database.rows(list, { number: 'text', sid: 'text' })}
    where provider_numbers.number = r.number and provider_numbers.placed_at < ${askedAt}
      and (provider_numbers.messaging_service_id <> ${serviceId} or provider_numbers.sid <> r.sid)
      and not ${isMoving}`.execute(tx.sql)
  await database.insert(
    tx.sql,
    'provider_numbers',
    providerNumberColumns,
    fresh.map(({ number, sid, isAnnouncementNumber }) => ({
      messaging_service_id: serviceId,
      number,
      sid,
      state_code: rows[0]?.state_code ?? null,
      announcement_number:
        database.dialect === 'postgresql' ? isAnnouncementNumber : Number(isAnnouncementNumber),
      number_type: numberTypeOf(number),
      next_slot_at: 0,
      next_send_at: 0,
      placed_at: now,
      created_at: now
    })),
    sql`on conflict (number) do nothing`
  )
  await sql`delete from provider_numbers
    where messaging_service_id = ${serviceId} and placed_at < ${askedAt} and not ${isMoving}
      and number not in (select r.number from ${database.rows(list, { number: 'text' })})`.execute(
    tx.sql
  )
  await sql`update messaging_services set synchronized_at = ${now}, synchronization_error = null
    where id = ${serviceId}`.execute(tx.sql)
}
