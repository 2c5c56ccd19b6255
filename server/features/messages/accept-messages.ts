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
import type { CheckedMessage } from './check-message.ts'
import { laneOf } from './lanes.ts'
import { type MessageRow, messageColumns, presentMessage } from './message-row.ts'
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
  idempotency: Idempotency
}): GroupCommit<Submission, Acceptance> {
  return new GroupCommit(batch => deps.database.transaction(tx => acceptBatch(deps, tx, batch)), {
    maxItems: 200
  })
}

async function acceptBatch(
  deps: { database: Database; queue: Queue; clock: Clock; idempotency: Idempotency },
  tx: Transaction,
  batch: readonly Submission[]
): Promise<Acceptance[]> {
  const { database, queue, idempotency } = deps
  const now = deps.clock.now()
  const optedOut = await findOptedOut(
    database,
    tx.sql,
    batch.map(({ message }) => ({
      sender: message.sender_number,
      recipient: message.receiver_number,
      messagingServiceSid: message.messaging_service_sid
    }))
  )
  const accepted = batch.filter((_, place) => !optedOut.has(place))
  const conversations = await resolveConversations(
    database,
    tx,
    accepted.map(({ message }) => message.conversation),
    now
  )
  await usePairings(
    database,
    tx,
    accepted.map(({ message }, place) => ({
      bearerId: message.bearer_id,
      conversationId: conversations[place]?.id ?? 0,
      participantNumber: message.receiver_number,
      providerNumber: message.sender_number
    })),
    now
  )

  const rows = accepted.map(({ message }, place) => {
    const { conversation: _conversation, ...row } = message
    return {
      ...row,
      conversation_id: conversations[place]?.id ?? null,
      // Without either, events go where the bearer says when they are delivered.
      callback_url: message.callback_url ?? conversations[place]?.callback_url ?? null,
      created_at: now,
      updated_at: now
    }
  })
  const inserted = await database.insert<{ id: number; uuid: string }>(
    tx.sql,
    'messages',
    messageColumns,
    rows,
    sql`returning id, uuid`
  )
  const ids = new Map(inserted.map(row => [row.uuid, row.id]))
  const messages = rows.map((row, place) =>
    presentMessage(withConversation(row, ids.get(row.uuid), conversations[place]))
  )

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
  return batch.map((_, place) =>
    optedOut.has(place) ? refusal() : (answers.next().value ?? refusal())
  )
}

const refusal = (): FieldError =>
  new FieldError(new errors.receiverOptedOut(), [
    { field: 'message.receiver_number', message: 'opted out of messages from this sender' }
  ])

function withConversation(
  row: Omit<
    MessageRow,
    | 'id'
    | 'error_code'
    | 'error_description'
    | 'provider_call_at'
    | 'client_conversation_id'
    | 'global_id'
    | 'internal_conversation_id'
  >,
  id: number | undefined,
  conversation:
    | {
        client_conversation_id: string | null
        global_id: string | null
        internal_conversation_id: string | null
      }
    | undefined
): MessageRow {
  return {
    ...row,
    id: id ?? 0,
    error_code: null,
    error_description: null,
    provider_call_at: null,
    client_conversation_id: conversation?.client_conversation_id ?? null,
    global_id: conversation?.global_id ?? null,
    internal_conversation_id: conversation?.internal_conversation_id ?? null
  }
}
