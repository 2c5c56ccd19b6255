import type { Transaction } from '../../platform/database.ts'
import { storable } from '../../platform/storable.ts'
import { applyCallReport } from '../calls/apply-call-report.ts'
import { callNews } from '../calls/call-news.ts'
import type { CallRow } from '../calls/call-row.ts'
import { keepCalls, openCalls } from '../calls/open-calls.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { senderKeysOf } from '../messaging-services/sender-keys.ts'
import { type OptOutChange, recordOptOuts } from '../opt-outs/registry.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { choiceOf, type MenuChoice } from './answer-return-call.ts'
import { openReturnCalls } from './open-return-calls.ts'

/** Keeps what callers do: that they call, what they choose, and that they want no more calls. */
export async function receiveReturnCalls(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const now = deps.clock.now()
  await openReturnCalls(deps, tx, callbacks, { incoming: true })
  const calls = await openCalls(deps, tx, {
    uuids: [],
    sids: callbacks.map(({ form }) => storable(form.get('CallSid') ?? ''))
  })
  const outcomes: Outcomes = new Map()
  const chosen: { row: CallRow; choice: MenuChoice; at: number }[] = []
  for (const { id, form, query, receivedAt } of callbacks) {
    const field = (name: string): string => storable(form.get(name) ?? '')
    const row = calls.bySid.get(field('CallSid'))
    if (row === undefined || row.kind !== 'return') {
      outcomes.set(id, 'unknown_caller')
      continue
    }
    const report = { sid: '', status: field('CallStatus'), answeredBy: null }
    const { outcome, told } = applyCallReport(row, report, now)
    if (told) calls.told.add(row)
    const choice = query.get('step') === 'chosen' ? choiceOf(field('Digits')) : undefined
    const isNew = choice !== undefined && row.menu_choice === null
    if (isNew) {
      row.menu_choice = choice
      row.updated_at = now
      chosen.push({ row, choice, at: receivedAt })
    }
    const dialledSid = field('DialCallSid')
    if (dialledSid !== '') row.dialled_sid ??= dialledSid
    calls.changed.add(row)
    outcomes.set(id, isNew ? choice : outcome)
  }
  await keepCalls(deps, tx, calls)
  await optOut(deps, tx, chosen)
  for (const { row, choice } of chosen)
    await emitEvents(deps, tx, await callNews(deps.storage, row, `chose_${choice}`), now)
  return outcomes
}

async function optOut(
  { database }: CallbackDeps,
  tx: Transaction,
  chosen: readonly { row: CallRow; choice: MenuChoice; at: number }[]
): Promise<void> {
  const leaving = chosen.filter(({ choice }) => choice === 'opt_out')
  if (leaving.length === 0) return
  const keys = await senderKeysOf(
    database,
    tx.sql,
    leaving.map(({ row }) => row.provider_number)
  )
  const changes = leaving.map(({ row, at }): OptOutChange => ({
    recipient: row.participant_number,
    senderKey: keys.get(row.provider_number) ?? row.provider_number,
    class: 'calls',
    keyword: '3',
    at
  }))
  // In one order, so that two transactions never wait for each other's rows.
  await recordOptOuts(
    database,
    tx,
    changes.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  )
}

const orderOf = ({ recipient, senderKey }: OptOutChange): string => `${recipient} ${senderKey}`
