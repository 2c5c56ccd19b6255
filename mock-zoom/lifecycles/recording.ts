/*
 * The life of a cloud recording.
 *
 *   recording  it runs
 *   paused     it runs, and takes nothing
 *   stopped    somebody stopped it, or the session is over; its files are made after the session
 *   completed  its files can be fetched
 *   discarded  it was too short to be kept
 *
 * https://developers.zoom.us/docs/video-sdk/web/recording
 */

export type RecordingStatus = 'recording' | 'paused' | 'stopped' | 'completed' | 'discarded'

export type RecordingEvent = 'paused' | 'resumed' | 'stopped' | 'processed' | 'tooShort'

const lifecycle = {
  recording: { paused: 'paused', stopped: 'stopped' },
  paused: { resumed: 'recording', stopped: 'stopped' },
  stopped: { processed: 'completed', tooShort: 'discarded' },
  completed: {},
  discarded: {}
} as const satisfies Record<RecordingStatus, Partial<Record<RecordingEvent, RecordingStatus>>>

const moves: Record<RecordingStatus, Partial<Record<RecordingEvent, RecordingStatus>>> = lifecycle

/** The status after the event, or none where the event cannot happen. */
export function statusAfter(
  status: RecordingStatus,
  event: RecordingEvent
): RecordingStatus | undefined {
  return moves[status][event]
}

/** Nothing else assigns `status`. An event that cannot happen there is our bug, and throws. */
export function move(recording: { status: RecordingStatus }, event: RecordingEvent): void {
  const next = statusAfter(recording.status, event)
  if (next === undefined) throw new Error(`a recording that is ${recording.status}: ${event}`)
  recording.status = next
}
