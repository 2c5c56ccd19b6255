import type { SessionRecord } from '../resources/session.ts'
import { isInside } from '../resources/user.ts'
import type { World } from '../world.ts'

/*
 * A session with one user and no cloud recording ends after 40 minutes. A host who is alone may have chosen
 * another time when joining. https://developers.zoom.us/docs/video-sdk/web/sessions
 */

/** To be called whenever somebody comes or goes and whenever a recording begins or stops. */
export function watchLoneUser(world: World, session: SessionRecord): void {
  session.company++
  if (!isLonely(session)) return
  const ms = timeoutMs(world, session)
  if (ms === 0) return
  world.plan(ms, { kind: 'session.lone', sessionId: session.id, company: session.company })
}

export function isLonely({ status, users, runs }: SessionRecord): boolean {
  const isRecorded = runs.some(run => run.status === 'recording' || run.status === 'paused')
  return status === 'live' && !isRecorded && users.filter(isInside).length === 1
}

function timeoutMs(world: World, session: SessionRecord): number {
  const lone = session.users.find(isInside)
  const isHost = lone?.id === session.hostId
  return (isHost ? session.hostTimeoutMs : null) ?? world.settings.loneUserTimeoutMs
}
