import type { PlanHandlers } from '../../simulator/agenda.ts'
import { drawMs } from '../../simulator/faults.ts'
import type { SessionRecord } from '../resources/session.ts'
import { isInside } from '../resources/user.ts'
import { tellOfPhoneCallout, tellOfRoomCallout } from '../webhooks/callout-events.ts'
import type { World } from '../world.ts'

/*
 * People and room systems that are called from a session. It rings, and after a while somebody answers, unless a
 * fault says otherwise: an `outcome` for the operation `callout` or `room-callout` with the status missed,
 * rejected, canceled or failed. How long it rings is ours.
 */

const ringsForMs = 5000

export interface PhoneInvitation {
  name: string
  phoneNumber: string
}

export interface RoomInvitation {
  callType: 'h323' | 'sip'
  deviceIp: string
}

export function callOutPhone(
  world: World,
  session: SessionRecord,
  { name, phoneNumber }: PhoneInvitation
): void {
  const callout = { name, phoneNumber, uuid: world.ids.uuid(), ...inviterOf(session) }
  session.has.pstn = true
  world.note(session, 'callout.ringing', { to: phoneNumber })
  tellOfPhoneCallout(world, session, callout, 'ringing')
  const plan = { kind: 'session.phone-answers', sessionId: session.id, callout }
  world.plan(ringMs(world, session, 'callout', phoneNumber), plan)
}

export function callOutRoomSystem(
  world: World,
  session: SessionRecord,
  { callType, deviceIp }: RoomInvitation
): void {
  const ids = { uuid: world.ids.uuid(), messageId: world.ids.token() }
  const callout = { callType, deviceIp, ...ids, ...inviterOf(session) }
  world.note(session, 'room_callout.ringing', { to: deviceIp })
  tellOfRoomCallout(world, session, callout, 'ringing')
  const plan = { kind: 'session.room-answers', sessionId: session.id, callout }
  world.plan(ringMs(world, session, 'room-callout', deviceIp), plan)
}

export function handleCallouts(planned: PlanHandlers<World>): void {
  planned.on('session.phone-answers', (world, { sessionId, callout }) => {
    const session = world.sessions.get(String(sessionId))
    if (session === undefined || !isPhoneCallout(callout)) return
    const asked = outcome(world, session, 'callout', callout.phoneNumber)?.status
    const ending = phoneEndings.find(one => one === asked) ?? 'accepted'
    world.note(session, `callout.${ending}`, { to: callout.phoneNumber })
    tellOfPhoneCallout(world, session, callout, ending)
  })
  planned.on('session.room-answers', (world, { sessionId, callout }) => {
    const session = world.sessions.get(String(sessionId))
    if (session === undefined || !isRoomCallout(callout)) return
    const asked = outcome(world, session, 'room-callout', callout.deviceIp)
    const ending = roomEndings.find(one => one === asked?.status) ?? 'accepted'
    world.note(session, `room_callout.${ending}`, { to: callout.deviceIp })
    tellOfRoomCallout(world, session, callout, ending, asked?.error_code ?? 7)
  })
}

const phoneEndings = ['accepted', 'missed', 'rejected', 'canceled'] as const
const roomEndings = ['accepted', 'missed', 'rejected', 'failed'] as const

interface Inviter {
  hostId: string
  inviterName: string
  userKey: string
}

export type PhoneCallout = Inviter & PhoneInvitation & { uuid: string }
export type RoomCallout = Inviter & RoomInvitation & { uuid: string; messageId: string }

function isPhoneCallout(value: unknown): value is PhoneCallout {
  return typeof value === 'object' && value !== null && 'phoneNumber' in value
}

function isRoomCallout(value: unknown): value is RoomCallout {
  return typeof value === 'object' && value !== null && 'deviceIp' in value
}

function inviterOf({ users, hostId }: SessionRecord): Inviter {
  const inviter = users.find(({ id }) => id === hostId) ?? users.find(isInside)
  return {
    hostId: hostId ?? '',
    inviterName: inviter?.name ?? '',
    userKey: inviter?.key ?? ''
  }
}

function outcome(world: World, { id, name }: SessionRecord, operation: string, to: string) {
  if (world.faults.isEmpty) return undefined
  return (
    world.faults.take('outcome', { operation, to, service: id }) ??
    world.faults.take('outcome', { operation, to: name, service: id })
  )
}

function ringMs(world: World, { id }: SessionRecord, operation: string, to: string): number {
  if (world.faults.isEmpty) return ringsForMs
  const slow = world.faults.take('delay', { operation, to, service: id })
  return slow === undefined ? ringsForMs : drawMs(slow.ms, world.randomFor(`ring/${id}/${to}`))
}
