import type { SessionRecord } from '../resources/session.ts'
import { tellOfLiveStream } from '../webhooks/session-events.ts'
import type { World } from '../world.ts'

/** False when it is streamed already, or when nobody has said where to. */
export function startLiveStream(world: World, session: SessionRecord): boolean {
  const { liveStream } = session
  if (liveStream.startedAt !== null || liveStream.streamUrl === '') return false
  liveStream.startedAt = world.now()
  world.note(session, 'session.live_streaming_started')
  tellOfLiveStream(world, session, 'session.live_streaming_started')
  return true
}

/** False when it is not streamed. */
export function stopLiveStream(world: World, session: SessionRecord): boolean {
  if (session.liveStream.startedAt === null) return false
  session.liveStream.startedAt = null
  world.note(session, 'session.live_streaming_stopped')
  tellOfLiveStream(world, session, 'session.live_streaming_stopped')
  return true
}
