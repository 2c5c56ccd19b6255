import { groups } from '../ledger.ts'
import type { RunResult } from '../run.ts'
import { rowsOf, seconds } from './rows.ts'

const mostShown = 40

/** What a person reads in the terminal. Brief: one line, unless something is wrong. */
export function consoleReport(result: RunResult, { brief = false } = {}): string {
  const { ledger, options, ms, operations } = result
  const rows = rowsOf(result)
  const holes = rows.filter(({ isHole }) => isHole)
  const verdict = ledger.failures.length === 0 ? 'passed' : `${ledger.failures.length} FAILED`
  const summary = `seed ${options.seed}: ${verdict}; ${operations.length} operations, ${ledger.exchanges} exchanges, ${ledger.passes} checks, ${holes.length} holes, ${seconds(ms)}\n`
  const failures = ledger.failures
    .slice(0, mostShown)
    .map(
      ({ check, subject, status, message, curl }) =>
        `\nFAILED  ${check}  ${subject}${status > 0 ? ` ${status}` : ''}\n  ${message}\n${curl === '' ? '' : `  ${curl}\n`}`
    )
  const more = ledger.failures.length - failures.length
  if (more > 0) failures.push(`\n… and ${more} more\n`)
  if (brief) return [...failures, summary].join('')

  return [
    ...matrix(rows),
    ...holesOf(holes),
    ...outOfReach(rows),
    ...unjudgedOf(result),
    ...failures,
    '\n',
    ...groups.flatMap(group => {
      const spent = result.groupMs[group]
      return spent === undefined ? [] : [`${group.padEnd(12)} ${seconds(spent)}\n`]
    }),
    summary
  ].join('')
}

/** One line for each operation: of each status how often it came, `!` where something about it is wrong. */
function matrix(rows: ReturnType<typeof rowsOf>): string[] {
  const bySubject = Map.groupBy(rows, ({ title }) => title)
  return [...bySubject].map(([title, statuses]) => {
    const cells = statuses.map(({ status, produced, cells: each }) => {
      const isWrong = groups.some(group => each[group].failed > 0)
      const shown = produced === 0 ? '–' : String(produced)
      return `${status === 0 ? 'seen' : status}:${shown}${isWrong ? '!' : ''}`
    })
    return `${title.padEnd(72)} ${cells.join(' ')}\n`
  })
}

type Rows = ReturnType<typeof rowsOf>

const nameOf = ({ title, status }: Rows[number]): string =>
  status === 0 ? title : `${title} ${status}`

function holesOf(holes: Rows): string[] {
  if (holes.length === 0)
    return ['\nNo hole: every documented answer and event within reach was seen.\n']
  return [
    '\nHoles: documented, and never seen in this run.\n',
    ...holes.map(row => `  ${nameOf(row)}\n`)
  ]
}

function outOfReach(rows: Rows): string[] {
  const byReason = Map.groupBy(
    rows.filter(row => row.outOfReach !== undefined),
    row => row.outOfReach
  )
  return [...byReason].map(
    ([reason, some]) =>
      `\nOut of reach: ${reason}\n${some.map(row => `  ${nameOf(row)}\n`).join('')}`
  )
}

function unjudgedOf({ ledger }: RunResult): string[] {
  const reasons = new Map<string, number>()
  for (const { group, status, reason } of ledger.unjudged)
    if (group !== 'shape' || status === 0)
      reasons.set(`${group}: ${reason}`, (reasons.get(`${group}: ${reason}`) ?? 0) + 1)
  if (reasons.size === 0) return []
  return [
    '\nNot judged:\n',
    ...[...reasons].map(([reason, count]) => `  ${reason}${count > 1 ? ` (${count})` : ''}\n`)
  ]
}
