import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { idsBetween } from '../../platform/ids-by-time.ts'
import type { StatsSource } from './sources.ts'

export const dayMs = 86_400_000
/** Counts of a day that can still change are believed for so long. */
const believedMs = 60_000
/** What has not moved for so many days after its own will not: a text whose receipt never came. */
const settledAfterDays = 7
/** So many ids are counted by one statement: other requests have their turn in between. */
const idsPerStatement = 20_000

/** How many rows of a bearer have a status. */
export type Count = readonly [bearerId: number | null, status: string, count: number]

export interface CountedDay {
  day: string
  counts: Count[]
  countedAt: number
}

interface StoredDay {
  day: string
  counts: string
  counted_at: number
  is_final: boolean | number
}

/** `2026-11-23` of the day that begins then, in UTC. */
export const dayName = (startsAt: number): string => new Date(startsAt).toISOString().slice(0, 10)

/**
 * The days of a source from one start to another, each counted when it is asked for and kept: for ever when
 * nothing of it can change, otherwise for a minute. Two processes that count the same day write the same.
 */
export async function countDays(
  deps: { database: Database; clock: Clock },
  source: StatsSource,
  from: number,
  to: number
): Promise<CountedDay[]> {
  const { database, clock } = deps
  const now = clock.now()
  const { rows } = await sql<StoredDay>`
    select day, counts, counted_at, is_final from daily_stats
    where source = ${source.name} and day >= ${dayName(from)} and day < ${dayName(to)}`.execute(
    database.sql
  )
  const stored = new Map(rows.map(row => [row.day, row]))
  const days: CountedDay[] = []
  for (let start = from; start < to; start += dayMs) {
    const day = dayName(start)
    const known = stored.get(day)
    if (known && (known.is_final || isFresh(known.counted_at, now)))
      days.push({ day, counts: JSON.parse(known.counts), countedAt: known.counted_at })
    else days.push(await countDay(deps, source, start, now))
  }
  return days
}

/** A clock that was set back makes nothing fresh. */
const isFresh = (countedAt: number, now: number): boolean =>
  countedAt <= now && now - countedAt < believedMs

async function countDay(
  { database }: { database: Database },
  source: StatsSource,
  start: number,
  now: number
): Promise<CountedDay> {
  const end = start + dayMs
  const { first, end: lastId } = await idsBetween(database.sql, source.table, start, end)
  const sums = new Map<string, [number | null, string, number]>()
  for (let id = first; id < lastId; id += idsPerStatement) {
    const { rows } = await sql<{ bearer: number | null; status: string; count: number }>`
      select ${sql.ref(source.bearerColumn)} as bearer, ${sql.ref(source.statusColumn)} as status,
        count(*) as count
      from ${sql.table(source.table)}
      where id >= ${id} and id < ${Math.min(id + idsPerStatement, lastId)}
        and created_at >= ${start} and created_at < ${end}
      group by 1, 2`.execute(database.sql)
    for (const { bearer, status, count } of rows) {
      const key = `${bearer} ${status}`
      const sum = sums.get(key)
      if (sum) sum[2] += count
      else sums.set(key, [bearer, status, count])
    }
    await new Promise(resolve => setImmediate(resolve))
  }
  const counts = [...sums.values()].toSorted(
    ([a, s], [b, t]) => (a ?? 0) - (b ?? 0) || (s < t ? -1 : 1)
  )
  const has = (statuses: readonly string[]): boolean =>
    counts.some(([, status]) => statuses.includes(status))
  const isFinal =
    now >= end + believedMs &&
    !has(source.passing) &&
    (!has(source.settling) || now >= end + settledAfterDays * dayMs)
  const day = dayName(start)
  await store(database, source, { day, counts, countedAt: now }, isFinal)
  return { day, counts, countedAt: now }
}

async function store(
  database: Database,
  source: StatsSource,
  { day, counts, countedAt }: CountedDay,
  isFinal: boolean
): Promise<void> {
  await database.insert(
    database.sql,
    'daily_stats',
    { source: 'text', day: 'text', counts: 'text', counted_at: 'bigint', is_final: 'boolean' },
    [
      {
        source: source.name,
        day,
        counts: JSON.stringify(counts),
        counted_at: countedAt,
        is_final: database.dialect === 'postgresql' ? isFinal : Number(isFinal)
      }
    ],
    sql`on conflict (source, day) do update set counts = excluded.counts,
      counted_at = excluded.counted_at, is_final = excluded.is_final`
  )
}

/** Says that rows of a source, created at these times, have changed: their days are counted anew. */
export async function recountDays(
  { database }: { database: Database },
  tx: Transaction,
  source: StatsSource,
  createdAt: readonly number[]
): Promise<void> {
  const days = [...new Set(createdAt.map(dayName))].map(day => ({ day }))
  await sql`delete from daily_stats where source = ${source.name}
    and day in (select r.day from ${database.rows(days, { day: 'text' })})`.execute(tx.sql)
}
