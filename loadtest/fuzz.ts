import { parseArgs } from 'node:util'

import { requestsPerEpoch, runFuzz, type FuzzReport } from '../contracts/twilio/fuzz/run-fuzz.ts'

/**
 * `npm run fuzz`: requests of every kind against mock-twilio in this process, for as long as is asked for.
 * A failure names its seed and epoch: `--seed 7 --epoch 12 --requests 25000` runs that epoch again.
 */

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now()) },
    epoch: { type: 'string', default: '0' }
  }
})
const { seed } = values
process.stdout.write(`seed ${seed}, ${requestsPerEpoch} requests an epoch\n`)

const report = await runFuzz({
  seed,
  requests: Number(values.requests),
  seconds: Number(values.seconds),
  firstEpoch: Number(values.epoch),
  onEpoch: showProgress
})

const answers = Object.entries(report.answers).map(([status, count]) => `${status}: ${count}`)
process.stdout.write(`\nanswers by status (0: cut, or no request at all)  ${answers.join(', ')}\n`)
for (const [operation, count] of report.reached) {
  process.stdout.write(`  ${String(count).padStart(7)} times through to ${operation}\n`)
}
for (const { complaint, epoch, index, count, curl, answer } of report.failures) {
  process.stdout.write(
    `\n${complaint.slice(0, 2000)}\n  ${count} times, first in epoch ${epoch} at ${index}: --seed ${seed} --epoch ${epoch} --requests ${index + 1}\n  ${curl.slice(0, 2000)}\n  answered ${answer}\n`
  )
}
process.stdout.write(`\n${report.failures.length} different failures\n`)
process.exitCode = report.failures.length === 0 ? 0 : 1

function showProgress({ sent, seconds, cpuSeconds, failures, mostHeapMb }: FuzzReport): void {
  const rate = (sent / seconds).toFixed(0)
  const perCpuSecond = (sent / cpuSeconds).toFixed(0)
  process.stdout.write(
    `${sent} sent, ${rate} per second, ${perCpuSecond} per CPU-second, ${failures.length} different failures, ${mostHeapMb.toFixed(0)} MB\n`
  )
}
