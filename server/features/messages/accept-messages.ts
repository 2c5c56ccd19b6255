import type { Static } from '@sinclair/typebox'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { FieldError, errors } from '../../platform/errors.ts'
import { GroupCommit } from '../../platform/group-commit.ts'
import type { Idempotency, IdempotentRequest } from '../../platform/idempotency.ts'
import type { Queue } from '../../platform/queue.ts'
import { sql } from 'kysely'
import { resolveConversations } from '../conversations/resolve-conversations.ts'
import { findOptedOut } from '../opt-outs/registry.ts'
import { usePairings } from '../participants/use-pairings.ts'
import type { UsageGuard } from '../usage-limits/usage-guard.ts'
import type { CheckedMessage } from './check-message.ts'
import { laneOf } from './lanes.ts'
import { messageColumns, presentMessage } from './message-row.ts'
import type { Message } from './schemas.ts'

/** A checked message on its way into the database. */
export interface Submission {
  message: CheckedMessage
  idempotency: IdempotentRequest | undefined
}

type Acceptance = Static<typeof Message> | FieldError

/**
 * Accepts messages: row, pairing, conversation and the work of sending, all or nothing. Concurrent requests
 * share a transaction; each is answered after the commit that holds its message.
 */
export function createMessageAcceptance(deps: {
  database: Database
  queue: Queue
  clock: Clock
  guard: UsageGuard
  idempotency: Idempotency
}): GroupCommit<Submission, Acceptance> {
  return new GroupCommit(
    batch => deps.database.transaction(tx => acceptBatch(deps, tx, batch), { urgent: true }),
    { maxItems: 200 }
  )
}

async function acceptBatch(
  deps: {
    database: Database
    queue: Queue
    clock: Clock
    guard: UsageGuard
    idempotency: Idempotency
  },
  tx: Transaction,
  batch: readonly Submission[]
): Promise<Acceptance[]> {
  const { database, queue, idempotency } = deps
  const now = deps.clock.now()
  const optedOut = await findOptedOut(
    database,
    tx.sql,
    batch.map(({ message: { row } }) => ({
      sender: row.sender_number,
      recipient: row.receiver_number,
      messagingServiceSid: row.messaging_service_sid
    }))
  )
  const wanted = batch.filter((_, place) => !optedOut.has(place))
  const grants = await deps.guard.grant(
    tx,
    'texts',
    wanted.map(({ message }) => ({ bearerId: message.row.bearer_id, count: 1 }))
  )
  const accepted = wanted.filter((_, place) => grants[place]?.granted === 1)
  const conversations = await resolveConversations(
    database,
    tx,
    accepted.map(({ message }) => message.conversation),
    now
  )
  const rows = accepted.map(({ message: { row } }, place) => {
    const conversation = conversations[place]
    if (conversation) {
      row.conversation_id = conversation.id
      row.client_conversation_id = conversation.client_conversation_id
      row.global_id = conversation.global_id
      row.internal_conversation_id = conversation.internal_conversation_id
      row.conversation_callback_url = conversation.callback_url
    }
    return row
  })
  await usePairings(
    database,
    tx,
    rows.map(row => ({
      bearerId: row.bearer_id,
      conversationId: row.conversation_id ?? 0,
      participantNumber: row.receiver_number,
      providerNumber: row.sender_number
    })),
    now
  )

  const inserted = await database.insert<{ id: number; uuid: string }>(
    tx.sql,
    'messages',
    messageColumns,
    rows,
    sql`returning id, uuid`
  )
  const ids = new Map(inserted.map(({ id, uuid }) => [uuid, id]))
  const messages = rows.map(row => {
    row.id = ids.get(row.uuid) ?? 0
    return presentMessage(row)
  })

  await queue.publish(
    rows.map(row => ({
      lane: laneOf(row.priority),
      fairnessKey: row.bearer_id,
      // Scheduled messages can be withdrawn, and are found by this key.
      orderKey: row.send_at === null ? undefined : row.uuid,
      payload: row.uuid,
      dueAt: row.send_at ?? undefined
    })),
    tx
  )
  await idempotency.remember(
    accepted.flatMap(({ idempotency: request }, place) =>
      request ? [{ request, statusCode: 201, body: messages[place] }] : []
    ),
    tx
  )

  const answers = messages.values()
  const granted = grants.values()
  return batch.map((_, place) => {
    if (optedOut.has(place)) return refusal()
    return granted.next().value?.refusal ?? answers.next().value ?? refusal()
  })
}

const refusal = (): FieldError =>
  new FieldError(new errors.receiverOptedOut(), [
    { field: 'message.receiver_number', message: 'opted out of messages from this sender' }
  ])
