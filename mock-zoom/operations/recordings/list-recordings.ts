import { dateRangeIn } from '../../date-range.ts'
import { dayMs } from '../../dates.ts'
import { invalid } from '../../errors.ts'
import type { Call, Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import { filesOf, shownRecordings } from './shown-recordings.ts'

/** By the days on which sessions began; in the trash, all that is there. */
export const listRecordings: Operation = {
  name: 'list-recordings',
  method: 'GET',
  path: '/videosdk/recordings',
  label: 'Medium',
  status: 200,
  handle: call => {
    const { world, query } = call
    const isTrash = isTrashAsked(call)
    const { from, to, since, until } = dateRangeIn(query, world.now())
    const found = [...world.filesBySession.keys()].flatMap(id => {
      const session = world.sessions.get(id)
      const startedAt = session?.startedAt ?? 0
      const isWithin = isTrash || (startedAt >= since && startedAt < until + dayMs)
      if (session === undefined || !isWithin) return []
      const files = filesOf(call, session, isTrash)
      return files.length === 0 ? [] : [{ session, files }]
    })
    const { items, ...page } = pageOf(world, {
      items: found.toReversed(),
      key: ({ session }) => session.id,
      query,
      usualSize: 30,
      mostSize: 300
    })
    const sessions = items.map(({ session, files }) => shownRecordings(call, session, files))
    return { from, to, ...page, total_records: found.length, sessions }
  }
}

function isTrashAsked({ query }: Call): boolean {
  const trash = query.get('trash') ?? 'false'
  if (trash !== 'true' && trash !== 'false') {
    throw invalid({ field: 'trash', message: 'The value is true or false.' })
  }
  const type = query.get('trash_type') ?? 'session_recordings'
  if (type !== 'session_recordings' && type !== 'recording_file') {
    throw invalid({ field: 'trash_type', message: 'Invalid field.' })
  }
  if (trash === 'true' && (query.has('from') || query.has('to'))) {
    throw invalid({ field: 'from', message: 'Dates cannot be used with trash.' })
  }
  return trash === 'true'
}
