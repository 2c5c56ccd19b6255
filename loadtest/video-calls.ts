import { parseArgs } from 'node:util'

import { simulateCalls, type CallsReport } from './video-calls/simulation.ts'

/**
 * `npm run simulate -- video`: thirty days of video calls, 2,000 sessions, in one process without a socket, twice,
 * with the same journal. `--days`, `--sessions` and `--seed` make it another one; `--once` lives it once.
 */

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    days: { type: 'string', default: '30' },
    sessions: { type: 'string', default: '2000' },
    seed: { type: 'string', default: 'video-calls' },
    once: { type: 'boolean', default: false }
  }
})
const options = {
  days: Number(values.days),
  sessions: Number(values.sessions),
  seed: values.seed
}
const mostSeconds = 60

const runs: CallsReport[] = []
for (const title of values.once ? ['the run'] : ['first run', 'second run']) {
  const report = await simulateCalls(options)
  print(title, report)
  runs.push(report)
}

const problems = [
  ...(new Set(runs.map(({ digest }) => digest)).size === 1 ? [] : ['The two journals differ.']),
  ...runs.flatMap(({ problems }) => problems),
  ...runs
    .filter(({ seconds }) => seconds > mostSeconds)
    .map(({ seconds }) => `A run took ${seconds.toFixed(1)} s, more than ${mostSeconds} s.`)
]
const success = values.once
  ? 'Every call came to its end.'
  : 'Twice the same journal, and every call came to its end.'
process.stdout.write(`\n${problems.join('\n') || success}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

function print(title: string, report: CallsReport): void {
  const { seconds, sessions, users, events, endings, files, digest, entries } = report
  const listed = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')
  process.stdout.write(
    [
      `\n${title}: ${options.days} days, seed ${options.seed}`,
      `  sessions   ${sessions}, with ${users} users`,
      `  endings    ${listed(endings)}`,
      `  events     ${listed(events)}`,
      `  webhooks   ${report.delivered} taken, ${report.retried} attempts in vain that came again, ${report.lost} lost for good, ${report.challenges} challenges`,
      `  missed     ${report.missedEnds} ends that the application never heard of and found by asking`,
      `  recordings ${files.count} files, ${(files.bytes / 1_048_576).toFixed(1)} MB fetched`,
      `  journal    ${entries} entries`,
      `  time       ${seconds.toFixed(1)} s, ${(sessions / seconds).toFixed(0)} sessions per second`,
      `  heap       ${report.mostHeapMb.toFixed(0)} MB at most`,
      `  digest     ${digest}`,
      ''
    ].join('\n')
  )
}
