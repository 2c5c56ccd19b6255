import { dayMs, dayOf } from '../../dates.ts'
import { invalid } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import type { World } from '../../world.ts'

/** What was used on each day of a month; of this month, when none is named. */
export const dailyReport: Operation = {
  name: 'daily-report',
  method: 'GET',
  path: '/videosdk/report/daily',
  // [unverified]
  label: 'Heavy',
  status: 200,
  handle: ({ world, query }) => {
    const now = new Date(world.now())
    const year = numberIn(query, 'year', 1970, 9999) ?? now.getUTCFullYear()
    const month = numberIn(query, 'month', 1, 12) ?? now.getUTCMonth() + 1
    const dates = []
    const [start, end] = [Date.UTC(year, month - 1), Date.UTC(year, month)]
    for (let day = start; day < end; day += dayMs) dates.push(used(world, day))
    return { year, month, dates }
  }
}

function used(world: World, day: number): Record<string, unknown> {
  const sessions = [...world.sessions.values()].filter(
    ({ startedAt }) => startedAt !== null && startedAt >= day && startedAt < day + dayMs
  )
  const ms = sessions.reduce(
    (sum, { startedAt, endedAt }) => sum + (endedAt ?? world.now()) - (startedAt ?? 0),
    0
  )
  return {
    date: dayOf(day),
    sessions: sessions.length,
    users: sessions.reduce((sum, { users }) => sum + users.length, 0),
    session_minutes: Math.ceil(ms / 60_000)
  }
}

function numberIn(
  query: URLSearchParams,
  field: string,
  least: number,
  most: number
): number | undefined {
  const text = query.get(field)
  if (text === null || text === '') return undefined
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw invalid({ field, message: `The value is from ${least} to ${most}.` })
}
