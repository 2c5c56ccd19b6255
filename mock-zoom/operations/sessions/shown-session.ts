import { clockDuration, zoomTime } from '../../dates.ts'
import type { SessionRecord } from '../../resources/session.ts'
import type { World } from '../../world.ts'

/** As lists show it. */
export function listedSession(world: World, session: SessionRecord): Record<string, unknown> {
  const { startedAt, endedAt, has, key, issues } = session
  const lasted = startedAt === null ? 0 : (endedAt ?? world.now()) - startedAt
  const quality = (what: string) => (issues.includes(`Unstable ${what} quality`) ? 'poor' : 'good')
  return {
    id: session.id,
    session_name: session.name,
    ...(startedAt === null ? {} : { start_time: zoomTime(startedAt) }),
    ...(endedAt === null ? {} : { end_time: zoomTime(endedAt) }),
    duration: clockDuration(lasted),
    user_count: session.users.length,
    has_voip: has.voip,
    has_video: has.video,
    has_screen_share: has.screenShare,
    has_recording: has.recording,
    has_pstn: has.pstn,
    has_session_summary: session.transcriptOption === 2,
    ...(key === null ? {} : { session_key: key }),
    audio_quality: quality('audio'),
    video_quality: quality('video'),
    screen_share_quality: quality('screen share')
  }
}

/** With what only the details have. */
export function detailedSession(world: World, session: SessionRecord): Record<string, unknown> {
  const ms = session.users.reduce(
    (sum, { joinedAt, leftAt }) => sum + (leftAt ?? world.now()) - joinedAt,
    0
  )
  return {
    ...listedSession(world, session),
    session_number: session.number,
    passcode: session.passcode,
    created_at: zoomTime(session.createdAt),
    settings: settingsOf(session),
    total_minutes: Math.ceil(ms / 60_000)
  }
}

export function settingsOf({ recordsByItself }: SessionRecord): Record<string, unknown> {
  return {
    auto_recording: recordsByItself ? 'cloud' : 'none',
    global_dial_in_countries: ['US'],
    global_dial_in_numbers: [
      { country: 'US', country_name: 'United States', number: '+1 6015550190', type: 'toll' }
    ]
  }
}
