import { zoomTime } from '../../dates.ts'
import type { UserRecord } from '../../resources/user.ts'

export function shownUser(user: UserRecord): Record<string, unknown> {
  const { phoneNumber } = user
  return {
    ...shownMachine(user),
    participant_uuid: user.participantUuid,
    audio_quality: 'good',
    video_quality: 'good',
    screen_share_quality: 'good',
    audio_call:
      phoneNumber === null
        ? []
        : [{ call_number: phoneNumber, call_type: 'call-in', zoom_number: '+16015550190' }]
  }
}

/** Who it is, and on what machine: all are much alike here. */
export function shownMachine(user: UserRecord): Record<string, unknown> {
  const { leftAt, key } = user
  return {
    id: user.id,
    name: user.name,
    device: user.device,
    ip_address: '203.0.113.7',
    location: 'Jackson (US)',
    network_type: 'Wifi',
    microphone: 'Default microphone',
    speaker: 'Default speaker',
    camera: 'Default camera',
    data_center: 'United States (US Top)',
    connection_type: 'UDP',
    join_time: zoomTime(user.joinedAt),
    ...(leftAt === null ? {} : { leave_time: zoomTime(leftAt) }),
    ...(key === null ? {} : { user_key: key }),
    client: 'Web',
    os: user.device,
    os_version: '1',
    browser_name: 'Chrome',
    browser_version: '140',
    is_original_host: user.isOriginalHost
  }
}
