import { parseArgs } from 'node:util'

import { listed, liveTwice, pace } from './live-twice.ts'
import { simulateCalls } from './video-calls/simulation.ts'

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
const { days, sessions, seed, once } = values

await liveTwice({
  simulate: () => simulateCalls({ days: Number(days), sessions: Number(sessions), seed }),
  title: `${days} days, seed ${seed}`,
  describe: report => [
    ['sessions', `${report.sessions}, with ${report.users} users`],
    ['endings', listed(report.endings)],
    ['events', listed(report.events)],
    [
      'webhooks',
      `${report.delivered} taken, ${report.retried} attempts in vain that came again, ${report.lost} lost for good, ${report.challenges} challenges`
    ],
    ['missed', `${report.missedEnds} ends that the application never heard of and found by asking`],
    [
      'recordings',
      `${report.files.count} files, ${(report.files.bytes / 1_048_576).toFixed(1)} MB fetched`
    ],
    ['journal', `${report.entries} entries`],
    ['time', pace(report.seconds, report.sessions, 'sessions')]
  ],
  isOnce: once,
  promise: 'every call came to its end'
})
