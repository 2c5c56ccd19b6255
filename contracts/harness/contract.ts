import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mutants } from './mutants/catalogue.ts'
import { gradeHarness, killMatrix } from './mutants/run-mutants.ts'
import { type Command, readCommand, usage } from './options.ts'
import { consoleReport } from './report/console-report.ts'
import { htmlReport } from './report/html-report.ts'
import { jsonReport } from './report/json-report.ts'
import { junitReport } from './report/junit-report.ts'
import { seconds } from './report/rows.ts'
import { type RunResult, runContract } from './run.ts'
import { optionsFor, type StartedStack, startStackProcess } from './started-stack.ts'

/*
 * npm run contract -- --url http://127.0.0.1:3000 --token csk_…
 *
 * Judges a running server of the API by the document and by what the document promises in words. Ends with 1
 * when something is wrong, with 2 when the arguments make no sense. `--help` tells the rest.
 */
const command = commandOf(process.argv.slice(2))
if (command?.mutants) await grade(command)
else if (command) await judge(command)

/** What is to be done; nothing when help was asked for or is needed. */
function commandOf(args: string[]): Command | undefined {
  if (args.includes('--help')) {
    process.stdout.write(usage)
    return undefined
  }
  try {
    return readCommand(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 2
    return undefined
  }
}

async function judge(command: Command): Promise<void> {
  let failed = false
  for (let run = 1; run <= command.runs; run++) {
    const stack = command.start ? await startStackProcess() : undefined
    try {
      failed = (await judgeOnce(command, run, stack)) || failed
    } finally {
      await stack?.stop()
    }
  }
  process.exitCode = failed ? 1 : 0
}

/** Tells whether anything is wrong. */
async function judgeOnce(
  command: Command,
  run: number,
  stack: StartedStack | undefined
): Promise<boolean> {
  const { values } = command
  const seed = command.runs === 1 ? values.seed : `${values.seed}-${run}`
  const result = await runContract(
    {
      ...values,
      ...(stack && { ...optionsFor(stack), serverPid: stack.pid }),
      seed,
      // Names hold the time too, so that the same seed may be run twice against one database.
      runId: `${seed}-${Date.now().toString(36)}`
    },
    line => process.stderr.write(`  ${line}\n`)
  )
  writeReports(command, result)
  process.stdout.write(consoleReport(result, { brief: command.runs > 1 && run > 1 }))
  return result.ledger.failures.length > 0
}

function writeReports({ report }: Command, result: RunResult): void {
  mkdirSync(report, { recursive: true })
  writeFileSync(join(report, 'report.json'), jsonReport(result))
  writeFileSync(join(report, 'junit.xml'), junitReport(result))
  writeFileSync(join(report, 'report.html'), htmlReport(result))
  process.stdout.write(`\n${join(report, 'report.html')}\n`)
}

/** Every planted fault must be found. */
async function grade({ mutant: wanted, values, atOnce }: Command): Promise<void> {
  const chosen = wanted.length === 0 ? mutants : mutants.filter(({ id }) => wanted.includes(id))
  if (chosen.length === 0) throw new Error(`There is no mutant ${wanted.join(', ')}`)
  const startedAt = performance.now()
  const grades = await gradeHarness(chosen, values, atOnce, ({ mutant: { id }, killedBy, ms }) =>
    process.stderr.write(
      `  ${id}: ${killedBy.length > 0 ? 'killed' : 'SURVIVED'}, ${Math.round(ms)} ms\n`
    )
  )
  process.stdout.write(`\n${killMatrix(grades)}${seconds(performance.now() - startedAt)}\n`)
  process.exitCode = grades.every(({ killedBy }) => killedBy.length > 0) ? 0 : 1
}
