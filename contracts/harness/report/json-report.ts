import type { RunResult } from '../run.ts'
import { rowsOf } from './rows.ts'

/** Everything that a run found, for other programs. */
export function jsonReport(result: RunResult): string {
  const { ledger, options, ms, groupMs } = result
  const { operations, ...told } = options
  return `${JSON.stringify(
    {
      ...told,
      ...(operations && { operations: operations.source }),
      ms: Math.round(ms),
      group_ms: groupMs,
      exchanges: ledger.exchanges,
      passed: ledger.passes,
      failures: ledger.failures,
      not_judged: ledger.unjudged,
      checks: Object.fromEntries(ledger.checks()),
      matrix: rowsOf(result)
    },
    null,
    1
  )}\n`
}
