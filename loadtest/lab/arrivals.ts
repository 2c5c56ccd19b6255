import { clockMs } from './clock-ms.ts'

/**
 * Starts a task for each place at its due time, whether those before have ended or not: an open loop, as
 * people are. (autocannon's rates let a whole second's share go at the second's start, and wait for answers.)
 *
 * @returns for each place the time from when it was due to its end, NaN where the task failed
 */
export async function arrive(
  { count, startedAt, intervalMs }: { count: number; startedAt: number; intervalMs: number },
  task: (place: number) => Promise<void>
): Promise<Float64Array> {
  const took = new Float64Array(count).fill(Number.NaN)
  const running: Promise<void>[] = []
  for (let place = 0; place < count; place++) {
    const dueAt = startedAt + place * intervalMs
    const early = dueAt - clockMs()
    if (early > 0) await new Promise(resolve => setTimeout(resolve, early))
    running.push(
      task(place).then(
        () => void (took[place] = clockMs() - dueAt),
        () => undefined
      )
    )
  }
  await Promise.all(running)
  return took
}
