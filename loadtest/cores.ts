import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const cores = availableParallelism()

/** The core that what is measured has for itself. Everything else shares the others. */
export const measuredCore = '0'
export const otherCores = cores > 2 ? `1-${cores - 1}` : '1'
export const allCores = `0-${cores - 1}`

/** Keeps a process, with all its threads, on some cores. False where the machine does not let us. */
export function keepOn(place: string, pid = process.pid): boolean {
  if (cores < 2) return false
  return spawnSync('taskset', ['-a', '-c', '-p', place, String(pid)]).status === 0
}
