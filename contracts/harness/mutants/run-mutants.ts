import { runContract } from '../run.ts'
import type { ContractOptions } from '../options.ts'
import { optionsFor, startStackProcess } from '../started-stack.ts'
import { inParallel } from '../world/world.ts'
import type { Mutant } from './mutant.ts'

/** What became of a mutant. */
export interface Grade {
  mutant: Mutant
  /** The checks that found it; none when it survived. */
  killedBy: string[]
  /** The server did not even start with it: nothing was judged. */
  error: string | undefined
  ms: number
}

/** How long a client may take in a stack of the grading. */
const eventTimeoutMs = 1_000

/** Starts a server for each mutant, and runs the groups that may find it. */
export async function gradeHarness(
  mutants: readonly Mutant[],
  options: Omit<ContractOptions, 'runId'>,
  atOnce: number,
  tell: (grade: Grade) => void = () => {}
): Promise<Grade[]> {
  const grades = new Map<string, Grade>()
  await inParallel(
    mutants,
    async mutant => {
      const grade = await gradeOne(mutant, options)
      grades.set(mutant.id, grade)
      tell(grade)
    },
    atOnce
  )
  return mutants.flatMap(({ id }) => grades.get(id) ?? [])
}

const loader = new URL('load-mutant.ts', import.meta.url).href

async function gradeOne(mutant: Mutant, options: Omit<ContractOptions, 'runId'>): Promise<Grade> {
  const startedAt = performance.now()
  const done = (killedBy: string[], error?: string): Grade => ({
    mutant,
    killedBy,
    error,
    ms: performance.now() - startedAt
  })
  try {
    const { result, output } = await judgeMutant(mutant, options)
    const killedBy = new Set(result.map(({ check }) => check))
    return done([...killedBy].toSorted(), killedBy.size === 0 ? output : undefined)
  } catch (error) {
    return done([], error instanceof Error ? error.message : String(error))
  }
}

async function judgeMutant(mutant: Mutant, options: Omit<ContractOptions, 'runId'>) {
  const stack = await startStackProcess({
    preload: [loader],
    environment: {
      CONTRACT_MUTANT: mutant.id,
      CLIENT_EVENT_TIMEOUT_MS: String(eventTimeoutMs)
    }
  })
  try {
    const { ledger } = await runContract({
      ...options,
      ...optionsFor(stack),
      serverPid: mutant.holdUp === true ? stack.pid : undefined,
      rateProbe: 0,
      eventTimeoutMs,
      patienceMs: 2_500,
      eventsPort: 0,
      only: mutant.groups,
      operations: mutant.operations === undefined ? undefined : new RegExp(mutant.operations),
      prism: false,
      runId: `${mutant.id}-${Date.now().toString(36)}`
    })
    return { result: ledger.failures, output: undefined }
  } finally {
    await stack.stop()
  }
}

/** The kill matrix in words: which checks find which mutant, and which check finds none by itself. */
export function killMatrix(grades: readonly Grade[]): string {
  const width = Math.max(...grades.map(({ mutant }) => mutant.id.length))
  const lines = grades.map(({ mutant, killedBy, error, ms }) => {
    const fate =
      killedBy.length > 0
        ? killedBy.join(', ')
        : `SURVIVED${error === undefined ? '' : ` (${error.split('\n')[0]})`}`
    return `${mutant.id.padEnd(width)}  ${(ms / 1_000).toFixed(1).padStart(5)} s  ${fate}`
  })
  const alone = new Map<string, string[]>()
  const together = new Map<string, number>()
  for (const { mutant, killedBy } of grades) {
    for (const check of killedBy) together.set(check, (together.get(check) ?? 0) + 1)
    const [only] = killedBy
    if (killedBy.length === 1 && only !== undefined)
      alone.set(only, [...(alone.get(only) ?? []), mutant.id])
  }
  const checks = [...together]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([check, count]) =>
        `${check.padEnd(34)} finds ${String(count).padStart(3)}, ${alone.get(check)?.length ?? 0} of them alone`
    )
  const survivors = grades.filter(({ killedBy }) => killedBy.length === 0)
  return [
    ...lines,
    '',
    ...checks,
    '',
    `${grades.length - survivors.length} of ${grades.length} mutants killed${survivors.length > 0 ? `; survived: ${survivors.map(({ mutant }) => mutant.id).join(', ')}` : ''}`,
    ''
  ].join('\n')
}
