import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import type { BatchHandler, Queue } from '../../platform/queue.ts'
import type { TwilioGateway } from '../../providers/twilio/gateway.ts'
import { applyReports } from './apply-status-updates.ts'

/** One entry, which comes back as long as there is a server. */
export const messageChecksLane = 'message-checks'

/** A message is asked after when it has been silent for so many times the configured wait; then no more. */
const milestones = [1, 6, 36, 144]
const longestIntervalMs = 300_000
const messagesPerPage = 100

export interface MessageCheckDeps {
  database: Database
  queue: Queue
  clock: Clock
  twilio: TwilioGateway
  config: Pick<Config, 'STATUS_CHECK_AFTER_MS' | 'ANNOUNCEMENT_CALL_RETRIES'>
}

interface SilentMessage {
  id: number
  uuid: string
  message_sid: string
}

/**
 * Asks the provider after messages of which it has told nothing for a while: a status callback is sent once,
 * and one that came while the server was away is lost. What a process has not seen silent it asks after at
 * its start, whatever the time since.
 */
export function createMessageChecks(deps: MessageCheckDeps): BatchHandler {
  const { clock, config, database, queue } = deps
  let checkedUntil: number | undefined

  return async entries => {
    const now = clock.now()
    for await (const page of silentMessages(
      database,
      milestonesOf(config.STATUS_CHECK_AFTER_MS, checkedUntil, now)
    ))
      await askAfter(deps, page)
    checkedUntil = now
    const at = clock.now() + intervalMs(config)
    await database.transaction(tx =>
      queue.settle(
        entries.map(entry => ({ entry, outcome: 'retry', at, countsAsAttempt: false })),
        tx
      )
    )
  }
}

/** Sees to it that the lane has its entry. */
export async function publishMessageChecks({
  database,
  queue,
  clock,
  config
}: MessageCheckDeps): Promise<void> {
  const dueAt = clock.now() + intervalMs(config)
  await database.transaction(tx =>
    queue.publish(
      [{ lane: messageChecksLane, fairnessKey: 0, orderKey: 'all', payload: 'all', dueAt }],
      tx
    )
  )
}

const intervalMs = (config: MessageCheckDeps['config']): number =>
  Math.min(Math.ceil(config.STATUS_CHECK_AFTER_MS / 2), longestIntervalMs)

/** The spans of time in which a message must have been last heard of to be asked after now. */
function milestonesOf(
  waitMs: number,
  checkedUntil: number | undefined,
  now: number
): { from: number; until: number }[] {
  const longest = Math.max(...milestones) * waitMs
  if (checkedUntil === undefined) return [{ from: now - longest, until: now - waitMs }]
  return milestones.map(times => ({
    from: checkedUntil - times * waitMs,
    until: now - times * waitMs
  }))
}

async function* silentMessages(
  database: Database,
  spans: readonly { from: number; until: number }[]
): AsyncGenerator<SilentMessage[]> {
  for (const { from, until } of spans) {
    for (let after = { at: from, id: Number.MAX_SAFE_INTEGER }; ;) {
      const { rows } = await sql<SilentMessage & { updated_at: number }>`
        select id, uuid, message_sid, updated_at from messages
        where internal_status in ('sending', 'sent') and message_sid is not null
          and (updated_at > ${after.at} or (updated_at = ${after.at} and id > ${after.id})) and updated_at <= ${until}
        order by updated_at, id limit ${messagesPerPage}`.execute(database.sql)
      const last = rows.at(-1)
      if (!last) break
      yield rows
      after = { at: last.updated_at, id: last.id }
    }
  }
}

async function askAfter(
  { database, queue, clock, twilio, config }: MessageCheckDeps,
  messages: readonly SilentMessage[]
): Promise<void> {
  const answers = await Promise.all(
    messages.map(async ({ uuid, message_sid }) => ({
      uuid,
      status: await twilio.fetchStatus(message_sid)
    }))
  )
  const reports = answers.flatMap(({ uuid, status }) =>
    status === undefined ? [] : [{ ...status, uuid }]
  )
  if (reports.length > 0)
    await database.transaction(tx =>
      applyReports({ database, queue, config }, tx, reports, clock.now())
    )
}
