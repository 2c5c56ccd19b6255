import { zoomTime } from '../../dates.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { UserRecord } from '../../resources/user.ts'
import { sessionOfType } from './list-users.ts'

/** How well it was heard and seen. All connections are good here. */
export const listQos: Operation = {
  name: 'list-qos',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/users/qos',
  // [unverified]
  label: 'Heavy',
  status: 200,
  handle: call => {
    const session = sessionOfType(call)
    const { items, ...page } = pageOf(call.world, {
      items: session.users,
      key: ({ id }) => id,
      query: call.query,
      usualSize: 1,
      mostSize: 10
    })
    return { ...page, users: items.map(shownQos) }
  }
}

export const fetchUserQos: Operation = {
  name: 'fetch-user-qos',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/users/{userId}/qos',
  // [unverified]
  label: 'Heavy',
  status: 200,
  handle: call => {
    const { userId = '' } = call.params
    const user = sessionOfType(call).users.find(({ id }) => id === userId)
    if (user === undefined) throw refusal('unknownUser', userId)
    return shownQos(user)
  }
}

function shownQos(user: UserRecord): Record<string, unknown> {
  const quality = { bitrate: '64 kbps', latency: '20 ms', jitter: '3 ms', avg_loss: '0%' }
  const when = zoomTime(user.joinedAt)
  return {
    id: user.id,
    name: user.name,
    device: user.device,
    join_time: when,
    ...(user.leftAt === null ? {} : { leave_time: zoomTime(user.leftAt) }),
    user_qos: [{ date_time: when, audio_input: quality, audio_output: quality }]
  }
}
