import type { ApiDocument, Operation } from './document.ts'

/** The groups of checks, in the order of the report. */
export const groups = [
  'shape',
  'refusals',
  'access',
  'state',
  'idempotency',
  'pages',
  'events',
  'providers',
  'evolution'
] as const
export type Group = (typeof groups)[number]

/** Something that was judged. `check` names the rule within its group, such as `access/deleted-key`. */
export interface Verdict {
  group: Group
  check: string
  /** Operation, or the type of an event; empty for what concerns the whole. */
  subject: string
  /** Of the answer that was judged; 0 where none was. */
  status: number
}

export interface Failure extends Verdict {
  message: string
  /** How to see it again. */
  curl: string
}

/** Something that could not be judged, and what it would take. */
export interface Unjudged {
  group: Group
  subject: string
  status: number
  reason: string
}

/** A documented answer or event that the run never got. */
export interface Hole {
  subject: string
  status: number
  /** What it would have taken; undefined when a check should have provoked it and did not. */
  reason: string | undefined
}

export interface Cell {
  passed: number
  failed: number
}

/** What a run found out. */
export interface Ledger {
  pass(verdict: Verdict): void
  fail(verdict: Verdict, message: string, curl: string): void
  /** Says once why something was not judged. */
  skip(unjudged: Unjudged): void
  produced(operation: Operation, status: number): void
  eventSeen(type: string): void
  readonly failures: readonly Failure[]
  readonly unjudged: readonly Unjudged[]
  readonly exchanges: number
  readonly passes: number
  cell(subject: string, status: number, group: Group): Cell
  timesProduced(subject: string, status: number): number
  /** Passes and failures of each check. */
  checks(): Map<string, Cell>
  holes(document: ApiDocument, operations: readonly Operation[]): Hole[]
}

export function createLedger(): Ledger {
  const cells = new Map<string, Cell>()
  const checks = new Map<string, Cell>()
  const produced = new Map<string, number>()
  const failures: Failure[] = []
  const unjudged = new Map<string, Unjudged>()
  let exchanges = 0
  let passes = 0

  const count = (verdict: Verdict, outcome: keyof Cell): void => {
    const places: [Map<string, Cell>, string][] = [
      [cells, keyOf(verdict.subject, verdict.status, verdict.group)],
      [checks, verdict.check]
    ]
    for (const [map, key] of places) {
      const cell = map.get(key) ?? { passed: 0, failed: 0 }
      cell[outcome]++
      map.set(key, cell)
    }
  }
  const timesProduced = (subject: string, status: number): number =>
    produced.get(keyOf(subject, status)) ?? 0

  return {
    failures,
    get unjudged() {
      return [...unjudged.values()]
    },
    get exchanges() {
      return exchanges
    },
    get passes() {
      return passes
    },
    pass(verdict) {
      passes++
      count(verdict, 'passed')
    },
    fail(verdict, message, curl) {
      count(verdict, 'failed')
      failures.push({ ...verdict, message, curl })
    },
    skip(item) {
      unjudged.set(keyOf(item.group, item.subject, item.status, item.reason), item)
    },
    produced({ id }, status) {
      exchanges++
      produced.set(keyOf(id, status), timesProduced(id, status) + 1)
    },
    eventSeen(type) {
      produced.set(keyOf(type, 0), timesProduced(type, 0) + 1)
    },
    cell: (subject, status, group) =>
      cells.get(keyOf(subject, status, group)) ?? { passed: 0, failed: 0 },
    timesProduced,
    checks: () => new Map([...checks].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    holes(document, operations) {
      const documented = [
        ...operations.flatMap(({ id, responses }) =>
          [...responses.keys()].map(status => ({ subject: id, status }))
        ),
        ...document.events.map(({ type }) => ({ subject: type, status: 0 }))
      ]
      return documented
        .filter(({ subject, status }) => timesProduced(subject, status) === 0)
        .map(({ subject, status }) => {
          const known = [...unjudged.values()].find(
            item => (item.subject === subject || item.subject === '') && item.status === status
          )
          return { subject, status, reason: known?.reason }
        })
    }
  }
}

const keyOf = (...parts: (string | number)[]): string => parts.join('\n')
