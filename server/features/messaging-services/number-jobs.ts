import { sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Executor, Transaction } from '../../platform/database.ts'
import { errors, invalidValues } from '../../platform/errors.ts'
import { isUuid, newUuid } from '../../platform/ids.ts'
import type { Queue } from '../../platform/queue.ts'
import type { NumberJob } from './job-schemas.ts'
import type { ServiceRow } from './read-services.ts'

/** An entry for each job that is not ended. */
export const numberJobsLane = 'messaging-services.number-jobs'

export interface JobRow {
  id: number
  uuid: string
  kind: 'migrate' | 'provision'
  messaging_service_id: number
  target_service_id: number | null
  state_code: string | null
  announcement_number: boolean | number
  state: 'running' | 'done' | 'failed'
  error: string | null
  created_at: number
  finished_at: number | null
}

export interface ItemRow {
  id: number
  number_job_id: number
  position: number
  number: string | null
  sid: string | null
  state: 'waiting' | 'done' | 'failed'
  error_code: string | null
  error: string | null
}

interface JobDeps {
  database: Database
  queue: Queue
  clock: Clock
}

interface NewJob {
  kind: JobRow['kind']
  serviceId: number
  targetServiceId: number | null
  stateCode: string | null
  isAnnouncementNumber: boolean
  items: readonly { number: string | null; sid: string | null }[]
}

/** Writes a job down, with the work of doing it. */
async function createJob(
  { database, queue, clock }: JobDeps,
  tx: Transaction,
  job: NewJob
): Promise<NumberJob> {
  const now = clock.now()
  const [row] = await database.insert<{ id: number }>(
    tx.sql,
    'number_jobs',
    {
      uuid: 'uuid',
      kind: 'text',
      messaging_service_id: 'bigint',
      target_service_id: 'bigint',
      state_code: 'text',
      announcement_number: 'boolean',
      state: 'text',
      created_at: 'bigint'
    },
    [
      {
        uuid: newUuid(now),
        kind: job.kind,
        messaging_service_id: job.serviceId,
        target_service_id: job.targetServiceId,
        state_code: job.stateCode,
        announcement_number:
          database.dialect === 'postgresql'
            ? job.isAnnouncementNumber
            : Number(job.isAnnouncementNumber),
        state: 'running',
        created_at: now
      }
    ],
    sql`returning id`
  )
  if (!row) throw new Error('A number job was not stored')
  await database.insert(
    tx.sql,
    'number_job_items',
    { number_job_id: 'bigint', position: 'integer', number: 'text', sid: 'text', state: 'text' },
    job.items.map((item, place) => ({
      number_job_id: row.id,
      position: place + 1,
      ...item,
      state: 'waiting'
    }))
  )
  const payload = String(row.id)
  await queue.publish([{ lane: numberJobsLane, fairnessKey: 0, orderKey: payload, payload }], tx)
  return findJob(database, tx.sql, sql`j.id = ${row.id}`)
}

/** Numbers to buy for a customer, in its state. */
export function provisionNumbers(
  deps: JobDeps,
  tx: Transaction,
  service: ServiceRow,
  wanted: { count: number; stateCode: string | undefined; isAnnouncementNumber: boolean }
): Promise<NumberJob> {
  refuseElsewhere(service, 'uuid')
  if (
    service.state_code !== null &&
    wanted.stateCode !== undefined &&
    wanted.stateCode !== service.state_code
  )
    throw invalidValues([
      { field: 'state_code', message: `must be the customer's state ${service.state_code}` }
    ])
  return createJob(deps, tx, {
    kind: 'provision',
    serviceId: service.id,
    targetServiceId: null,
    stateCode: wanted.stateCode ?? service.state_code,
    isAnnouncementNumber: wanted.isAnnouncementNumber,
    items: Array.from({ length: wanted.count }, () => ({ number: null, sid: null }))
  })
}

/** Numbers to move to another messaging service: those named, or all. Both services are locked. */
export async function migrateNumbers(
  deps: JobDeps,
  tx: Transaction,
  source: ServiceRow,
  target: ServiceRow,
  wanted: readonly string[] | undefined
): Promise<NumberJob> {
  refuseElsewhere(source, 'uuid')
  refuseElsewhere(target, 'target_uuid')
  if (source.id === target.id)
    throw invalidValues([{ field: 'target_uuid', message: 'must be another messaging service' }])
  const { rows } = await sql<{
    number: string
    sid: string
    state_code: string | null
    moving: number | null
  }>`
    select n.number, n.sid, n.state_code,
      (select min(i.id) from number_job_items i where i.number = n.number and i.state = 'waiting') as moving
    from provider_numbers n where n.messaging_service_id = ${source.id} order by n.id`.execute(
    tx.sql
  )
  const owned = new Map(rows.map(row => [row.number, row]))
  const chosen = wanted === undefined ? [...owned.keys()] : [...new Set(wanted)]
  const problems = chosen.flatMap((number, place) => {
    const field = wanted === undefined ? 'target_uuid' : `numbers[${place}]`
    const row = owned.get(number)
    if (!row) return [{ field, message: 'is no number of this messaging service' }]
    if (row.sid === '')
      return [
        { field, message: `needs a synchronisation first: the sid of ${number} is not known` }
      ]
    if (
      target.state_code !== null &&
      row.state_code !== null &&
      row.state_code !== target.state_code
    )
      return [
        {
          field,
          message: `is of ${row.state_code}, and the customer of the other service is in ${target.state_code}`
        }
      ]
    return []
  })
  if (chosen.length === 0)
    throw invalidValues([{ field: 'uuid', message: 'is a messaging service without numbers' }])
  if (problems.length > 0) throw invalidValues(problems)
  if (chosen.some(number => owned.get(number)?.moving !== null))
    throw new errors.conflict('A migration of these numbers is under way.')
  return createJob(deps, tx, {
    kind: 'migrate',
    serviceId: source.id,
    targetServiceId: target.id,
    stateCode: null,
    isAnnouncementNumber: false,
    items: chosen.map(number => ({ number, sid: owned.get(number)?.sid ?? null }))
  })
}

function refuseElsewhere(service: ServiceRow, field: string): void {
  if (service.provider_name !== 'twilio')
    throw invalidValues([{ field, message: 'must be a messaging service at Twilio' }])
}

interface PresentedRow extends JobRow {
  service_uuid: string
  target_uuid: string | null
}

/** @throws 404 */
export async function findJob(
  database: Database,
  executor: Executor,
  condition: ReturnType<typeof sql>
): Promise<NumberJob> {
  const [job] = await listJobs(database, executor, condition, 1)
  if (!job) throw new errors.notFound('There is no such job.')
  return job
}

export const jobByUuid = (uuid: string) => (isUuid(uuid) ? sql`j.uuid = ${uuid}` : sql`false`)

/** Jobs from or to a messaging service. */
export const jobsOf = (serviceUuid: string) =>
  isUuid(serviceUuid) ? sql`(s.uuid = ${serviceUuid} or t.uuid = ${serviceUuid})` : sql`false`

/** Newest first. */
export async function listJobs(
  database: Database,
  executor: Executor,
  condition: ReturnType<typeof sql>,
  limit: number
): Promise<NumberJob[]> {
  const { rows } = await sql<PresentedRow>`
    select j.*, s.uuid as service_uuid, t.uuid as target_uuid from number_jobs j
    join messaging_services s on s.id = j.messaging_service_id
    left join messaging_services t on t.id = j.target_service_id
    where ${condition} order by j.id desc limit ${limit}`.execute(executor)
  const list = rows.map(({ id }) => ({ id }))
  const { rows: items } = await sql<ItemRow>`select * from number_job_items
    where number_job_id in (select r.id from ${database.rows(list, { id: 'bigint' })})
    order by number_job_id, position`.execute(executor)
  const itemsOf = Map.groupBy(items, item => item.number_job_id)
  return rows.map(row => ({
    id: row.id,
    uuid: row.uuid,
    kind: row.kind,
    messaging_service_uuid: row.service_uuid,
    target_uuid: row.target_uuid,
    state_code: row.state_code,
    announcement_number: Boolean(row.announcement_number),
    state: row.state,
    error: row.error,
    numbers: (itemsOf.get(row.id) ?? []).map(item => ({
      number: item.number,
      state: item.state,
      error_code: item.error_code,
      error: item.error
    })),
    created_at: isoTime(row.created_at),
    finished_at: row.finished_at === null ? null : isoTime(row.finished_at)
  }))
}
