import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import type { TwilioNumbers } from '../../providers/twilio/numbers.ts'
import { obtainNumber, storeNumber } from '../messaging-services/provision-numbers.ts'

/** One entry for each messaging service that needs a number to announce from. */
export const numberProvisioningLane = 'announcements.numbers'
/** A customer without a number waits so long before it is looked for again. */
export const provisioningPauseMs = 1_000

export interface ProvisioningDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  numbers: TwilioNumbers
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
    const number = await obtainNumber(deps, {
      serviceSid: service.sid,
      stateCode: service.state_code,
      onlyThere: false,
      isAnnouncementNumber: true,
      name: `Announcements ${service.sid}`
    })
    await database.transaction(async tx => {
      await storeNumber(deps, tx, { id: service.id, stateCode: service.state_code }, number, true)
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
      coalesce(s.state_code,
        (select min(n.state_code) from provider_numbers n where n.messaging_service_id = s.id)) as state_code,
      (select count(*) from provider_numbers n where n.messaging_service_id = s.id
        and n.announcement_number) as owned
    from messaging_services s where s.id = ${id}`.execute(database.sql)
  return rows[0]
}
