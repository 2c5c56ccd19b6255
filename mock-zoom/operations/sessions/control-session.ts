import { Type, type Static } from '@sinclair/typebox'

import { invalid, refusal } from '../../errors.ts'
import { withBody, type Call, type Operation } from '../../operation.ts'
import type { SessionRecord } from '../../resources/session.ts'
import { isInside, type UserRecord } from '../../resources/user.ts'
import { callOutPhone, callOutRoomSystem } from '../../sessions/call-out.ts'
import { removeUser } from '../../sessions/leave-session.ts'
import { recordingState, recordingVerbs } from '../../sessions/record-session.ts'
import {
  bindStream,
  sendStream,
  stopStream,
  unbindStream
} from '../../sessions/stream-ingestion.ts'
import type { World } from '../../world.ts'
import { findLiveSession } from './find-session.ts'

const longText = Type.String({ maxLength: 1000 })

const ControlSession = Type.Object({
  method: Type.Union(
    [
      'recording.start',
      'recording.stop',
      'recording.pause',
      'recording.resume',
      'user.invite.callout',
      'user.invite.room_system_callout',
      'stream_ingestion.bind',
      'stream_ingestion.unbind',
      'stream_ingestion.send',
      'stream_ingestion.stop',
      'audio.block',
      'audio.unblock',
      'video.block',
      'video.unblock',
      'share.block',
      'share.unblock',
      'user.remove'
    ].map(method => Type.Literal(method))
  ),
  params: Type.Optional(
    Type.Object({
      invitee_name: Type.Optional(longText),
      phone_number: Type.Optional(Type.String({ pattern: '^\\+?[0-9]{3,15}$' })),
      call_type: Type.Optional(Type.Union([Type.Literal('h323'), Type.Literal('sip')])),
      device_ip: Type.Optional(longText),
      participant_uuid: Type.Optional(longText),
      stream_ingestion_stream_id: Type.Optional(longText)
    })
  )
})

type Params = NonNullable<Static<typeof ControlSession>['params']>

/** Answered before anything has happened, with 202 and nothing else. */
export const controlSession: Operation = {
  name: 'control-session',
  method: 'PATCH',
  path: '/videosdk/sessions/{sessionId}/events',
  // [unverified]
  label: 'Light',
  status: 202,
  handle: withBody(ControlSession, (call, { method, params = {} }) => {
    const { world } = call
    if (world.settings.cloudRecording === 'no_events_api') throw refusal('apiNotAvailable')
    const session = findLiveSession(call)
    const dot = method.lastIndexOf('.')
    const [subject, verb] = [method.slice(0, dot), method.slice(dot + 1)]
    if (subject === 'recording') controlRecording(world, session, verb)
    else if (subject === 'stream_ingestion') controlStream(call, session, verb, params)
    else if (subject === 'user.invite') invite(world, session, verb, params)
    else controlUser(world, session, subject, verb, params)
    return undefined
  })
}

function controlRecording(world: World, session: SessionRecord, verb: string): void {
  const { cloudRecording } = world.settings
  if (cloudRecording === 'disabled') throw refusal('recordingDisabled')
  if (cloudRecording === 'expired') throw refusal('planExpired')
  if (cloudRecording === 'full') throw refusal('storageFull')
  const state = recordingState(session)
  if (recordingVerbs[verb]?.(world, session) !== true) throw refusal('recordingState', state, verb)
}

function controlStream(call: Call, session: SessionRecord, verb: string, params: Params): void {
  const { world } = call
  const id = params.stream_ingestion_stream_id
  const stream = id === undefined ? undefined : world.streams.get(id)
  if (id === undefined) {
    throw invalid({
      field: 'params.stream_ingestion_stream_id',
      message: 'This field is required.'
    })
  }
  if (stream === undefined) throw refusal('unknownStream', id)
  if (verb === 'bind') bindStream(session, stream)
  else if (verb === 'unbind') unbindStream(world, session, stream)
  else if (verb === 'send') sendStream(world, session, stream)
  else stopStream(world, session, stream)
}

function invite(world: World, session: SessionRecord, verb: string, params: Params): void {
  if (verb === 'callout') {
    const { invitee_name: name, phone_number: phoneNumber } = params
    if (phoneNumber === undefined) {
      throw invalid({ field: 'params.phone_number', message: 'This field is required.' })
    }
    callOutPhone(world, session, { name: name ?? phoneNumber, phoneNumber })
    return
  }
  const { call_type: callType, device_ip: deviceIp } = params
  if (callType === undefined || deviceIp === undefined) {
    throw invalid({ field: 'params.device_ip', message: 'This field is required.' })
  }
  callOutRoomSystem(world, session, { callType, deviceIp })
}

function controlUser(
  world: World,
  session: SessionRecord,
  subject: string,
  verb: string,
  { participant_uuid: uuid }: Params
): void {
  if (uuid === undefined) {
    throw invalid({ field: 'params.participant_uuid', message: 'This field is required.' })
  }
  const user = session.users.find(one => one.participantUuid === uuid && isInside(one))
  if (user === undefined) throw refusal('unknownUser', uuid)
  if (subject === 'audio' || subject === 'video' || subject === 'share') {
    block(session.blocked[subject], user, verb === 'block')
    return
  }
  removeUser(world, session, user)
}

function block(blocked: string[], { id }: UserRecord, isBlocked: boolean): void {
  const place = blocked.indexOf(id)
  if (isBlocked && place === -1) blocked.push(id)
  if (!isBlocked && place !== -1) blocked.splice(place, 1)
}
