import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { BatchHandler, Entry, Queue, Verdict } from '../../platform/queue.ts'
import type { Storage } from '../../platform/storage.ts'
import { ZoomRequestError } from '../../providers/zoom/client.ts'
import type { ZoomGateway } from '../../providers/zoom/gateway.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { findVideoCalls, type RecordingRow } from './read-video-call.ts'
import { videoCallNews } from './video-call-news.ts'
import { readFiles } from './zoom-event.ts'

export interface TakeoverDeps {
  config: Pick<Config, 'ZOOM_RECORDINGS'>
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  metrics: Metrics
  storage: Storage
  zoom: ZoomGateway
}

/** A file that the provider does not have is asked for so often before it is given up for lost. */
const attemptsForLost = 5

/**
 * Copies files of the provider into storage, and removes the provider's copies where that is configured. Each step
 * may be repeated: the same file is stored in the same place, and removing what is not there is no error. What
 * fails is tried again for as long as it takes.
 */
export function createRecordingTakeover(deps: TakeoverDeps): BatchHandler {
  return entries => allSettled(entries.map(entry => takeOver(deps, entry)))
}

async function takeOver(deps: TakeoverDeps, entry: Entry): Promise<void> {
  const { clock, database, log, metrics, queue } = deps
  const recording = await findRecording(database, Number(entry.payload))
  try {
    if (recording?.internal_status === 'pending') await copy(deps, entry, recording)
    else if (recording && isToRemove(deps, recording)) await remove(deps, entry, recording)
    else await settle(deps, { entry, outcome: 'done' })
    metrics.providerCalls.inc({ operation: 'take_over_recording', outcome: 'ok' })
  } catch (error) {
    metrics.providerCalls.inc({ operation: 'take_over_recording', outcome: 'failed' })
    log.warn(
      { err: error, recording: entry.payload, attempts: entry.attempts },
      'a recording could not be taken over; it is tried again'
    )
    const at = clock.now() + retryMs(error, entry.attempts)
    await database.transaction(tx =>
      queue.settle([{ entry, outcome: 'retry', at, countsAsAttempt: true }], tx)
    )
  }
}

const retryMs = (error: unknown, attempts: number): number =>
  error instanceof ZoomRequestError && error.retryAfterMs !== undefined
    ? Math.max(error.retryAfterMs, 100)
    : backoffMs(Math.min(attempts, 12), { baseMs: 2_000, maxMs: 3_600_000 })

const isToRemove = (
  { config }: TakeoverDeps,
  { internal_status, removed_at }: RecordingRow
): boolean =>
  config.ZOOM_RECORDINGS !== 'keep' && internal_status === 'stored' && removed_at === null

async function findRecording(
  { sql: executor }: Database,
  id: number
): Promise<RecordingRow | undefined> {
  const { rows } = await sql<RecordingRow>`
    select * from video_call_recordings where id = ${id}`.execute(executor)
  return rows[0]
}

async function copy(deps: TakeoverDeps, entry: Entry, recording: RecordingRow): Promise<void> {
  const { storage, zoom } = deps
  const file = await zoom.download(recording.download_url)
  if (!file) return lookForIt(deps, entry, recording)
  const { size } = await storage.put(recording.storage_key, file).finally(() => file.destroy())
  const stored = { ...recording, internal_status: 'stored' as const }
  await conclude(deps, recording, { status: 'stored', size }, tx =>
    deps.queue.settle(
      [
        isToRemove(deps, stored)
          ? { entry, outcome: 'retry', at: deps.clock.now(), countsAsAttempt: false }
          : { entry, outcome: 'done' }
      ],
      tx
    )
  )
}

/** Behind the address of the event there is nothing: it may have another one, or none any more. */
async function lookForIt(deps: TakeoverDeps, entry: Entry, recording: RecordingRow): Promise<void> {
  const { database, queue, zoom } = deps
  const listed = await zoom.findRecordings(recording.session_id)
  const found =
    listed &&
    readFiles({ ...listed, session_id: recording.session_id }).find(
      ({ fileKey }) => fileKey === recording.file_key
    )
  if (found && found.downloadUrl !== recording.download_url) {
    await sql`update video_call_recordings set download_url = ${found.downloadUrl} where id = ${recording.id}`.execute(
      database.sql
    )
  } else if (!found && entry.attempts + 1 >= attemptsForLost) {
    await conclude(deps, recording, { status: 'lost', size: null }, tx =>
      queue.settle([{ entry, outcome: 'done' }], tx)
    )
    return
  }
  throw new Error('The provider does not have the file at its address')
}

/** What became of a file, told to the client in the same transaction; once, however often it is found out. */
async function conclude(
  { database, queue, clock, storage }: TakeoverDeps,
  recording: RecordingRow,
  { status, size }: { status: 'stored' | 'lost'; size: number | null },
  settle: (tx: Transaction) => Promise<void>
): Promise<void> {
  await database.transaction(async tx => {
    const now = clock.now()
    const [before] = await findVideoCalls(database, tx.sql, 'id', [recording.video_call_id])
    const isNews =
      before?.recordings.find(({ id }) => id === recording.id)?.internal_status === 'pending'
    if (isNews) {
      await sql`update video_call_recordings set internal_status = ${status}, stored_size = ${size},
          stored_at = ${status === 'stored' ? now : null}, updated_at = ${now}
        where id = ${recording.id}`.execute(tx.sql)
      await sql`update video_calls set updated_at = ${now} where id = ${recording.video_call_id}`.execute(
        tx.sql
      )
      const [known] = await findVideoCalls(database, tx.sql, 'id', [recording.video_call_id])
      if (known)
        await emitEvents(
          { database, queue },
          tx,
          await videoCallNews(
            storage,
            known,
            [{ change: `recording_${status}`, of: String(recording.id) }],
            now
          ),
          now
        )
    }
    await settle(tx)
  })
}

async function remove(deps: TakeoverDeps, entry: Entry, recording: RecordingRow): Promise<void> {
  const { clock, config, database, queue, zoom } = deps
  if (config.ZOOM_RECORDINGS !== 'keep')
    await zoom.removeRecording(recording.session_id, recording.file_key, config.ZOOM_RECORDINGS)
  await database.transaction(async tx => {
    await sql`update video_call_recordings set removed_at = ${clock.now()} where id = ${recording.id}`.execute(
      tx.sql
    )
    await queue.settle([{ entry, outcome: 'done' }], tx)
  })
}

const settle = ({ database, queue }: TakeoverDeps, verdict: Verdict): Promise<void> =>
  database.transaction(tx => queue.settle([verdict], tx))
