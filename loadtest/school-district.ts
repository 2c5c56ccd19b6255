import { parseArgs } from 'node:util'

import { simulateDistrict, type SimulationReport } from './school-district/simulation.ts'

/**
 * `npm run simulate`: thirty days of a school district, 200,000 messages, in one process without a socket, in
 * under a minute, twice, with the same journal. `--days`, `--messages` and `--seed` make it another one;
 * `--once` lives it once, for its digest.
 */

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    messages: { type: 'string', default: '200000' },
    seed: { type: 'string', default: 'school-district' },
    once: { type: 'boolean', default: false }
  }
})
const options = {
  days: Number(values.days),
  messages: Number(values.messages),
  seed: values.seed
}
const mostSeconds = 60

const runs: SimulationReport[] = []
for (const title of values.once ? ['the run'] : ['first run', 'second run']) {
  const report = await simulateDistrict(options)
  print(title, report)
  runs.push(report)
}

const problems = [
  ...(new Set(runs.map(({ digest }) => digest)).size === 1 ? [] : ['The two journals differ.']),
  ...runs
    .filter(({ seconds }) => seconds > mostSeconds)
    .map(({ seconds }) => `A run took ${seconds.toFixed(1)} s, more than ${mostSeconds} s.`)
]
const success = values.once
  ? 'Within the minute.'
  : 'Twice the same journal, each within the minute.'
process.stdout.write(`\n${problems.join('\n') || success}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

function print(title: string, report: SimulationReport): void {
  const { seconds, created, replies, entries, digest, statuses, kinds, refusals, outage } = report
  const listed = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')
  process.stdout.write(
    [
      `\n${title}: ${options.days} days, seed ${options.seed}`,
      `  messages  ${created} sent`,
      `  replies   ${replies} of parents, ${kinds['provider.reply'] ?? 0} of the provider to their keywords`,
      `  opt-outs  ${kinds['opt-out'] ?? 0}, and ${kinds['opt-in'] ?? 0} taken back`,
      `  outage    ${outage.from} to ${outage.until}: ${outage.held} held, ${outage.lost} lost, ${outage.sentAgain} sent again`,
      `  statuses  ${listed(statuses)}`,
      `  refused   ${listed(refusals) || 'nothing'}`,
      `  journal   ${entries} entries: ${listed(kinds)}`,
      `  time      ${seconds.toFixed(1)} s, ${(created / seconds).toFixed(0)} messages per second`,
      `  heap      ${report.mostHeapMb.toFixed(0)} MB at most`,
      `  digest    ${digest}`,
      ''
    ].join('\n')
  )
}
