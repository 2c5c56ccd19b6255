/**
 * Milliseconds on the monotonic clock, which counts from the start of the machine: two processes read the same
 * time, and no correction of the wall clock moves it.
 */
export const clockMs = (): number => Number(process.hrtime.bigint()) / 1_000_000
