import { dateRangeIn } from '../../date-range.ts'
import { dayMs } from '../../dates.ts'
import { invalid } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { SessionRecord } from '../../resources/session.ts'
import { listedSession } from './shown-session.ts'

/** Dates count for what is past: what is live is listed whenever it began. */
export const listSessions: Operation = {
  name: 'list-sessions',
  method: 'GET',
  path: '/videosdk/sessions',
  label: 'Resource-intensive',
  status: 200,
  handle: call => {
    const { world, query } = call
    const range = dateRangeIn(query, world.now())
    const type = query.get('type') ?? 'live'
    if (type !== 'live' && type !== 'past') {
      throw invalid({ field: 'type', message: 'The value is live or past.' })
    }
    const name = query.get('session_name')?.toLowerCase()
    const key = query.get('session_key')
    const isListed = (session: SessionRecord): boolean => {
      if (name !== undefined && name !== '' && session.name !== name) return false
      if (key !== null && key !== '' && session.key !== key) return false
      if (type === 'live') return session.status === 'live'
      const startedAt = session.startedAt ?? 0
      const isWithin = startedAt >= range.since && startedAt < range.until + dayMs
      return session.status === 'ended' && isWithin
    }
    const { items, ...page } = pageOf(world, {
      items: [...world.sessions.values()].filter(isListed).toReversed(),
      key: ({ id }) => id,
      query,
      usualSize: 30,
      mostSize: 300
    })
    const sessions = items.map(session => listedSession(world, session))
    return { from: range.from, to: range.to, ...page, sessions }
  }
}
