import { startPostgres, type RunPostgres } from './embedded-postgres.ts'
import type { Measured, RunResult } from './result.ts'
import { startSystem, type System } from './system.ts'

/** What a scenario works with. Whatever it starts is stopped when it ends. */
export interface Lab {
  /** Small enough for a gate that runs at every change. */
  quick: boolean
  /** A size asked for at the command line. */
  recipients: number | undefined
  startServer(environment?: Record<string, string>): Promise<System>
  /** The floor: the same exchanges over HTTP, nothing stored, nothing validated. */
  startBare(): Promise<System>
}

/** One situation, and what holds in it. */
export interface Scenario {
  name: string
  /** The promise, as the report's title. */
  promise: string
  run(lab: Lab): Promise<Measured>
}

export type LabOptions = Pick<RunResult, 'database' | 'processes' | 'quick'> & {
  recipients: number | undefined
}

/** Every system of a run on one database. */
export class LabRun {
  readonly #options: LabOptions
  #postgres: RunPostgres | undefined
  #databases = 0

  constructor(options: LabOptions) {
    this.#options = options
  }

  async inLab<T>(work: (lab: Lab) => Promise<T>): Promise<T> {
    const { database, processes, quick, recipients } = this.#options
    const systems: System[] = []
    const start = async (
      bare: boolean,
      environment: Record<string, string> = {}
    ): Promise<System> => {
      const system = await startSystem({
        bare,
        workers: !bare && processes === 'workers' ? 2 : 0,
        databaseUrl: !bare && database === 'postgresql' ? await this.#newDatabase() : undefined,
        environment
      })
      systems.push(system)
      return system
    }
    try {
      return await work({
        quick,
        recipients,
        startServer: environment => start(false, environment),
        startBare: () => start(true)
      })
    } finally {
      for (const system of systems) await system.stop()
    }
  }

  async end(): Promise<void> {
    await this.#postgres?.stop()
  }

  async #newDatabase(): Promise<string> {
    this.#postgres ??= await startPostgres()
    return this.#postgres.database(`load_${++this.#databases}`)
  }
}
