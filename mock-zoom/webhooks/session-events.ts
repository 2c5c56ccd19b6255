import { zoomTime } from '../dates.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { Share, UserRecord } from '../resources/user.ts'
import type { World } from '../world.ts'
import { tell } from './tell.ts'

/** What happens in a session. `id` and `session_id` are the same. */

export function tellOfStart(world: World, session: SessionRecord): void {
  const object = { ...sessionObject(session), start_time: startOf(session) }
  tell(world, { event: 'session.started', session, object })
}

export function tellOfEnd(world: World, session: SessionRecord): void {
  const object = {
    ...sessionObject(session),
    start_time: startOf(session),
    end_time: zoomTime(session.endedAt ?? world.now())
  }
  tell(world, { event: 'session.ended', session, object })
}

export function tellOfUser(
  world: World,
  session: SessionRecord,
  user: UserRecord,
  event: 'session.user_joined' | 'session.user_left'
): void {
  const when =
    event === 'session.user_joined'
      ? { join_time: zoomTime(user.joinedAt) }
      : { leave_time: zoomTime(user.leftAt ?? world.now()), leave_reason: user.leaveReason ?? '' }
  const told = {
    id: user.id,
    name: user.name,
    ...when,
    ...keyOf(user),
    ...(user.phoneNumber === null ? {} : { phone_number: user.phoneNumber }),
    participant_uuid: user.participantUuid
  }
  tell(world, { event, session, object: { ...sessionObject(session), user: told } })
}

export function tellOfSharing(
  world: World,
  session: SessionRecord,
  user: UserRecord,
  { content, startedAt, endedAt }: Share
): void {
  const event = endedAt === null ? 'session.sharing_started' : 'session.sharing_ended'
  const details = { content, date_time: zoomTime(endedAt ?? startedAt) }
  const told = { id: user.id, name: user.name, ...keyOf(user), sharing_details: details }
  tell(world, { event, session, object: { ...sessionObject(session), user: told } })
}

export const alertIssues = [
  'Unstable audio quality',
  'Unstable video quality',
  'Unstable screen share quality',
  'High CPU occupation',
  'Call Reconnection'
] as const

export type AlertIssue = (typeof alertIssues)[number]

export function tellOfIssues(
  world: World,
  session: SessionRecord,
  issues: readonly AlertIssue[]
): void {
  const object = { ...sessionObject(session), issues: [...issues] }
  tell(world, { event: 'session.alert', session, object })
}

export function tellOfLiveStream(
  world: World,
  session: SessionRecord,
  event: 'session.live_streaming_started' | 'session.live_streaming_stopped'
): void {
  const { streamUrl, streamKey, pageUrl, resolution } = session.liveStream
  const object = {
    ...sessionObject(session),
    start_time: startOf(session),
    live_streaming: {
      service: 'Custom_Live_Streaming_Service',
      custom_live_streaming_settings: {
        stream_url: streamUrl,
        stream_key: streamKey,
        page_url: pageUrl,
        ...(resolution === '' ? {} : { resolution })
      },
      date_time: zoomTime(world.now())
    }
  }
  tell(world, { event, session, object })
}

export function startOf({ startedAt, createdAt }: SessionRecord): string {
  return zoomTime(startedAt ?? createdAt)
}

function sessionObject({ id, name, key }: SessionRecord) {
  return {
    id,
    session_id: id,
    session_name: name,
    ...(key === null ? {} : { session_key: key })
  }
}

function keyOf({ key }: UserRecord) {
  return key === null ? {} : { user_key: key }
}
