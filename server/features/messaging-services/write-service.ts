import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { errors, FieldError, invalidValues } from '../../platform/errors.ts'
import { newUuid } from '../../platform/ids.ts'
import { numberTypeOf } from '../../telephony/sending-rate.ts'
import { carryOptOutsOver } from '../opt-outs/registry.ts'
import { type CheckedNumber, identityOf, numbersOf, type ServiceIdentity } from './check-service.ts'
import { MessagingService as ServiceEntity } from './messaging-service.entity.ts'
import { presentServices, type ServiceRow } from './read-services.ts'
import type { MessagingService, ServiceFields } from './schemas.ts'

export interface WriteDeps {
  database: Database
  clock: Clock
}

/** @param path of the fields in the request: `messaging_service.`, or nothing */
export async function createService(
  deps: WriteDeps,
  tx: Transaction,
  bearerId: number,
  given: ServiceFields,
  path: string
): Promise<MessagingService> {
  const identity = identityOf(given, undefined, path)
  const name = given.name ?? identity.providerMessagingSid
  await refuseTaken(tx, { ...identity, id: 0, bearerId, name }, path)
  const now = deps.clock.now()
  const service = tx.em.create(ServiceEntity, {
    uuid: newUuid(now),
    bearerId,
    ...identity,
    name,
    globalCustomerId: given.global_customer_id ?? null,
    stateCode: given.state_code ?? null,
    businessProfileSid: given.business_profile_sid ?? null,
    shakenStirProductSid: given.shaken_stir_product_sid ?? null,
    brandRegistrationSid: given.brand_registration_sid ?? null,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  return writeNumbers(deps, tx, service, given, path)
}

/** Takes over the given fields; absent ones stay. */
export async function updateService(
  deps: WriteDeps,
  tx: Transaction,
  known: ServiceRow,
  given: ServiceFields,
  path: string
): Promise<MessagingService> {
  const service = await tx.em.findOneOrFail(ServiceEntity, { id: known.id })
  const identity = identityOf(
    given,
    {
      providerName: known.provider_name,
      providerMessagingSid: known.provider_messaging_sid,
      twilioMessagingSid: known.twilio_messaging_sid
    },
    path
  )
  const { global_customer_id: customer, name = known.name } = given
  await refuseTaken(tx, { ...identity, id: known.id, bearerId: known.bearer_id, name }, path)
  Object.assign(service, identity)
  service.name = name
  if (customer !== undefined) service.globalCustomerId = customer
  if (given.state_code !== undefined) service.stateCode = given.state_code
  // What was heard of another profile, product or brand is not true of this one.
  if (isOther(given.business_profile_sid, known.business_profile_sid)) {
    service.businessProfileSid = given.business_profile_sid
    service.businessProfileStatus = null
  }
  if (isOther(given.shaken_stir_product_sid, known.shaken_stir_product_sid)) {
    service.shakenStirProductSid = given.shaken_stir_product_sid
    service.shakenStirProductStatus = null
  }
  if (isOther(given.brand_registration_sid, known.brand_registration_sid)) {
    service.brandRegistrationSid = given.brand_registration_sid
    service.brandStatus = null
    service.brandIdentityStatus = null
    service.brandToldAt = null
  }
  service.updatedAt = deps.clock.now()
  await tx.em.flush()
  // Whoever opted out from the service opted out from it under its new id too.
  if (identity.providerMessagingSid !== known.provider_messaging_sid)
    await carryOptOutsOver(tx, known.provider_messaging_sid, identity.providerMessagingSid)
  return writeNumbers(deps, tx, service, given, path)
}

const isOther = (given: string | null | undefined, known: string | null): given is string | null =>
  given !== undefined && given !== known

async function writeNumbers(
  deps: WriteDeps,
  tx: Transaction,
  service: ServiceEntity,
  given: ServiceFields,
  path: string
): Promise<MessagingService> {
  const { database, clock } = deps
  const stateCode = service.stateCode ?? null
  const numbers = numbersOf(given, stateCode, path)
  await refuseForeign(database, tx, service.id, numbers)
  const leaving = numbers.filter(({ leaves }) => leaves).map(({ number }) => ({ number }))
  if (leaving.length > 0)
    await sql`delete from provider_numbers where messaging_service_id = ${service.id}
      and number in (select r.number from ${database.rows(leaving, { number: 'text' })})`.execute(
      tx.sql
    )
  const staying = numbers.filter(({ leaves }) => !leaves)
  if (staying.length > 0) await upsertNumbers(database, tx, service, staying, clock.now())
  if (given.state_code !== undefined) await refuseOtherStates(tx, service, path)

  const { rows } = await sql<ServiceRow>`
    select * from messaging_services where id = ${service.id}`.execute(tx.sql)
  const [presented] = await presentServices(database, tx.sql, rows)
  if (!presented) throw new Error('A messaging service was not stored')
  return presented
}

/** @throws 409 for numbers that belong to another service: they are moved, not taken */
async function refuseForeign(
  database: Database,
  tx: Transaction,
  serviceId: number,
  numbers: readonly CheckedNumber[]
): Promise<void> {
  const list = numbers.map(({ number }) => ({ number }))
  const { rows } = await sql<{ number: string }>`
    select number from provider_numbers where messaging_service_id <> ${serviceId}
      and number in (select r.number from ${database.rows(list, { number: 'text' })})
    order by number limit 1`.execute(tx.sql)
  const [foreign] = rows
  if (foreign)
    throw new errors.conflict(`The number ${foreign.number} belongs to another messaging service.`)
}

async function upsertNumbers(
  database: Database,
  tx: Transaction,
  service: ServiceEntity,
  numbers: readonly CheckedNumber[],
  now: number
): Promise<void> {
  const list = numbers.map(({ number }) => ({ number }))
  const { rows: known } = await sql<{
    number: string
    sid: string
    state_code: string | null
    announcement_number: boolean | number
    number_type: string
  }>`select number, sid, state_code, announcement_number, number_type from provider_numbers
    where number in (select r.number from ${database.rows(list, { number: 'text' })})`.execute(
    tx.sql
  )
  const before = new Map(known.map(row => [row.number, row]))
  const flag = (value: boolean) => (database.dialect === 'postgresql' ? value : Number(value))
  await database.insert(
    tx.sql,
    'provider_numbers',
    providerNumberColumns,
    numbers.map(given => {
      const row = before.get(given.number)
      return {
        messaging_service_id: service.id,
        number: given.number,
        sid: given.sid ?? row?.sid ?? '',
        state_code:
          given.stateCode === undefined
            ? (row?.state_code ?? service.stateCode ?? null)
            : given.stateCode,
        announcement_number: flag(
          given.isAnnouncementNumber ?? Boolean(row?.announcement_number ?? false)
        ),
        number_type: given.numberType ?? row?.number_type ?? numberTypeOf(given.number),
        next_slot_at: 0,
        next_send_at: 0,
        placed_at: now,
        created_at: now
      }
    }),
    sql`on conflict (number) do update set sid = excluded.sid, state_code = excluded.state_code,
      announcement_number = excluded.announcement_number, number_type = excluded.number_type`
  )
}

/** The columns of a new number, for bulk inserts. */
export const providerNumberColumns = {
  messaging_service_id: 'bigint',
  number: 'text',
  sid: 'text',
  state_code: 'text',
  announcement_number: 'boolean',
  number_type: 'text',
  next_slot_at: 'double precision',
  next_send_at: 'double precision',
  placed_at: 'bigint',
  created_at: 'bigint'
} as const

/** @throws 422 when the customer's state is set and one of its numbers has another */
async function refuseOtherStates(
  tx: Transaction,
  service: ServiceEntity,
  path: string
): Promise<void> {
  const stateCode = service.stateCode ?? null
  if (stateCode === null) return
  const { rows } = await sql<{ number: string; state_code: string }>`
    select number, state_code from provider_numbers
    where messaging_service_id = ${service.id} and state_code is not null and state_code <> ${stateCode}
    order by id limit 1`.execute(tx.sql)
  const [other] = rows
  if (other)
    throw invalidValues([
      {
        field: `${path}state_code`,
        message: `is ${stateCode}, and the number ${other.number} is of ${other.state_code}`
      }
    ])
}

/** @throws 409 naming what another service has already */
async function refuseTaken(
  tx: Transaction,
  service: ServiceIdentity & { id: number; bearerId: number; name: string },
  path: string
): Promise<void> {
  const { rows } = await sql<{ name: boolean; provider: boolean; twilio: boolean }>`
    select bearer_id = ${service.bearerId} and name = ${service.name} as name,
      provider_messaging_sid = ${service.providerMessagingSid} as provider,
      twilio_messaging_sid = ${service.twilioMessagingSid} as twilio
    from messaging_services where id <> ${service.id} and (
      (bearer_id = ${service.bearerId} and name = ${service.name})
      or provider_messaging_sid = ${service.providerMessagingSid}
      or twilio_messaging_sid = ${service.twilioMessagingSid})`.execute(tx.sql)
  const taken = [
    ...(rows.some(row => row.name) ? ['name'] : []),
    ...(rows.some(row => row.provider) ? ['provider_messaging_sid'] : []),
    ...(rows.some(row => row.twilio && !row.provider) ? ['twilio_messaging_sid'] : [])
  ]
  if (rows.length > 0)
    throw new FieldError(
      new errors.conflict(`Another messaging service has this ${taken.join(' and this ')}.`),
      taken.map(field => ({ field: `${path}${field}`, message: 'is taken' }))
    )
}

/** @throws 409 for what another request took at the same moment */
export async function refusingConflicts<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new errors.conflict(
      'Another messaging service was given one of these names, ids or numbers at this moment.'
    )
  }
}

/** By the entity manager, or by a statement of ours. */
const isUniqueViolation = (error: unknown): error is Error =>
  error instanceof UniqueConstraintViolationException ||
  (error instanceof Error &&
    'code' in error &&
    (error.code === '23505' || error.code === 'SQLITE_CONSTRAINT_UNIQUE'))
