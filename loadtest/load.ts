import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { accept, type Baseline, judge } from './lab/gate.ts'
import { LabRun, type Scenario } from './lab/lab.ts'
import { reportOf } from './lab/report.ts'
import { nothingMeasured, type RunResult, type ScenarioResult, round } from './lab/result.ts'
import { allScenarios, quickScenarios, usualScenarios } from './scenarios/scenarios.ts'

/*
 *   npm run load                                       the usual scenarios on SQLite, one process
 *   npm run load -- --quick                            a small gate run
 *   npm run load -- --scenario fan-out-10k             one; may be given several times; `all` for all
 *   npm run load -- --database postgresql --processes workers
 *   npm run load -- --recipients 1000000               another size, where the scenario lets it be chosen
 *   npm run load -- --accept                           its ratios are the baseline from now on
 *
 * Ends with 1 when a promise is broken, the books do not balance or a ratio is worse than the baseline allows.
 */
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true },
    database: { type: 'string', default: 'sqlite' },
    processes: { type: 'string', default: 'one' },
    recipients: { type: 'string' },
    quick: { type: 'boolean', default: false },
    accept: { type: 'boolean', default: false }
  }
})
const { quick } = values
const database = oneOf('--database', values.database, ['sqlite', 'postgresql'] as const)
const processes = oneOf('--processes', values.processes, ['one', 'workers'] as const)
if (database === 'sqlite' && processes === 'workers')
  throw new Error(
    '--processes workers needs --database postgresql: one process writes a SQLite file.'
  )
const recipients = values.recipients === undefined ? undefined : Number(values.recipients)
if (recipients !== undefined && !(Number.isInteger(recipients) && recipients > 0))
  throw new Error('--recipients must be a whole number')
// A run of another size is compared with nothing.
const isUsualSize = recipients === undefined
const baselineFile = new URL(
  `baselines/${database}-${processes}${quick ? '-quick' : ''}.json`,
  import.meta.url
)

const run: RunResult = {
  date: new Date().toISOString(),
  commit: commit(),
  machine: {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1_073_741_824),
    node: process.version,
    system: `${platform()} ${release()}`
  },
  database,
  processes,
  quick,
  scenarios: []
}

const lab = new LabRun({ database, processes, quick, recipients })
try {
  for (const scenario of chosen()) run.scenarios.push(await measure(scenario))
} finally {
  await lab.end()
}

const baseline = isUsualSize ? readBaseline() : undefined
const verdicts = judge(run, baseline)
const folder = join('data', 'load', run.date.replaceAll(':', '-').replace(/\..*$/, ''))
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'result.json'), `${JSON.stringify({ ...run, verdicts }, null, 1)}\n`)
writeFileSync(join(folder, 'report.html'), reportOf(run, verdicts, baseline))
const failed = verdicts.filter(({ passed }) => !passed)
for (const { scenario, name, told } of failed)
  process.stdout.write(`FAILED  ${scenario}: ${name}: ${told}\n`)
process.stdout.write(
  `${verdicts.length - failed.length} of ${verdicts.length} held. ${join(folder, 'report.html')}\n`
)
if (values.accept) {
  if (!isUsualSize) throw new Error('--accept goes with the usual sizes, not with --recipients')
  mkdirSync(new URL('.', baselineFile), { recursive: true })
  writeFileSync(baselineFile, `${JSON.stringify(accept(run, baseline), null, 2)}\n`)
  process.stdout.write(`Accepted: ${baselineFile.pathname}\n`)
}
// A slow-down that was accepted is none; a broken promise stays one.
const shut = values.accept ? failed.filter(({ kind }) => kind !== 'ratio') : failed
process.exit(shut.length > 0 ? 1 : 0)

async function measure(scenario: Scenario): Promise<ScenarioResult> {
  process.stdout.write(`\n${scenario.name}: ${scenario.promise}\n`)
  const startedAt = performance.now()
  const seconds = (): number => (performance.now() - startedAt) / 1_000
  const { name, promise } = scenario
  try {
    const measured = await lab.inLab(one => scenario.run(one))
    for (const { name: what, value, floor, measured: own, unit } of measured.ratios)
      tell(what, `${round(own)} ${unit} ÷ ${round(floor)} ${unit} = ${round(value)}`)
    for (const { name: what, value, unit } of measured.figures)
      tell(what, `${round(value)} ${unit}`)
    for (const { name: what, kept, told } of measured.promises)
      if (!kept) tell(`BROKEN  ${what}`, told)
    tell('promises kept', `${measured.promises.filter(({ kept }) => kept).length}`)
    tell('took', `${round(seconds())} s`)
    return { scenario: name, promise, seconds: seconds(), ...measured }
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    tell('did not come to its end', failure)
    return { scenario: name, promise, seconds: seconds(), ...nothingMeasured(), failure }
  }
}

function tell(what: string, told: string): void {
  process.stdout.write(`  ${what}: ${told}\n`)
}

function chosen(): readonly Scenario[] {
  const names = values.scenario
  if (names === undefined) return quick ? quickScenarios : usualScenarios
  if (names.includes('all')) return allScenarios
  return names.map(name => {
    const scenario = allScenarios.find(one => one.name === name)
    if (!scenario)
      throw new Error(`no scenario ${name}: ${allScenarios.map(one => one.name).join(', ')}, all`)
    return scenario
  })
}

function readBaseline(): Baseline | undefined {
  return existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, 'utf8')) : undefined
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' and changes'}`
  } catch {
    return 'unknown'
  }
}

function oneOf<const T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find(one => one === value)
  if (found === undefined) throw new Error(`${option} is one of ${known.join(', ')}`)
  return found
}
