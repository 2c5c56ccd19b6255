import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { GroupCommit } from '../../platform/group-commit.ts'
import type { Queue } from '../../platform/queue.ts'

export const providerCallbacksLane = 'provider-callbacks'

export type CallbackKind =
  | 'twilio.message_status'
  | 'twilio.inbound_message'
  | 'twilio.announcement_status'
  | 'twilio.announcement_reply'
  | 'twilio.announcement_call'
  | 'zoom.event'
  | 'twilio.customer_profile'
  | 'twilio.brand'
  | 'twilio.call_status'
  | 'twilio.call_question'
  | 'twilio.conference_status'
  | 'twilio.incoming_call'
  | 'twilio.call_menu'
  | 'twilio.call_welcome'
  | 'twilio.sdk_call'
  | 'twilio.recording'
  | 'twilio.voicemail'
  | 'twilio.transcription'

/** A verified callback, not yet looked into. */
export interface ReceivedCallback {
  kind: CallbackKind
  query: string
  body: string
  requestId: string
}

/**
 * Keeps callbacks as they came, with the work of processing them, and nothing more: the provider is answered
 * at once, whatever the rest of the system is busy with.
 */
export function createCallbackReceipt(deps: {
  database: Database
  queue: Queue
  clock: Clock
}): GroupCommit<ReceivedCallback, undefined> {
  const columns = {
    kind: 'text',
    query: 'text',
    body: 'text',
    request_id: 'text',
    received_at: 'bigint'
  } as const
  return new GroupCommit(batch =>
    deps.database.transaction(async tx => {
      const now = deps.clock.now()
      const rows = await deps.database.insert<{ id: number }>(
        tx.sql,
        'provider_callbacks',
        columns,
        batch.map(callback => ({
          kind: callback.kind,
          query: callback.query,
          body: callback.body,
          request_id: callback.requestId,
          received_at: now
        })),
        sql`returning id`
      )
      await deps.queue.publish(
        inGroups(rows).map(group => ({
          lane: providerCallbacksLane,
          fairnessKey: 0,
          payload: group.map(({ id }) => id).join(' ')
        })),
        tx
      )
      return batch.map(() => undefined)
    })
  )
}

/** What was stored together is processed together: an entry of the lane for each would cost more than they do. */
const mostTogether = 100

function inGroups<Row>(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = []
  for (let start = 0; start < rows.length; start += mostTogether)
    groups.push(rows.slice(start, start + mostTogether))
  return groups
}

/** The ids of the callbacks that an entry of the lane stands for. */
export const callbacksOf = ({ payload }: { payload: string }): number[] =>
  payload.split(' ').map(Number)
