import { zoomTime } from '../../dates.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { UserRecord } from '../../resources/user.ts'
import { sessionOfType } from './list-users.ts'
import { shownMachine } from './shown-user.ts'

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
  const heard = {
    bitrate: '64 kbps',
    latency: '20 ms',
    jitter: '3 ms',
    avg_loss: '0%',
    max_loss: '0%'
  }
  const seen = { ...heard, resolution: '640*360', frame_rate: '24 fps' }
  const at = { date_time: zoomTime(user.joinedAt) }
  const quality = { audio_input: heard, audio_output: heard, video_input: seen, video_output: seen }
  return { ...shownMachine(user), user_qos: [{ ...at, ...quality }] }
}
