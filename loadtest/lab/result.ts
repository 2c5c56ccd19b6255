import type { Account, Progress } from './accounts.ts'
import type { Latencies } from './latencies.ts'
import type { Vital } from './vitals.ts'

/** What a scenario measured, as it is written into the report and its JSON. */
export interface Measured {
  parameters: Record<string, string | number>
  figures: Figure[]
  ratios: Ratio[]
  promises: KeptPromise[]
  books: Account[]
  latencies: { name: string; latencies: Latencies }[]
  vitals: { process: string; vitals: Vital[] }[]
  progress: Progress[]
}

export interface Figure {
  name: string
  value: number
  unit: string
}

/** A figure beside its floor, measured in the same run. More is better. */
export interface Ratio {
  name: string
  value: number
  measured: number
  floor: number
  unit: string
  /** What we want to reach. */
  target?: number
  /** How much of the baseline's ratio may be lost before the gate shuts: 0.3 for a third. */
  tolerance: number
}

/** Something that holds or does not, whatever the machine. */
export interface KeptPromise {
  name: string
  kept: boolean
  told: string
}

export interface ScenarioResult extends Measured {
  scenario: string
  promise: string
  seconds: number
  /** Why there is nothing else: the scenario did not come to its end. */
  failure?: string
}

export interface RunResult {
  date: string
  commit: string
  machine: { cpus: number; model: string; memoryGb: number; node: string; system: string }
  database: 'sqlite' | 'postgresql'
  processes: 'one' | 'workers'
  quick: boolean
  scenarios: ScenarioResult[]
}

export const nothingMeasured = (): Measured => ({
  parameters: {},
  figures: [],
  ratios: [],
  promises: [],
  books: [],
  latencies: [],
  vitals: [],
  progress: []
})

export const figure = (name: string, value: number, unit: string): Figure => ({ name, value, unit })

/** A promise that a value stays within a bound. */
export const within = (name: string, value: number, most: number, unit: string): KeptPromise => ({
  name,
  kept: value <= most,
  told: `${round(value)} ${unit}, at most ${most} ${unit}`
})

/** A promise that a value is exactly what it ought to be. */
export const exactly = (name: string, value: number, expected: number): KeptPromise => ({
  name,
  kept: value === expected,
  told: value === expected ? `${value}` : `${value}, and ought to be ${expected}`
})

export const round = (value: number): number =>
  Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))
