import { sql } from 'kysely'
import type { CurrentBearer } from '../../platform/access.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { errors, invalidValues, LimitReached } from '../../platform/errors.ts'
import type { Idempotency, IdempotentRequest } from '../../platform/idempotency.ts'
import { NumberSet } from '../../platform/number-set.ts'
import type { Queue } from '../../platform/queue.ts'
import type { UsageGuard, UsageKind } from '../usage-limits/usage-guard.ts'
import {
  type CheckedAnnouncement,
  checkRecipient,
  isRejection,
  type Recipient,
  type Rejection
} from './check-announcement.ts'
import { announcementsLane } from './lanes.ts'
import type { AcceptedAnnouncement } from './schemas.ts'

export interface AcceptanceDeps {
  database: Database
  queue: Queue
  clock: Clock
  guard: UsageGuard
  idempotency: Idempotency
}

/** Most rejections that an answer lists; all are counted. */
const mostRejectionsListed = 10_000
/** As many numbers as one request remembers; what repeats beyond them is found when it becomes a message. */
const mostRemembered = 4_000_000

/**
 * Takes in the recipients of an announcement, a chunk at a time: each chunk is durable before the next is
 * read, so memory is bounded and a stream that breaks off leaves everybody before the break taken in. No
 * message exists yet; repeating the request reaches nobody twice.
 *
 * @throws 422 when nobody could be taken in
 */
export async function acceptAnnouncement(
  deps: AcceptanceDeps,
  bearer: CurrentBearer,
  announcement: CheckedAnnouncement,
  recipients: AsyncIterable<unknown[]>,
  idempotency: IdempotentRequest | undefined
): Promise<AcceptedAnnouncement> {
  const sorting = new Sorting()
  for await (const chunk of recipients) {
    const accepted = sorting.take(chunk)
    if (accepted.length === 0) continue
    const taken = sorting.accepted - accepted.length
    await deps.database
      .transaction(tx => storeBatch(deps, tx, bearer.id, announcement, accepted))
      .catch((error: unknown) => {
        throw error instanceof LimitReached && taken > 0
          ? error.after(`${taken} recipients were taken in before`)
          : error
      })
  }
  if (sorting.accepted === 0) throw nobody(sorting.rejections)
  const answer = sorting.answer(announcement)
  if (idempotency)
    await deps.database.transaction(tx =>
      deps.idempotency.remember([{ request: idempotency, statusCode: 202, body: answer }], tx)
    )
  return answer
}

/** Recipients as they come: who is taken in, who was named before, who is refused and why. */
export class Sorting {
  readonly rejections: Rejection[] = []
  readonly #seen = new NumberSet()
  accepted = 0
  #duplicates = 0
  #rejected = 0
  #index = 0

  take(chunk: readonly unknown[]): Recipient[] {
    const accepted: Recipient[] = []
    for (const item of chunk) {
      const checked = checkRecipient(item, this.#index++)
      if (isRejection(checked)) {
        this.#rejected++
        if (this.rejections.length < mostRejectionsListed) this.rejections.push(checked)
      } else if (this.#isNew(checked.number)) accepted.push(checked)
      else this.#duplicates++
    }
    this.accepted += accepted.length
    return accepted
  }

  answer(announcement: CheckedAnnouncement): AcceptedAnnouncement {
    return {
      client_announcement_id: announcement.clientAnnouncementId,
      client_message_id: announcement.clientMessageId,
      accepted: this.accepted,
      duplicates: this.#duplicates,
      rejected: this.rejections,
      rejected_count: this.#rejected
    }
  }

  #isNew(number: string): boolean {
    const digits = Number(number.slice(1))
    return this.#seen.size < mostRemembered ? this.#seen.add(digits) : !this.#seen.has(digits)
  }
}

/** @throws 422 naming the recipients, or that there are none */
export function nobody(rejections: readonly Rejection[]): Error {
  if (rejections.length === 0)
    return invalidValues([{ field: 'announcement.recipients', message: 'must not be empty' }])
  return invalidValues(
    rejections.slice(0, 50).map(({ index, message }) => ({
      field: `announcement.recipients[${index}]`,
      message
    }))
  )
}

/** Announcements are paced by their numbers: a limit of a minute is not for them. */
const countedBy = ['day'] as const

/** What an announcement uses of its bearer's limits. */
export const usageOf = ({ type }: Pick<CheckedAnnouncement, 'type'>): UsageKind =>
  type === 'voice' ? 'calls' : 'texts'

async function storeBatch(
  { database, queue, clock, guard }: AcceptanceDeps,
  tx: Transaction,
  bearerId: number,
  announcement: CheckedAnnouncement,
  recipients: readonly Recipient[]
): Promise<void> {
  const wish = { bearerId, count: recipients.length }
  await guard.take(tx, usageOf(announcement), wish, countedBy)
  const [batch] = await database.insert<{ id: number }>(
    tx.sql,
    'announcement_batches',
    {
      bearer_id: 'bigint',
      client_announcement_id: 'text',
      announcement: 'text',
      recipients: 'text',
      recipient_count: 'integer',
      created_at: 'bigint'
    },
    [
      {
        bearer_id: bearerId,
        client_announcement_id: announcement.clientAnnouncementId,
        announcement: JSON.stringify(announcement),
        recipients: JSON.stringify(recipients),
        recipient_count: recipients.length,
        created_at: clock.now()
      }
    ],
    sql`returning id`
  )
  if (!batch) throw new Error('A batch of recipients was not stored')
  await queue.publish(
    [{ lane: announcementsLane, fairnessKey: bearerId, payload: String(batch.id) }],
    tx
  )
}

/** The customer whose announcement it is: the messaging service that it goes out through. */
export interface Customer {
  messagingServiceId: number
  messagingServiceSid: string
  /** When the announcement begins, which an earlier request has begun. */
  sendAt: number | null
}

/**
 * Finds the customer, and sees to it that the announcement may go out at all.
 *
 * @throws 422 for an unknown customer or a number that is not one of its announcement numbers, 409 for an
 *   announcement that was canceled
 */
export async function findCustomer(
  { database }: Pick<AcceptanceDeps, 'database'>,
  bearer: CurrentBearer,
  announcement: CheckedAnnouncement
): Promise<Customer> {
  const { rows } = await sql<{
    id: number
    sid: string
    state: string | null
    send_at: number | null
    owned: number
  }>`
    select s.id, s.provider_messaging_sid as sid, a.state, a.send_at,
      (select count(*) from provider_numbers n where n.messaging_service_id = s.id
        and n.number = ${announcement.providerNumber} and n.announcement_number) as owned
    from messaging_services s
    left join announcements a on a.bearer_id = ${bearer.id}
      and a.client_announcement_id = ${announcement.clientAnnouncementId}
    where s.global_customer_id = ${announcement.globalCustomerId}
      ${bearer.type === 'Admin' ? sql`` : sql`and s.bearer_id = ${bearer.id}`}
    order by s.id limit 1`.execute(database.sql)
  const [row] = rows
  if (!row)
    throw invalidValues([
      {
        field: 'announcement.global_customer_id',
        message: 'is no customer of yours that has a messaging service'
      }
    ])
  if (announcement.providerNumber !== null && row.owned === 0)
    throw invalidValues([
      {
        field: 'announcement.provider_number',
        message: "is not one of the customer's announcement numbers"
      }
    ])
  if (row.state === 'canceled') throw new errors.conflict('The announcement was canceled.')
  return { messagingServiceId: row.id, messagingServiceSid: row.sid, sendAt: row.send_at }
}
