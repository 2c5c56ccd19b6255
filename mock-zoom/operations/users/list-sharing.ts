import { zoomTime } from '../../dates.ts'
import type { Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { SessionRecord } from '../../resources/session.ts'
import { sessionOfType } from './list-users.ts'

/** Who showed what. The host also has the cloud recordings. */
export const listSharing: Operation = {
  name: 'list-sharing',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/users/sharing',
  // [unverified]
  label: 'Heavy',
  status: 200,
  handle: call => {
    const session = sessionOfType(call)
    const { items, ...page } = pageOf(call.world, {
      items: session.users,
      key: ({ id }) => id,
      query: call.query,
      usualSize: 30,
      mostSize: 100
    })
    const users = items.map(({ id, name, key, shares }) => ({
      id,
      name,
      user_key: key ?? '',
      details: [
        ...shares.map(({ content, startedAt, endedAt }) => detail(content, startedAt, endedAt)),
        ...(id === session.hostId ? recorded(session) : [])
      ]
    }))
    return { ...page, users }
  }
}

function recorded({ runs }: SessionRecord) {
  return runs.map(({ startedAt, endedAt }) => detail('cloud_recording', startedAt, endedAt))
}

function detail(content: string, startedAt: number, endedAt: number | null) {
  return {
    content,
    start_time: zoomTime(startedAt),
    ...(endedAt === null ? {} : { end_time: zoomTime(endedAt) })
  }
}
