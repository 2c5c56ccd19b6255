import type { Json } from '../json.ts'
import { conferenceIn } from './conference-calls.ts'
import type { Story } from './stories.ts'
import { keyOf } from './video-calls.ts'

/** What moves by itself: somebody is being called from the moment of the creation. */
const moving = [
  'internal_status',
  'provider_status',
  'conference_sid',
  'error_code',
  'error_description',
  'failed_at',
  'updated_at',
  'participants'
]

const wrongNumber = (body: unknown): Json => ({ ...Object(body), moderator_number: '555-0100' })

/** Calls of every kind, as they are created and read. */
export const callStories: readonly Story[] = [
  {
    name: 'conference call',
    create: 'post_conference_calls',
    resource: conferenceIn,
    params: ({ uuid }) => ({ uuid: String(uuid) }),
    read: 'get_conference_calls_by_uuid',
    volatile: moving
  },
  {
    name: "moderator's call",
    create: 'post_conference_calls',
    params: ({ uuid }) => ({ uuid: String(uuid) }),
    read: 'get_calls_by_uuid',
    volatile: [...moving, 'conference_call'],
    refused: request => ({ ...request, body: wrongNumber(request.body) })
  },
  {
    name: 'video call',
    create: 'post_video_calls',
    params: call => ({ session_key: keyOf(call) }),
    read: 'get_video_calls_by_session_key',
    refused: request => ({ ...request, body: { video_call: { host_username: ' ' } } })
  }
]
