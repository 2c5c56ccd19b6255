import type { SessionRecord } from '../resources/session.ts'
import type { PhoneCallout, RoomCallout } from '../sessions/call-out.ts'
import type { World } from '../world.ts'
import { tell } from './tell.ts'

/** Who is called from a session. Here `id` is the session's number. */

/** A number of Zoom's, from which it calls. */
const calledFrom = 16_015_550_190

export function tellOfPhoneCallout(
  world: World,
  session: SessionRecord,
  { uuid, hostId, userKey, name, phoneNumber }: PhoneCallout,
  how: 'ringing' | 'accepted' | 'missed' | 'rejected' | 'canceled'
): void {
  const object = {
    ...(how === 'canceled' ? {} : { id: session.number, uuid }),
    session_id: session.id,
    session_name: session.name,
    session_key: session.key ?? '',
    user_key: userKey,
    ...(how === 'canceled' ? {} : { host_id: hostId }),
    participant: {
      invitee_name: name,
      phone_number: Number(phoneNumber.replace('+', '')),
      from_number: calledFrom
    }
  }
  tell(world, { event: `session.user_phone_callout_${how}`, session, object })
}

export function tellOfRoomCallout(
  world: World,
  session: SessionRecord,
  { uuid, hostId, messageId, inviterName, callType, deviceIp }: RoomCallout,
  how: 'ringing' | 'accepted' | 'missed' | 'rejected' | 'failed',
  reasonType = 7
): void {
  const object = {
    id: session.number,
    uuid,
    session_id: session.id,
    session_name: session.name,
    host_id: hostId,
    message_id: messageId,
    inviter_name: inviterName,
    ...(how === 'failed' ? { reason_type: reasonType } : {}),
    participant: { call_type: callType, device_ip: deviceIp }
  }
  tell(world, { event: `session.user_room_system_callout_${how}`, session, object })
}
