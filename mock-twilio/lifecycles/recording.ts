import type { RecordingRecord } from '../voice/recording-record.ts'
import { statusAfter } from './advance.ts'

/*
 * The life of a recording.
 * https://www.twilio.com/docs/voice/api/recording#recording-properties
 *
 *   in-progress  it is being recorded
 *   paused       nothing is recorded for now, or silence
 *   stopped      the application ended it, and the file is being made
 *   processing   what was recorded is over, and the file is being made
 *   completed    there is a file
 *   absent       there is none: too short, or silent where the account does not keep silence
 *   deleted      the file is gone, and what is known of it stays for a while
 */

type RecordingStatus = RecordingRecord['status']

export type RecordingEvent =
  | 'paused'
  | 'resumed'
  | 'stopped'
  | 'ended'
  | 'processed'
  | 'foundWorthless'
  | 'deleted'

const lifecycle: Record<RecordingStatus, Partial<Record<RecordingEvent, RecordingStatus>>> = {
  'in-progress': { paused: 'paused', stopped: 'stopped', ended: 'processing' },
  paused: { resumed: 'in-progress', stopped: 'stopped', ended: 'processing' },
  stopped: { processed: 'completed', foundWorthless: 'absent' },
  processing: { processed: 'completed', foundWorthless: 'absent' },
  completed: { deleted: 'deleted' },
  absent: { deleted: 'deleted' },
  deleted: {}
}

export function isMovable(status: RecordingStatus, event: RecordingEvent): boolean {
  return statusAfter(lifecycle, status, event) !== undefined
}

/** Nothing else assigns `status`. An event that cannot happen there is our bug, and throws. */
export function moveRecording(
  recording: { status: RecordingStatus; dateUpdated: number },
  event: RecordingEvent,
  at: number
): void {
  const next = statusAfter(lifecycle, recording.status, event)
  if (next === undefined) {
    throw new Error(`a recording that is ${recording.status} cannot be ${event}`)
  }
  recording.status = next
  recording.dateUpdated = at
}

/** Whether sound still goes into it, or may again. */
export function isRunning(status: RecordingStatus): boolean {
  return status === 'in-progress' || status === 'paused'
}

/** Whether nothing happens to it any more by itself. */
export function isSettled(status: RecordingStatus): boolean {
  return status === 'completed' || status === 'absent' || status === 'deleted'
}
