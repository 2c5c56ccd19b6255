import { type Cell, type Group, groups } from '../ledger.ts'
import type { RunResult } from '../run.ts'

/** A line of the matrix: a documented answer of an operation, or an event. */
export interface Row {
  subject: string
  /** Such as "POST /messages"; for an event its type. */
  title: string
  /** 0 for an event. */
  status: number
  produced: number
  cells: Record<Group, Cell>
  /** It was never seen, and nothing says why: the matrix has a hole. */
  isHole: boolean
  /** Why this run could not see it. */
  outOfReach: string | undefined
}

/** The matrix: operation × status × check. */
export function rowsOf({ ledger, document, operations }: RunResult): Row[] {
  const holes = new Map(
    ledger
      .holes(document, operations)
      .map(({ subject, status, reason }) => [`${subject} ${status}`, reason])
  )
  const row = (subject: string, title: string, status: number): Row => ({
    subject,
    title,
    status,
    produced: ledger.timesProduced(subject, status),
    cells: Object.fromEntries(
      groups.map(group => [group, ledger.cell(subject, status, group)])
    ) as Row['cells'],
    isHole: holes.has(`${subject} ${status}`) && holes.get(`${subject} ${status}`) === undefined,
    outOfReach: holes.get(`${subject} ${status}`)
  })
  return [
    ...operations.flatMap(({ id, method, path, responses }) =>
      [...responses.keys()].map(status =>
        row(id, `${method} ${path.replace('/api/v1', '')}`, status)
      )
    ),
    ...document.events.map(({ type }) => row(type, type, 0))
  ]
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
