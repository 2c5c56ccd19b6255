/**
 * The life of a recording, as we know it.
 *
 * - `announced`: the provider has it, or makes it; it is being taken over.
 * - `stored`: it lies in our storage. `absent`: the provider says that nothing was recorded.
 * - `lost`: the provider did not have it any more, for as long as we asked.
 *
 * What is stored stays stored, whatever is said later.
 */
const moves = {
  announced: { takenOver: 'stored', foundEmpty: 'absent', givenUp: 'lost' },
  stored: {},
  absent: {},
  // It may turn up after all, when its callback was merely late.
  lost: { takenOver: 'stored' }
} as const satisfies Record<string, Partial<Record<string, string>>>

export type RecordingStatus = keyof typeof moves
export type RecordingEvent = 'takenOver' | 'foundEmpty' | 'givenUp'

/** Where an event leads; undefined when it changes nothing. */
export function recordingAfter(status: string, event: RecordingEvent): RecordingStatus | undefined {
  if (!Object.hasOwn(moves, status)) return undefined
  const steps: Partial<Record<RecordingEvent, RecordingStatus>> = moves[status as RecordingStatus]
  return steps[event]
}
