import { errorCauses, unprovoked } from '../contracts/twilio/error-codes/catalogue.ts'
import { titleOf } from '../contracts/twilio/error-codes/cause.ts'
import { runTests } from './run-tests.ts'

/**
 * Prints every error code of mock-twilio with its HTTP status, its cause and the test that brings it about.
 *
 *   npm run error-codes             prints the list
 *   npm run error-codes -- --run    runs the tests
 */
const suite = 'contracts/twilio/error-codes'

if (process.argv.includes('--run')) {
  process.exitCode = await runTests([suite])
} else {
  const rows = errorCauses.map(error => [
    String(error.code),
    String(error.status),
    error.byRule ? `${error.cause} (by a rule)` : error.cause,
    `${suite}/error-codes.test.ts "${titleOf(error)}"`
  ])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const codes = new Set(errorCauses.map(({ code }) => code))
  const byCause = new Set(errorCauses.filter(({ byRule }) => !byRule).map(({ code }) => code))
  const lines = [
    ...rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')),
    '',
    `${codes.size} codes in ${rows.length} tests; ${byCause.size} codes come from the documented cause, ${codes.size - byCause.size} only by a rule.`,
    ...Array.from(unprovoked, ([code, reason]) => `${code} cannot be provoked: ${reason}.`)
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
