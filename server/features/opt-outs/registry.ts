import { sql } from 'kysely'
import type { Database, Executor, Transaction } from '../../platform/database.ts'

/** What one opts out of. */
export type OptOutClass = 'messages' | 'announcements' | 'calls'

/** Who would send to whom. The messaging service is that of the request; the number's own is found here. */
export interface Pair {
  sender: string
  recipient: string
  messagingServiceSid: string | null
}

/**
 * The places in the list of the pairs that are opted out: from the number itself, from the messaging
 * service that the number belongs to, or from the one named in the request.
 */
export async function findOptedOut(
  database: Database,
  executor: Executor,
  pairs: readonly Pair[],
  from: OptOutClass | readonly OptOutClass[] = 'messages'
): Promise<Set<number>> {
  const suspects = await whoEverOptedOut(database, executor, pairs)
  if (suspects.size === 0) return new Set()
  const list = pairs
    .map((pair, place) => ({
      place,
      sender: pair.sender,
      recipient: pair.recipient,
      service: pair.messagingServiceSid
    }))
    .filter(row => suspects.has(row.recipient))
  const { rows } = await sql<{ place: number }>`
    select distinct r.place as place
    from ${database.rows(list, { place: 'integer', sender: 'text', recipient: 'text', service: 'text' })}
    left join provider_numbers n on n.number = r.sender
    left join messaging_services s on s.id = n.messaging_service_id
    join opt_outs o on o.recipient_number = r.recipient and o.class in (${sql.join([from].flat())}) and o.opted_in_at is null
      and o.sender_key in (r.sender, coalesce(r.service, ''), coalesce(s.provider_messaging_sid, ''))`.execute(
    executor
  )
  return new Set(rows.map(row => row.place))
}

/** Few people ever opt out, so that the exact question is seldom worth asking. */
async function whoEverOptedOut(
  database: Database,
  executor: Executor,
  pairs: readonly Pair[]
): Promise<Set<string>> {
  const recipients = [...new Set(pairs.map(pair => pair.recipient))].map(recipient => ({
    recipient
  }))
  if (recipients.length === 0) return new Set()
  const { rows } = await sql<{ number: string }>`
    select distinct o.recipient_number as number
    from ${database.rows(recipients, { recipient: 'text' })}
    join opt_outs o on o.recipient_number = r.recipient and o.opted_in_at is null`.execute(executor)
  return new Set(rows.map(row => row.number))
}

/** Someone's STOP or START to one of our numbers. */
export interface OptOutChange {
  recipient: string
  /** The messaging service of the number that was written to, or that number: the provider blocks alike. */
  senderKey: string
  class: OptOutClass
  keyword: string
  at: number
}

export async function recordOptOuts(
  database: Database,
  tx: Transaction,
  changes: readonly OptOutChange[]
): Promise<void> {
  if (changes.length === 0) return
  await database.insert(
    tx.sql,
    'opt_outs',
    {
      recipient_number: 'text',
      sender_key: 'text',
      class: 'text',
      keyword: 'text',
      opted_out_at: 'bigint'
    },
    lastOfEachPair(changes).map(change => ({
      recipient_number: change.recipient,
      sender_key: change.senderKey,
      class: change.class,
      keyword: change.keyword,
      opted_out_at: change.at
    })),
    sql`on conflict (recipient_number, sender_key, class) do update
      set keyword = excluded.keyword, opted_out_at = excluded.opted_out_at, opted_in_at = null
      where excluded.opted_out_at >= opt_outs.opted_out_at
        and excluded.opted_out_at >= coalesce(opt_outs.opted_in_at, 0)`
  )
}

export async function recordOptIns(
  database: Database,
  tx: Transaction,
  changes: readonly OptOutChange[]
): Promise<void> {
  if (changes.length === 0) return
  const list = lastOfEachPair(changes).map(change => ({
    recipient: change.recipient,
    sender_key: change.senderKey,
    class: change.class,
    at: change.at
  }))
  await sql`update opt_outs set opted_in_at = r.at
    from ${database.rows(list, { recipient: 'text', sender_key: 'text', class: 'text', at: 'bigint' })}
    where opt_outs.recipient_number = r.recipient and opt_outs.sender_key = r.sender_key
      and opt_outs.class = r.class and opt_outs.opted_in_at is null
      and opt_outs.opted_out_at <= r.at`.execute(tx.sql)
}

/** A statement may not touch a row twice. */
function lastOfEachPair(changes: readonly OptOutChange[]): OptOutChange[] {
  return [
    ...new Map(
      changes.map(change => [`${change.recipient} ${change.senderKey} ${change.class}`, change])
    ).values()
  ]
}

/** Whoever opted out from one sender is opted out from another too: the numbers that they know go there. */
export async function carryOptOutsOver(
  { sql: executor }: Transaction,
  from: string,
  to: string
): Promise<void> {
  await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
    select recipient_number, ${to}, class, keyword, opted_out_at from opt_outs
    where sender_key = ${from} and opted_in_at is null
    on conflict (recipient_number, sender_key, class) do nothing`.execute(executor)
}
