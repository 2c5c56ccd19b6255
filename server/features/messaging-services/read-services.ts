import { type RawBuilder, sql } from 'kysely'
import type { CurrentBearer } from '../../platform/access.ts'
import { isoTime } from '../../platform/clock.ts'
import type { Database, Executor } from '../../platform/database.ts'
import { errors } from '../../platform/errors.ts'
import { isUuid } from '../../platform/ids.ts'
import type { MessagingService, ProviderNumber } from './schemas.ts'

/** A messaging service as its table has it. */
export interface ServiceRow {
  id: number
  uuid: string
  bearer_id: number
  name: string
  global_customer_id: string | null
  provider_name: string
  provider_messaging_sid: string
  twilio_messaging_sid: string | null
  state_code: string | null
  business_profile_sid: string | null
  business_profile_status: string | null
  shaken_stir_product_sid: string | null
  shaken_stir_product_status: string | null
  brand_registration_sid: string | null
  brand_status: string | null
  brand_identity_status: string | null
  campaign_status: string | null
  compliance_error: string | null
  synchronized_at: number | null
  synchronization_error: string | null
  created_at: number
  updated_at: number
}

interface NumberRow {
  id: number
  messaging_service_id: number
  number: string
  sid: string
  state_code: string | null
  announcement_number: boolean | number
  number_type: string
}

/** A bearer has its own services; an Admin has them all. */
export const servicesOf = (bearer: CurrentBearer): RawBuilder<unknown> =>
  bearer.type === 'Admin' ? sql`true` : sql`s.bearer_id = ${bearer.id}`

/** @throws 404 for a service that is absent or another bearer's */
export async function findService(
  executor: Executor,
  bearer: CurrentBearer,
  uuid: string,
  locking: RawBuilder<unknown> = sql``
): Promise<ServiceRow> {
  const { rows } = isUuid(uuid)
    ? await sql<ServiceRow>`select s.* from messaging_services s
        where s.uuid = ${uuid} and ${servicesOf(bearer)} ${locking}`.execute(executor)
    : { rows: [] }
  const [row] = rows
  if (!row) throw noSuchService()
  return row
}

export const noSuchService = (): Error => new errors.notFound('There is no such messaging service.')

/** Services with their numbers: two statements, however many there are. */
export async function presentServices(
  database: Database,
  executor: Executor,
  services: readonly ServiceRow[]
): Promise<MessagingService[]> {
  if (services.length === 0) return []
  const list = services.map(({ id }) => ({ id }))
  const { rows } = await sql<NumberRow>`
    select id, messaging_service_id, number, sid, state_code, announcement_number, number_type
    from provider_numbers where messaging_service_id in (
      select r.id from ${database.rows(list, { id: 'bigint' })}
    ) order by id`.execute(executor)
  const numbersOf = Map.groupBy(rows, row => row.messaging_service_id)
  return services.map(service => present(service, numbersOf.get(service.id) ?? []))
}

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms))

const present = (row: ServiceRow, numbers: readonly NumberRow[]): MessagingService => ({
  id: row.id,
  bearer_id: row.bearer_id,
  global_customer_id: row.global_customer_id,
  name: row.name,
  provider_messaging_sid: row.provider_messaging_sid,
  provider_name: row.provider_name,
  twilio_messaging_sid: row.twilio_messaging_sid,
  uuid: row.uuid,
  state_code: row.state_code,
  provider_numbers: numbers.map(presentNumber),
  business_profile_sid: row.business_profile_sid,
  business_profile_status: row.business_profile_status,
  shaken_stir_product_sid: row.shaken_stir_product_sid,
  shaken_stir_product_status: row.shaken_stir_product_status,
  brand_registration_sid: row.brand_registration_sid,
  brand_status: row.brand_status,
  brand_identity_status: row.brand_identity_status,
  campaign_status: row.campaign_status,
  compliance_error: row.compliance_error,
  synchronized_at: timeOrNull(row.synchronized_at),
  synchronization_error: row.synchronization_error,
  created_at: isoTime(row.created_at),
  updated_at: isoTime(row.updated_at)
})

const presentNumber = (row: NumberRow): ProviderNumber => ({
  id: row.id,
  number: row.number,
  sid: row.sid,
  state_code: row.state_code,
  announcement_number: Boolean(row.announcement_number),
  number_type: row.number_type
})
