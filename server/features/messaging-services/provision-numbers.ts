import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { BoughtNumber, TwilioNumbers } from '../../providers/twilio/numbers.ts'
import { numberTypeOf } from '../../telephony/sending-rate.ts'
import { providerNumberColumns } from './write-service.ts'

export interface ObtainDeps {
  numbers: TwilioNumbers
  config: Pick<Config, 'PUBLIC_URL'>
}

/** A number that a messaging service needs. */
export interface NeededNumber {
  serviceSid: string
  stateCode: string | null
  /** Rather none than one of another state. */
  onlyThere: boolean
  isAnnouncementNumber: boolean
  /** By which a worker that takes over after a crash finds it instead of buying another. */
  name: string
}

/**
 * Buys a number, configured to call us, and puts it into its messaging service; one that was bought under
 * this name before is taken instead.
 */
export async function obtainNumber(
  { numbers, config }: ObtainDeps,
  { serviceSid, stateCode, onlyThere, isAnnouncementNumber, name }: NeededNumber
): Promise<BoughtNumber> {
  const [texts, calls] = isAnnouncementNumber
    ? ['twilio_announcements/inbound', 'twilio_announcements/voice']
    : ['twilio_requests/inbound', 'twilio_calls/incoming']
  const number =
    (await numbers.findNumber(name)) ??
    (await numbers.buyNumber({
      state: stateCode ?? undefined,
      onlyThere,
      name,
      smsUrl: `${config.PUBLIC_URL}/api/v1/${texts}`,
      voiceUrl: `${config.PUBLIC_URL}/api/v1/${calls}`
    }))
  const added = await numbers.addToService(serviceSid, number.sid)
  if (added.kind === 'refused')
    throw new Error(`The number ${number.number} is refused by its service: ${added.description}`)
  if (added.kind === 'unavailable') throw new Error(added.reason)
  return number
}

/** Keeps a number that was obtained; one that a synchronisation saw first is as it said. */
export async function storeNumber(
  { database, clock }: { database: Database; clock: Clock },
  tx: Transaction,
  service: { id: number; stateCode: string | null },
  number: BoughtNumber,
  isAnnouncementNumber: boolean
): Promise<void> {
  const now = clock.now()
  await database.insert(
    tx.sql,
    'provider_numbers',
    providerNumberColumns,
    [
      {
        messaging_service_id: service.id,
        number: number.number,
        sid: number.sid,
        state_code: number.state ?? service.stateCode,
        announcement_number:
          database.dialect === 'postgresql' ? isAnnouncementNumber : Number(isAnnouncementNumber),
        number_type: numberTypeOf(number.number),
        next_slot_at: 0,
        next_send_at: 0,
        placed_at: now,
        created_at: now
      }
    ],
    sql`on conflict (number) do update set
      state_code = coalesce(provider_numbers.state_code, excluded.state_code)`
  )
}
