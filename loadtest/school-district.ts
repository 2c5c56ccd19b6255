import { parseArgs } from 'node:util'

import { simulateDistrict, type SimulationReport } from './school-district/simulation.ts'

/**
 * `npm run simulate`: thirty days of a school district, 200,000 messages, in one process without a socket, in
 * under a minute, twice, with the same journal. `--days`, `--messages` and `--seed` make it another one.
 */

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '30' },
    messages: { type: 'string', default: '200000' },
    seed: { type: 'string', default: 'school-district' }
  }
})
const options = {
  days: Number(values.days),
  messages: Number(values.messages),
  seed: values.seed
}
const mostSeconds = 60

const first = await simulateDistrict(options)
print('first run', first)
const second = await simulateDistrict(options)
print('second run', second)

const problems = [
  ...(first.digest === second.digest ? [] : ['The two journals differ.']),
  ...[first, second]
    .filter(({ seconds }) => seconds > mostSeconds)
    .map(({ seconds }) => `A run took ${seconds.toFixed(1)} s, more than ${mostSeconds} s.`)
]
process.stdout.write(
  `\n${problems.join('\n') || 'Twice the same journal, each within the minute.'}\n`
)
process.exitCode = problems.length === 0 ? 0 : 1

function print(title: string, report: SimulationReport): void {
  const { seconds, created, entries, digest, statuses, kinds, refusals, mostHeapMb } = report
  const listed = (counts: Record<string, number>): string =>
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')
  process.stdout.write(
    [
      `\n${title}: ${options.days} days, seed ${options.seed}`,
      `  created   ${created} messages in ${seconds.toFixed(1)} s, ${(created / seconds).toFixed(0)} per second`,
      `  statuses  ${listed(statuses)}`,
      `  refused   ${listed(refusals) || 'nothing'}`,
      `  journal   ${entries} entries: ${listed(kinds)}`,
      `  digest    ${digest}`,
      `  heap      ${mostHeapMb.toFixed(0)} MB at most`,
      ''
    ].join('\n')
  )
}
