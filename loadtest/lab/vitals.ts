import { closeSync, openSync, readSync } from 'node:fs'
import { clockMs } from './clock-ms.ts'

/** What a process looked like during the quarter of a second that ended then. */
export interface Vital {
  /** On the clock that all processes of the machine share. */
  at: number
  /** Since the process started. */
  cpuMs: number
  rssMb: number
  /** Longest time in which the event loop did not turn. */
  stallMs: number
  /** The same without the time that the thread waited for a processor: what the program itself is to blame for. */
  ownStallMs: number
  /** Most processor time that the thread used without letting the event loop turn. */
  computingMs: number
}

const tickMs = 10
const sampleMs = 250
const mostKept = 20_000

/** Looks at this process four times a second until it ends. */
export function watchVitals(): { take(): Vital[] } {
  const waited = watchRunQueue()
  let kept: Vital[] = []
  let stallMs = 0
  let ownStallMs = 0
  let computingMs = 0
  let lastCpu = threadCpuMs()
  let last = clockMs()
  let lastWaited = waited()
  let sampledAt = last

  const tick = (): void => {
    const now = clockMs()
    const waitedNow = waited()
    const gap = Math.max(0, now - last - tickMs)
    stallMs = Math.max(stallMs, gap)
    ownStallMs = Math.max(ownStallMs, Math.max(0, gap - (waitedNow - lastWaited)))
    const cpu = threadCpuMs()
    if (gap > tickMs) computingMs = Math.max(computingMs, cpu - lastCpu)
    lastCpu = cpu
    last = now
    lastWaited = waitedNow
    if (now - sampledAt < sampleMs) return
    const { user, system } = process.cpuUsage()
    kept.push({
      at: now,
      cpuMs: (user + system) / 1_000,
      rssMb: process.memoryUsage.rss() / 1_048_576,
      stallMs,
      ownStallMs,
      computingMs
    })
    if (kept.length > mostKept) kept = kept.slice(-mostKept / 2)
    sampledAt = now
    stallMs = 0
    ownStallMs = 0
    computingMs = 0
  }
  setInterval(tick, tickMs).unref()
  return {
    take() {
      const taken = kept
      kept = []
      return taken
    }
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/**
 * How many milliseconds the main thread has waited for a processor, as Linux counts them
 * (https://docs.kernel.org/scheduler/sched-stats.html); nothing where that cannot be known.
 */
function watchRunQueue(): () => number {
  const buffer = Buffer.alloc(128)
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
    process.once('exit', () => closeSync(file))
    return () => {
      const length = readSync(file, buffer, 0, buffer.length, 0)
      return Number(buffer.toString('latin1', 0, length).split(' ')[1]) / 1_000_000
    }
  } catch {
    return () => 0
  }
}
