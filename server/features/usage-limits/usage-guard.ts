import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import { type Clock, stopwatch } from '../../platform/clock.ts'
import type { Database, Executor, Transaction } from '../../platform/database.ts'
import { LimitReached } from '../../platform/errors.ts'

/** What a bearer may use so much of. */
export type UsageKind = 'texts' | 'calls'
export type Span = 'minute' | 'day'

export const spanMs: Readonly<Record<Span, number>> = { minute: 60_000, day: 86_400_000 }

/** 0 for no limit. */
export type Limits = Readonly<Record<UsageKind, Readonly<Record<Span, number>>>>

/** What is left of a limit. */
export interface Room {
  limit: number
  used: number
  resetsAt: number
}

/** So much that a bearer asks for in one transaction. */
export interface Wish {
  bearerId: number
  count: number
}

/**
 * Keeps bearers to their limits. Counts are rows that are written in the transaction of what they count, so
 * that they are right after a crash and across processes; without limits nothing is written or asked.
 */
export interface UsageGuard {
  /**
   * How much of each wish is granted, in the order of the wishes; what is granted is counted. A refusal tells
   * which limit was reached.
   */
  grant(
    tx: Transaction,
    kind: UsageKind,
    wishes: readonly Wish[],
    spans?: readonly Span[]
  ): Promise<{ granted: number; refusal: LimitReached | undefined }[]>
  /**
   * Counts all of it.
   *
   * @throws 429 when it would pass a limit; nothing is counted then
   */
  take(tx: Transaction, kind: UsageKind, wish: Wish, spans?: readonly Span[]): Promise<void>
  /**
   * Counts nothing.
   *
   * @throws 429 when so much would pass the limit
   */
  check(kind: UsageKind, wish: Wish, span: Span): Promise<void>
  /** Uncounts what turned out not to be used. */
  giveBack(tx: Transaction, kind: UsageKind, wish: Wish): Promise<void>
  /** What is left, without counting; undefined where there is no limit. */
  roomOf(bearerId: number, kind: UsageKind, span: Span): Promise<Room | undefined>
  limitsOf(bearerId: number): Promise<Limits>
  /** Stops believing limits that this process changed; others see the change within a second. */
  forget(): void
}

interface LimitsRow {
  bearer_id: number
  texts_per_minute: number | null
  texts_per_day: number | null
  calls_per_minute: number | null
  calls_per_day: number | null
}

interface CountRow {
  bearer_id: number
  span: Span
  starts_at: number
  count: number
}

type GuardConfig = Pick<
  Config,
  'TEXTS_PER_MINUTE' | 'TEXTS_PER_DAY' | 'CALLS_PER_MINUTE' | 'CALLS_PER_DAY'
>

/** An administrator's change is seen by other processes after so long at most. */
const believedMs = 1_000
const bothSpans: readonly Span[] = ['minute', 'day']

export function createUsageGuard({
  database,
  clock,
  config
}: {
  database: Database
  clock: Clock
  config: GuardConfig
}): UsageGuard {
  const usual: Limits = {
    texts: { minute: config.TEXTS_PER_MINUTE, day: config.TEXTS_PER_DAY },
    calls: { minute: config.CALLS_PER_MINUTE, day: config.CALLS_PER_DAY }
  }
  const isLimitedAsUsual = Object.values(usual).some(({ minute, day }) => minute > 0 || day > 0)
  let known: { until: number; limits: Map<number, Limits> } | undefined

  async function readLimits(executor: Executor): Promise<Map<number, Limits>> {
    const { rows } = await sql<LimitsRow>`select * from bearer_limits`.execute(executor)
    return new Map(
      rows.map(row => [
        row.bearer_id,
        {
          texts: {
            minute: row.texts_per_minute ?? usual.texts.minute,
            day: row.texts_per_day ?? usual.texts.day
          },
          calls: {
            minute: row.calls_per_minute ?? usual.calls.minute,
            day: row.calls_per_day ?? usual.calls.day
          }
        }
      ])
    )
  }

  /** Inside a transaction by that transaction: SQLite has no second connection to ask by. */
  async function ownLimits(executor: Executor): Promise<Map<number, Limits>> {
    if (known && known.until > stopwatch()) return known.limits
    const limits = await readLimits(executor)
    known = { until: stopwatch() + believedMs, limits }
    return limits
  }

  const startOf = (span: Span): number => {
    const now = clock.now()
    return now - (now % spanMs[span])
  }

  const refusalOf = (kind: UsageKind, span: Span, limit: number, startsAt: number): LimitReached =>
    new LimitReached(
      `This bearer may ${kind === 'texts' ? 'send' : 'make'} ${limit} ${kind} a ${span}`,
      limit,
      Math.max(1, Math.ceil((startsAt + spanMs[span] - clock.now()) / 1_000))
    )

  /** Counters of the current minute and day, locked until the transaction ends. */
  async function lockCounts(
    tx: Transaction,
    kind: UsageKind,
    limited: readonly { bearerId: number; span: Span }[]
  ): Promise<Map<string, CountRow>> {
    const rows = await database.insert<CountRow>(
      tx.sql,
      'usage_counts',
      { bearer_id: 'bigint', kind: 'text', span: 'text', starts_at: 'bigint', count: 'bigint' },
      // In one order, so that two transactions never wait for each other.
      limited
        .map(({ bearerId, span }) => ({
          bearer_id: bearerId,
          kind,
          span,
          starts_at: startOf(span),
          count: 0
        }))
        .toSorted((a, b) => a.bearer_id - b.bearer_id || (a.span < b.span ? -1 : 1)),
      sql`on conflict (bearer_id, kind, span) do update set
        count = case when usage_counts.starts_at < excluded.starts_at then 0 else usage_counts.count end,
        starts_at = case when usage_counts.starts_at < excluded.starts_at
          then excluded.starts_at else usage_counts.starts_at end
        returning bearer_id, span, starts_at, count`
    )
    return new Map(rows.map(row => [`${row.bearer_id} ${row.span}`, row]))
  }

  async function add(tx: Transaction, kind: UsageKind, rows: readonly CountRow[]): Promise<void> {
    if (rows.length === 0) return
    const list = rows.map(({ bearer_id, span, count }) => ({ bearer_id, span, count }))
    await sql`update usage_counts set count = r.count
      from ${database.rows(list, { bearer_id: 'bigint', span: 'text', count: 'bigint' })}
      where usage_counts.kind = ${kind} and usage_counts.bearer_id = r.bearer_id
        and usage_counts.span = r.span`.execute(tx.sql)
  }

  const guard: UsageGuard = {
    forget() {
      known = undefined
    },

    async limitsOf(bearerId) {
      return (await ownLimits(database.sql)).get(bearerId) ?? usual
    },

    async grant(tx, kind, wishes, spans = bothSpans) {
      const own = await ownLimits(tx.sql)
      const limitOf = (bearerId: number, span: Span): number =>
        (own.get(bearerId) ?? usual)[kind][span]
      const limited =
        own.size === 0 && !isLimitedAsUsual
          ? []
          : [...new Set(wishes.map(({ bearerId }) => bearerId))].flatMap(bearerId =>
              spans.filter(span => limitOf(bearerId, span) > 0).map(span => ({ bearerId, span }))
            )
      if (limited.length === 0)
        return wishes.map(({ count }) => ({ granted: count, refusal: undefined }))

      const counts = await lockCounts(tx, kind, limited)
      const changed = new Set<CountRow>()
      const grants = wishes.map(({ bearerId, count }) => {
        let granted = count
        let refusal: LimitReached | undefined
        const rows = spans.flatMap(span => counts.get(`${bearerId} ${span}`) ?? [])
        for (const row of rows) {
          const limit = limitOf(bearerId, row.span)
          const room = Math.max(0, limit - row.count)
          if (room >= granted) continue
          granted = room
          refusal = refusalOf(kind, row.span, limit, row.starts_at)
        }
        for (const row of granted > 0 ? rows : []) {
          row.count += granted
          changed.add(row)
        }
        return { granted, refusal }
      })
      await add(tx, kind, [...changed])
      return grants
    },

    async take(tx, kind, wish, spans = bothSpans) {
      const [grant] = await guard.grant(tx, kind, [wish], spans)
      // What was counted is gone with the transaction.
      if (grant?.refusal) throw grant.refusal
    },

    async check(kind, { bearerId, count }, span) {
      const room = await guard.roomOf(bearerId, kind, span)
      if (room && room.used + count > room.limit)
        throw refusalOf(kind, span, room.limit, startOf(span))
    },

    async giveBack(tx, kind, { bearerId, count }) {
      if (count === 0) return
      const own = await ownLimits(tx.sql)
      if (own.size === 0 && !isLimitedAsUsual) return
      await sql`update usage_counts
        set count = case when count > ${count} then count - ${count} else 0 end
        where bearer_id = ${bearerId} and kind = ${kind} and span = 'day'
          and starts_at = ${startOf('day')}`.execute(tx.sql)
    },

    async roomOf(bearerId, kind, span) {
      const limit = (await guard.limitsOf(bearerId))[kind][span]
      if (limit === 0) return undefined
      const startsAt = startOf(span)
      const used = await usedSince(database.sql, bearerId, kind, span, startsAt)
      return { limit, used, resetsAt: startsAt + spanMs[span] }
    }
  }
  return guard
}

async function usedSince(
  executor: Executor,
  bearerId: number,
  kind: UsageKind,
  span: Span,
  startsAt: number
): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count from usage_counts
    where bearer_id = ${bearerId} and kind = ${kind} and span = ${span} and starts_at >= ${startsAt}`.execute(
    executor
  )
  return rows[0]?.count ?? 0
}
