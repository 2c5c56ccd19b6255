import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { BatchHandler, Entry, Verdict } from '../../platform/queue.ts'
import { contentTypeOf } from '../../platform/storage.ts'
import type { VoiceGateway } from '../../providers/twilio/voice.ts'
import {
  findRecording,
  keepRecording,
  type RecordingNews,
  type RecordingRow
} from './keep-recording.ts'
import { type CallDeps, openCalls } from './open-calls.ts'

export interface TakeOverDeps extends CallDeps {
  log: Logger
  voice: VoiceGateway
  config: Pick<Config, 'DELETE_PROVIDER_RECORDINGS'>
}

/** When a transcription that nobody told of is asked for, after the recording was taken over. */
const transcriptionChecksMs = [60_000, 300_000, 1_800_000, 7_200_000]
/** How long a recording that was announced may not be there yet. */
const patienceMs = 7 * 24 * 3_600_000
const longestBackoffMs = 900_000

/**
 * Takes recordings over from the provider into our storage, bytes as they come; then waits for what was said in
 * them, and at last deletes them at the provider, where that is wanted. Each step can be repeated: an object is
 * stored whole or not at all, under a key that follows from its recording.
 */
export function createRecordingTakeOver(deps: TakeOverDeps): BatchHandler {
  return entries => allSettled(entries.map(entry => takeOver(deps, entry)))
}

async function takeOver(deps: TakeOverDeps, entry: Entry): Promise<void> {
  const recording = await deps.database.transaction(tx => findRecording(deps, tx, entry.payload))
  if (recording === undefined) return settle(deps, { entry, outcome: 'done' })
  try {
    if (recording.status === 'announced' || recording.status === 'lost')
      await takeBytes(deps, entry, recording)
    else if (recording.status === 'stored' && recording.transcription_status === null)
      await askForTranscription(deps, entry, recording)
    else await finish(deps, entry, recording)
  } catch (error) {
    deps.log.warn({ err: error, recording: entry.payload }, 'a recording could not be taken over')
    const at = deps.clock.now() + backoffMs(entry.attempts, { maxMs: longestBackoffMs })
    await settle(deps, { entry, outcome: 'retry', at, countsAsAttempt: true })
  }
}

async function takeBytes(
  deps: TakeOverDeps,
  entry: Entry,
  { recording_sid: sid, created_at, call_id, voicemail_id }: RecordingRow
): Promise<void> {
  const opened = await deps.voice.openRecording(sid)
  const now = deps.clock.now()
  if (opened === undefined) {
    // Not there yet, or not any more: only time tells.
    if (now < created_at + patienceMs) {
      const at = now + backoffMs(entry.attempts, { baseMs: 2_000, maxMs: longestBackoffMs })
      return settle(deps, { entry, outcome: 'retry', at, countsAsAttempt: true })
    }
    const error = `The provider does not have the recording ${sid}`
    return keep(deps, { entry, outcome: 'dead', error }, { event: 'givenUp' })
  }
  const folder = voicemail_id === null ? `calls/${call_id}` : `voicemails/${voicemail_id}`
  const key = `${folder}/${sid}.${extensionOf(opened.contentType)}`
  const { size } = await deps.storage.put(key, opened.body)
  const stored = { key, contentType: contentTypeOf(key), bytes: size }
  const [firstMs = 0] = transcriptionChecksMs
  return keep(
    deps,
    { entry, outcome: 'retry', at: deps.clock.now() + firstMs, countsAsAttempt: false },
    { event: 'takenOver', stored }
  )
}

const extensionOf = (contentType: string): string => (/wav/.test(contentType) ? 'wav' : 'mp3')

/** What the provider has written down without telling, or before the recording was known. */
async function askForTranscription(
  deps: TakeOverDeps,
  entry: Entry,
  recording: RecordingRow
): Promise<void> {
  const found = await deps.voice.findTranscription(recording.recording_sid)
  if (found && found.status !== 'in-progress')
    return keep(
      deps,
      { entry, outcome: 'retry', at: deps.clock.now(), countsAsAttempt: false },
      { transcription: found }
    )
  const now = deps.clock.now()
  const next = transcriptionChecksMs.find(wait => recording.updated_at + wait > now)
  if (next !== undefined)
    return settle(deps, {
      entry,
      outcome: 'retry',
      at: recording.updated_at + next,
      countsAsAttempt: false
    })
  // Only what was left after a tone is ever written down by the provider: nothing is missing of a call.
  if (recording.voicemail_id === null) return finish(deps, entry, recording)
  return keep(
    deps,
    { entry, outcome: 'retry', at: now, countsAsAttempt: false },
    { transcription: { sid: '', status: 'failed', text: '' } }
  )
}

async function finish(deps: TakeOverDeps, entry: Entry, recording: RecordingRow): Promise<void> {
  const { recording_sid: sid, deleted_at_provider, status } = recording
  if (
    deps.config.DELETE_PROVIDER_RECORDINGS &&
    status === 'stored' &&
    deleted_at_provider === null
  ) {
    await deps.voice.deleteRecording(sid)
    await deps.database.transaction(tx =>
      sql`update recordings set deleted_at_provider = ${deps.clock.now()} where id = ${recording.id}`.execute(
        tx.sql
      )
    )
  }
  await settle(deps, { entry, outcome: 'done' })
}

/** Stores what became known together with the verdict. */
async function keep(deps: TakeOverDeps, verdict: Verdict, news: RecordingNews): Promise<void> {
  await deps.database.transaction(async tx => {
    await openCalls(deps, tx, { uuids: [], sids: [], recordingSids: [verdict.entry.payload] })
    const recording = await findRecording(deps, tx, verdict.entry.payload)
    if (recording) await keepRecording(deps, tx, recording, news)
    await deps.queue.settle([verdict], tx)
  })
}

async function settle({ database, queue }: TakeOverDeps, verdict: Verdict): Promise<void> {
  await database.transaction(tx => queue.settle([verdict], tx))
}
