import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import type { BoughtNumber, TwilioGateway } from '../../providers/twilio/gateway.ts'
import { numberTypeOf } from '../../telephony/sending-rate.ts'

/** One entry for each messaging service that needs a number to announce from. */
export const numberProvisioningLane = 'announcements.numbers'

export interface ProvisioningDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  twilio: TwilioGateway
  config: Pick<Config, 'PUBLIC_URL'>
}

interface ServiceRow {
  id: number
  sid: string
  state_code: string | null
  owned: number
}

/** Asks for a number for this messaging service. Asking twice is asking once. */
export function requestNumber(queue: Queue, tx: Transaction, messagingServiceId: number) {
  return queue.publish(
    [
      {
        lane: numberProvisioningLane,
        fairnessKey: 0,
        orderKey: String(messagingServiceId),
        payload: String(messagingServiceId)
      }
    ],
    tx
  )
}

/**
 * Buys a number for a customer that has none to announce from: in the state of its other numbers where one
 * is for sale, configured to call us, in its messaging service. The number bears a name by which a worker
 * that takes over after a crash finds it instead of buying another.
 */
export function createNumberProvisioning(deps: ProvisioningDeps): BatchHandler {
  return async entries => {
    for (const entry of entries) await provision(deps, entry)
  }
}

async function provision(deps: ProvisioningDeps, entry: Entry): Promise<void> {
  const { database, queue, clock, log } = deps
  const service = await findService(database, Number(entry.payload))
  if (!service || service.owned > 0) {
    await database.transaction(tx => queue.settle([{ entry, outcome: 'done' }], tx))
    return
  }
  try {
    const number = await obtain(deps, service)
    await database.transaction(async tx => {
      await storeNumber(deps, tx, service, number)
      await queue.settle([{ entry, outcome: 'done' }], tx)
    })
    log.info(
      { messaging_service: service.sid, number: number.number },
      'announcement number bought'
    )
  } catch (error) {
    log.error({ err: error, messaging_service: service.sid }, 'no announcement number was bought')
    const at = clock.now() + backoffMs(entry.attempts, { maxMs: longestWaitMs })
    await database.transaction(tx =>
      queue.settle([{ entry, outcome: 'retry', at, countsAsAttempt: true }], tx)
    )
  }
}

const longestWaitMs = 600_000

async function findService(database: Database, id: number): Promise<ServiceRow | undefined> {
  const { rows } = await sql<ServiceRow>`
    select s.id, s.provider_messaging_sid as sid,
      (select min(n.state_code) from provider_numbers n where n.messaging_service_id = s.id) as state_code,
      (select count(*) from provider_numbers n where n.messaging_service_id = s.id
        and n.announcement_number) as owned
    from messaging_services s where s.id = ${id}`.execute(database.sql)
  return rows[0]
}

async function obtain(
  { twilio, config }: ProvisioningDeps,
  service: ServiceRow
): Promise<BoughtNumber> {
  const name = `Announcements ${service.sid}`
  const number =
    (await twilio.findNumber(name)) ??
    (await twilio.buyNumber({
      state: service.state_code ?? undefined,
      name,
      smsUrl: `${config.PUBLIC_URL}/api/v1/twilio_announcements/inbound`,
      voiceUrl: `${config.PUBLIC_URL}/api/v1/twilio_announcements/voice`
    }))
  await twilio.addToService(service.sid, number.sid)
  return number
}

async function storeNumber(
  { database, clock }: ProvisioningDeps,
  tx: Transaction,
  service: ServiceRow,
  number: BoughtNumber
): Promise<void> {
  await database.insert(
    tx.sql,
    'provider_numbers',
    {
      messaging_service_id: 'bigint',
      number: 'text',
      sid: 'text',
      state_code: 'text',
      announcement_number: 'boolean',
      number_type: 'text',
      next_slot_at: 'double precision',
      next_send_at: 'double precision',
      created_at: 'bigint'
    },
    [
      {
        messaging_service_id: service.id,
        number: number.number,
        sid: number.sid,
        state_code: number.state ?? service.state_code,
        announcement_number: database.dialect === 'postgresql' ? true : 1,
        number_type: numberTypeOf(number.number),
        next_slot_at: 0,
        next_send_at: 0,
        created_at: clock.now()
      }
    ],
    sql`on conflict (number) do nothing`
  )
}
