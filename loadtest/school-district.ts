import { parseArgs } from 'node:util'

import { listed, liveTwice, pace } from './live-twice.ts'
import { simulateDistrict } from './school-district/simulation.ts'

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
const { days, messages, seed, once } = values

await liveTwice({
  simulate: () => simulateDistrict({ days: Number(days), messages: Number(messages), seed }),
  title: `${days} days, seed ${seed}`,
  describe: ({ outage, kinds, ...report }) => [
    ['messages', `${report.created} sent`],
    [
      'replies',
      `${report.replies} of parents, ${kinds['provider.reply'] ?? 0} of the provider to their keywords`
    ],
    ['opt-outs', `${kinds['opt-out'] ?? 0}, and ${kinds['opt-in'] ?? 0} taken back`],
    [
      'outage',
      `${outage.from} to ${outage.until}: ${outage.held} held, ${outage.lost} lost, ${outage.sentAgain} sent again`
    ],
    ['statuses', listed(report.statuses)],
    ['refused', listed(report.refusals) || 'nothing'],
    ['journal', `${report.entries} entries: ${listed(kinds)}`],
    ['time', pace(report.seconds, report.created, 'messages')]
  ],
  isOnce: once
})
