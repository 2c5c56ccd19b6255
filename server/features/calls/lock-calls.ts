import type { Transaction } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import { storable } from '../../platform/storable.ts'
import type { StoredCallback } from '../provider-callbacks/process-callbacks.ts'
import { type CallDeps, openCalls } from './open-calls.ts'

/**
 * Locks everything that callbacks about calls will touch, in one order, before any of them is looked into: their
 * handlers take one kind after another, and two processes must never wait for each other's rows.
 */
export async function lockCalls(
  deps: Pick<CallDeps, 'database'>,
  tx: Transaction,
  callbacks: readonly StoredCallback[]
): Promise<void> {
  if (deps.database.dialect !== 'postgresql' || callbacks.length === 0) return
  const uuidIn = (text: string | null): string[] =>
    text !== null && isUuid(text) ? [text.toLowerCase()] : []
  await openCalls(deps, tx, {
    uuids: callbacks.flatMap(({ query }) => uuidIn(query.get('call_uuid'))),
    sids: callbacks.flatMap(({ form }) =>
      ['CallSid', 'ParentCallSid'].map(name => storable(form.get(name) ?? ''))
    ),
    conferenceUuids: callbacks.flatMap(({ query, form }) =>
      uuidIn(query.get('conference_uuid') ?? form.get('FriendlyName'))
    ),
    recordingSids: callbacks.map(({ form }) => storable(form.get('RecordingSid') ?? ''))
  })
}
