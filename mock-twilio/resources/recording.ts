import { rfc2822 } from '../dates.ts'
import { isRunning } from '../lifecycles/recording.ts'
import type { RecordingRecord } from '../voice/recording-record.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export function recordedMs(recording: RecordingRecord, now: number): number {
  const { runningSince } = recording
  return recording.recordedMs + (runningSince === null ? 0 : now - runningSince)
}

/** As long as a call may last. A clock that is set far ahead would make a file that WAV cannot count. */
const longestSeconds = 24 * 3600

/** In whole seconds: the file is exactly as long. */
export function recordingSeconds(recording: RecordingRecord): number {
  return Math.min(longestSeconds, Math.round(recording.recordedMs / 1000))
}

export function recordingPath(world: World, sid: string): string {
  return `/${apiVersion}/Accounts/${world.accountSid}/Recordings/${sid}`
}

/** Numbers that look like text are text there: duration, price. */
export function recordingResource(
  world: World,
  recording: RecordingRecord,
  mediaBaseUrl: string
): Record<string, unknown> {
  const path = recordingPath(world, recording.sid)
  return {
    ...common(world, recording),
    price: priceOf(recording),
    uri: `${path}.json`,
    subresource_uris: {
      add_on_results: `${path}/AddOnResults.json`,
      transcriptions: `${path}/Transcriptions.json`
    },
    media_url: mediaBaseUrl + path
  }
}

/** As the recordings of one call show it. */
export function callRecordingResource(
  world: World,
  recording: RecordingRecord
): Record<string, unknown> {
  const price = priceOf(recording)
  return {
    ...common(world, recording),
    price: price === null ? null : Number(price),
    track: recording.track,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/Calls/${recording.callSid}/Recordings/${recording.sid}.json`
  }
}

/** As the recordings of one conference show it. */
export function conferenceRecordingResource(
  world: World,
  recording: RecordingRecord
): Record<string, unknown> {
  return {
    ...common(world, recording),
    price: priceOf(recording),
    uri: `/${apiVersion}/Accounts/${world.accountSid}/Conferences/${recording.conferenceSid}/Recordings/${recording.sid}.json`
  }
}

function common(world: World, recording: RecordingRecord): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    call_sid: recording.callSid,
    channels: recording.channels,
    conference_sid: recording.conferenceSid,
    date_created: rfc2822(recording.dateCreated),
    date_updated: rfc2822(recording.dateUpdated),
    duration: hasDuration(recording) ? String(recordingSeconds(recording)) : null,
    encryption_details: null,
    error_code: recording.errorCode,
    price_unit: 'USD',
    sid: recording.sid,
    source: recording.source,
    start_time: rfc2822(recording.startTime),
    status: recording.status
  }
}

/** Until the file is there, Twilio shows -1 in some places and nothing in others: here it is nothing. */
function hasDuration({ status }: RecordingRecord): boolean {
  return !isRunning(status) && status !== 'stopped' && status !== 'processing'
}

/** A round price of our own for each minute begun. */
function priceOf(recording: RecordingRecord): string | null {
  if (recording.status !== 'completed' && recording.status !== 'deleted') return null
  return (-0.0025 * Math.ceil(recordingSeconds(recording) / 60)).toFixed(5)
}
