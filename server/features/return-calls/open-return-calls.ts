import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { newUuid } from '../../platform/ids.ts'
import { storable } from '../../platform/storable.ts'
import { callColumns, newCall } from '../calls/call-row.ts'
import { publishCallChecks } from '../calls/lanes.ts'
import type { CallDeps } from '../calls/open-calls.ts'
import type { StoredCallback } from '../provider-callbacks/process-callbacks.ts'
import { findReturnPairing, pairingIdIn } from './find-pairing.ts'

/** Soon after a callback, the provider is asked whether the call is over: not every number tells of it. */
const checkMs = 15_000

/**
 * Makes the return calls that callbacks speak of, whichever comes first: those that carry a pairing of ours, and those
 * of calls that have just come in. One that is there already stays as it is. Gives the SIDs of the callers that are known.
 */
export async function openReturnCalls(
  { database, queue, clock }: CallDeps,
  tx: Transaction,
  callbacks: readonly StoredCallback[],
  { incoming = false } = {}
): Promise<Set<string>> {
  const now = clock.now()
  const known = new Set<string>()
  for (const { form, query } of callbacks) {
    const field = (name: string): string => storable(form.get(name) ?? '')
    const pairingId = pairingIdIn(query)
    const callSid = field('CallSid')
    // The leg to the staff member is not the caller's.
    if (callSid === '' || form.has('ParentCallSid') || (pairingId === undefined && !incoming))
      continue
    const name = { pairingId, from: field('From'), to: field('To') }
    const pairing = await findReturnPairing(tx, name)
    if (pairing === undefined) continue
    known.add(callSid)
    const row = newCall(
      {
        uuid: newUuid(now),
        bearer_id: pairing.bearer_id,
        conversation_id: pairing.conversation_id,
        kind: 'return',
        call_sid: callSid,
        participant_number: pairing.participant_number,
        provider_number: pairing.provider_number,
        moderator_id: pairing.moderator_id,
        internal_status: 'calling'
      },
      now
    )
    await database.insert(
      tx.sql,
      'calls',
      callColumns,
      [row],
      sql`on conflict (call_sid) where call_sid is not null do nothing`
    )
  }
  if (known.size === 0) return known
  const { rows } = await sql<{ uuid: string; bearer_id: number }>`
    select uuid, bearer_id from calls where call_sid in (select r.sid from ${database.rows(
      [...known].map(sid => ({ sid })),
      { sid: 'text' }
    )})`.execute(tx.sql)
  await publishCallChecks(
    queue,
    tx,
    rows.map(({ uuid, bearer_id }) => ({ bearerId: bearer_id, id: uuid, dueAt: now + checkMs }))
  )
  return known
}
