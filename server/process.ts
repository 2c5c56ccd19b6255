import { setFlagsFromString } from 'node:v8'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { type Clock, systemClock } from './platform/clock.ts'
import { followClock } from './platform/followed-clock.ts'

/** The clock of this process: the system's, or the simulator's where the configuration names it. */
export async function chooseClock(config: Config): Promise<Clock> {
  return config.CLOCK_URL === '' ? systemClock : followClock(config.CLOCK_URL)
}

/** Closes once, at the first signal; a second one does not cut it short. */
export function closeOnSignal(log: Logger, close: () => Promise<void>): void {
  let closing: Promise<void> | undefined
  const shutDown = (signal: NodeJS.Signals): void => {
    closing ??= (async () => {
      log.info({ signal }, 'shutting down')
      await close()
      log.flush()
      process.exit(0)
    })()
  }
  process.on('SIGTERM', shutDown)
  process.on('SIGINT', shutDown)
}

/**
 * The heap may grow by half of what is alive before it is collected. Left to itself V8 lets a busy server
 * hold three times as much garbage, since the machine has room; where many processes share it, it has not.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50')
}
