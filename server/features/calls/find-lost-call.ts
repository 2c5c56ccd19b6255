import { sql } from 'kysely'
import type { Database } from '../../platform/database.ts'
import type { ProviderStatus, TwilioGateway } from '../../providers/twilio/gateway.ts'
import type { CallRow } from './call-row.ts'

/** The provider's times have whole seconds, and its clock is not ours. */
const clockSkewMs = 5_000
/** A request to the provider is given up after this. */
const longestRequestMs = 15_000

/**
 * A call whose answer was lost, as the provider has it; undefined when it never took it. Two calls to one
 * person from one number look alike: of those whose answers were lost, the first asked for is the first that the
 * provider has, and so on; a callback, which carries our id, knows better.
 */
export async function findLostCall(
  { database, twilio }: { database: Database; twilio: TwilioGateway },
  row: CallRow
): Promise<ProviderStatus | undefined> {
  const calledAt = row.provider_call_at ?? row.created_at
  const found = await twilio.findCalls(
    row.participant_number,
    row.provider_number,
    calledAt - clockSkewMs
  )
  const candidates = found
    .filter(
      call =>
        call.direction === 'outbound-api' &&
        call.createdAt <= calledAt + longestRequestMs + clockSkewMs
    )
    .toReversed()
  if (candidates.length === 0) return undefined
  const list = candidates.map(({ sid }) => ({ sid }))
  const { rows: known } = await sql<{ sid: string }>`
    select call_sid as sid from calls where call_sid in (select r.sid from ${database.rows(list, { sid: 'text' })})
    union select message_sid from messages
      where message_sid in (select r.sid from ${database.rows(list, { sid: 'text' })})`.execute(
    database.sql
  )
  const taken = new Set(known.map(({ sid }) => sid))
  const { rows: twins } = await sql<{ id: number }>`
    select id from calls
    where participant_number = ${row.participant_number} and provider_number = ${row.provider_number}
      and call_sid is null
      and provider_call_at between ${calledAt - longestRequestMs - 2 * clockSkewMs}
        and ${calledAt + longestRequestMs + 2 * clockSkewMs}
    order by provider_call_at, id`.execute(database.sql)
  const place = twins.findIndex(({ id }) => id === row.id)
  return candidates.filter(({ sid }) => !taken.has(sid))[place]
}
