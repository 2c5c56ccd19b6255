import { round, type RunResult } from './result.ts'

/*
 * The release gate. A broken promise or a book that does not balance shuts it on any machine. Speed is judged
 * by ratios to a floor that was measured in the same run, against the ratios that were accepted before.
 */

/** The ratios that were accepted, by scenario and name. */
export interface Baseline {
  date: string
  commit: string
  machine: RunResult['machine']
  ratios: Record<string, Record<string, { value: number; tolerance: number }>>
}

export interface Verdict {
  scenario: string
  /** What was judged. */
  name: string
  passed: boolean
  told: string
  kind: 'promise' | 'ratio' | 'failure'
}

/** Everything that was judged, what failed first. */
export function judge(run: RunResult, baseline: Baseline | undefined): Verdict[] {
  const verdicts: Verdict[] = []
  for (const { scenario, promises, ratios, failure } of run.scenarios) {
    if (failure !== undefined)
      verdicts.push({
        scenario,
        name: 'came to its end',
        passed: false,
        told: failure,
        kind: 'failure'
      })
    for (const { name, kept, told } of promises)
      verdicts.push({ scenario, name, passed: kept, told, kind: 'promise' })
    for (const ratio of ratios)
      verdicts.push({
        scenario,
        name: ratio.name,
        kind: 'ratio',
        ...againstBaseline(ratio, baseline?.ratios[scenario]?.[ratio.name])
      })
  }
  return verdicts.toSorted((a, b) => Number(a.passed) - Number(b.passed))
}

function againstBaseline(
  { value, floor }: { value: number; floor: number },
  accepted: { value: number; tolerance: number } | undefined
): { passed: boolean; told: string } {
  if (!Number.isFinite(value) || floor <= 0)
    return { passed: false, told: 'was not measured: there is no ratio' }
  if (accepted === undefined)
    return { passed: true, told: `${round(value)}; nothing was accepted yet to compare it with` }
  const least = accepted.value * (1 - accepted.tolerance)
  return {
    passed: value >= least,
    told: `${round(value)}, accepted was ${round(accepted.value)}, least ${round(least)}`
  }
}

/**
 * The ratios of a run as what is accepted from now on. What was not measured stays as it was, and so does what
 * was measured while a promise was broken: that is nothing to be accepted.
 */
export function accept(run: RunResult, before: Baseline | undefined): Baseline {
  const broken = new Set(
    judge(run, undefined)
      .filter(({ passed }) => !passed)
      .map(({ scenario }) => scenario)
  )
  const { date, commit, machine } = run
  const ratios = { ...before?.ratios }
  for (const { scenario, ratios: measured } of run.scenarios)
    if (measured.length > 0 && !broken.has(scenario))
      ratios[scenario] = Object.fromEntries(
        measured.map(({ name, value, tolerance }) => [
          name,
          { value: Number(value.toPrecision(3)), tolerance }
        ])
      )
  return { date, commit, machine, ratios }
}
