import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { isoTime } from '../../platform/clock.ts'
import { keywordOf } from '../../telephony/opt-out-keywords.ts'
import type { News } from '../client-events/emit-events.ts'
import { arrivalNews, inboundReceiver } from '../messages/receive-inbound-texts.ts'
import type { MessageRow } from '../messages/message-row.ts'
import type { CallbackDeps } from '../provider-callbacks/process-callbacks.ts'

/**
 * What people write to announcement numbers. STOP and START block and unblock announcements; anything else
 * goes to the customer's bearer, from nobody whom a conversation knows.
 */
export const receiveAnnouncementReplies = inboundReceiver({
  optOutClass: 'announcements',
  async tell(deps, tx, rows) {
    const spoken = rows.filter(row => isChange(row.message_body))
    const answered = await lastAnnouncements(deps, tx, spoken)
    return rows.flatMap(row =>
      isChange(row.message_body) ? optOutNews(row, answered.get(row.id)) : arrivalNews(row)
    )
  }
})

function isChange(body: string): boolean {
  const action = keywordOf(body)?.action
  return action === 'opt_out' || action === 'opt_in'
}

interface Answered {
  id: number
  client_announcement_id: string
  client_message_id: string | null
  callback_url: string | null
}

/** The last announcement that each of these texts answers. */
async function lastAnnouncements(
  { database }: CallbackDeps,
  tx: Transaction,
  texts: readonly MessageRow[]
): Promise<Map<number, Answered>> {
  const list = texts.map(row => ({
    id: row.id,
    bearer: row.bearer_id,
    sender: row.receiver_number,
    receiver: row.sender_number
  }))
  const { rows } = await sql<Answered>`
    select r.id, a.client_announcement_id, m.client_message_id, m.callback_url
    from ${database.rows(list, { id: 'bigint', bearer: 'bigint', sender: 'text', receiver: 'text' })}
    join messages m on m.id = (
      select latest.id from messages latest
      where latest.bearer_id = r.bearer and latest.sender_number = r.sender
        and latest.receiver_number = r.receiver and latest.announcement_id is not null
        and latest.message_sid is not null
      order by latest.id desc limit 1
    )
    join announcements a on a.id = m.announcement_id`.execute(tx.sql)
  return new Map(rows.map(row => [row.id, row]))
}

function optOutNews(row: MessageRow, answered: Answered | undefined): News[] {
  const keyword = keywordOf(row.message_body)
  if (row.bearer_id === null || keyword === undefined) return []
  const callbackUrl = answered?.callback_url ?? null
  return [
    {
      type: 'announcements.message.opt_out',
      bearerId: row.bearer_id,
      resourceId: row.uuid,
      occurrence: keyword.keyword,
      callbackUrl,
      fields: {
        id: row.id,
        global_customer_id: row.global_customer_id,
        recipient_number: row.sender_number,
        provider_number: row.receiver_number,
        client_announcement_id: answered?.client_announcement_id ?? null,
        client_message_id: answered?.client_message_id ?? null,
        body: row.message_body,
        callback_url: callbackUrl,
        keyword: keyword.keyword,
        opted_out: keyword.action === 'opt_out',
        created_at: isoTime(row.created_at)
      }
    }
  ]
}
