/**
 * The life of a video call, as we know it.
 *
 * - `created`: tokens are given out; nobody has come yet.
 * - `started`: a session is held, or was until a moment ago and whoever dropped out may come back.
 * - `expired`: the tokens have lapsed and nobody ever came, as far as we know.
 * - `ended`: it is over, for good: a session that is opened under its name afterwards is ended at once.
 *
 * We hear of sessions late, twice, out of order and sometimes not at all. So the table says how far along each
 * status is, and only what is further along is a move. A call that was thought expired and turns out to have been
 * held is `ended`.
 */
export const progress = { created: 0, started: 1, expired: 2, ended: 3 } as const satisfies Record<
  string,
  number
>

export type VideoCallStatus = keyof typeof progress

/** Nobody is let in any more. */
export const isOver = (status: VideoCallStatus): boolean => progress[status] >= progress.expired

/** The further one of two statuses. */
export const further = (known: VideoCallStatus, heard: VideoCallStatus): VideoCallStatus =>
  progress[heard] > progress[known] ? heard : known
