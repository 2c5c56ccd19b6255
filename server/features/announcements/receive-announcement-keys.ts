import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { isoTime } from '../../platform/clock.ts'
import { isUuid } from '../../platform/ids.ts'
import { emitEvents, type News } from '../client-events/emit-events.ts'
import { fromMessages, messageFields, type MessageRow } from '../messages/message-row.ts'
import { senderKeysOf } from '../messaging-services/sender-keys.ts'
import { type OptOutChange, recordOptOuts } from '../opt-outs/registry.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { optOutKey } from './answer-calls.ts'

/** What people press in calls. One key opts out; the others concern nobody but the call. */
export async function receiveAnnouncementKeys(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const pressed = callbacks.filter(({ form }) => form.get('Digits') === optOutKey)
  const messages = await findMessages(deps, tx, pressed)
  const optedOut = pressed.flatMap(callback => {
    const row = messages.get(uuidOf(callback) ?? '')
    return row === undefined ? [] : [{ callback, row }]
  })
  const keys = await senderKeysOf(
    deps.database,
    tx.sql,
    optedOut.map(({ row }) => row.sender_number)
  )
  const changes = optedOut.map(({ callback, row }): OptOutChange => ({
    recipient: row.receiver_number,
    senderKey: keys.get(row.sender_number) ?? row.sender_number,
    class: 'announcements',
    keyword: optOutKey,
    at: callback.receivedAt
  }))
  // In one order, so that two transactions never wait for each other's rows.
  await recordOptOuts(
    deps.database,
    tx,
    changes.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  )
  await emitEvents(
    deps,
    tx,
    optedOut.flatMap(({ row }) => optOutNews(row, deps.clock.now())),
    deps.clock.now()
  )
  const done = new Set(optedOut.map(({ callback }) => callback))
  return new Map(
    callbacks.map(callback => [callback.id, done.has(callback) ? 'opted_out' : 'answered'])
  )
}

const orderOf = ({ recipient, senderKey }: OptOutChange): string => `${recipient} ${senderKey}`

function uuidOf({ query }: StoredCallback): string | undefined {
  const uuid = query.get('message_uuid')
  return uuid !== null && isUuid(uuid) ? uuid.toLowerCase() : undefined
}

async function findMessages(
  { database }: CallbackDeps,
  tx: Transaction,
  callbacks: readonly StoredCallback[]
): Promise<Map<string, MessageRow>> {
  const uuids = new Set(callbacks.flatMap(callback => uuidOf(callback) ?? []))
  if (uuids.size === 0) return new Map()
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.announcement_id is not null and m.uuid in (select r.uuid from ${database.rows(
      [...uuids].map(uuid => ({ uuid })),
      { uuid: 'uuid' }
    )})`.execute(tx.sql)
  return new Map(rows.map(row => [row.uuid, row]))
}

function optOutNews(row: MessageRow, now: number): News[] {
  if (row.bearer_id === null) return []
  return [
    {
      type: 'announcements.message.opt_out',
      bearerId: row.bearer_id,
      resourceId: row.uuid,
      occurrence: optOutKey,
      callbackUrl: row.callback_url,
      fields: {
        id: row.id,
        global_customer_id: row.global_customer_id,
        recipient_number: row.receiver_number,
        provider_number: row.sender_number,
        client_announcement_id: row.client_announcement_id ?? null,
        client_message_id: row.client_message_id,
        body: optOutKey,
        callback_url: row.callback_url,
        keyword: optOutKey,
        opted_out: true,
        created_at: isoTime(now)
      }
    }
  ]
}
