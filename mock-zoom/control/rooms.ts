import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { zoomTime } from '../dates.ts'
import type { SessionRecord } from '../resources/session.ts'
import { isInside, type UserRecord } from '../resources/user.ts'
import { callOutPhone, callOutRoomSystem } from '../sessions/call-out.ts'
import { joinSession } from '../sessions/join-session.ts'
import { endSession, leaveSession, loseConnection, removeUser } from '../sessions/leave-session.ts'
import { ownToken } from '../sessions/own-token.ts'
import { actingHost, insideOf, instancesOf, liveSession } from '../sessions/people.ts'
import { mayRecord, recordingState, recordingVerbs } from '../sessions/record-session.ts'
import { JoinRefusal } from '../sessions/session-token.ts'
import { sharedContents, startSharing, stopSharing } from '../sessions/share-screen.ts'
import { connectStream } from '../sessions/stream-ingestion.ts'
import { alertIssues, tellOfIssues } from '../webhooks/session-events.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const strict = { additionalProperties: false }
const Name = Type.String({ minLength: 1, maxLength: 400 })
const Who = Type.String({ maxLength: 1000, description: 'id, name or user key of who is inside' })
const Room = { params: Type.Object({ name: Type.String() }) }

const Join = Type.Object(
  {
    user_name: Type.String({ maxLength: 1000 }),
    token: Type.Optional(
      Type.String({ description: 'of the application; the mock makes one when absent' })
    ),
    as: Type.Optional(Type.Union([Type.Literal('host'), Type.Literal('guest')])),
    user_key: Type.Optional(Type.String()),
    session_key: Type.Optional(Type.String()),
    session_password: Type.Optional(Type.String()),
    session_idle_timeout_mins: Type.Optional(Type.Number()),
    device: Type.Optional(Type.String({ maxLength: 100 })),
    phone_number: Type.Optional(Type.String({ maxLength: 30 }))
  },
  strict
)

const Leave = Type.Object(
  {
    user: Who,
    abruptly: Type.Optional(
      Type.Boolean({ description: 'the connection breaks: Zoom notices a while later' })
    )
  },
  strict
)

const By = Type.Object({ by: Type.Optional(Who) }, strict)

const Remove = Type.Object({ user: Who, by: Type.Optional(Who) }, strict)

const Record = Type.Object(
  {
    action: Type.Union(['start', 'pause', 'resume', 'stop'].map(verb => Type.Literal(verb))),
    by: Type.Optional(Who)
  },
  strict
)

const Share = Type.Object(
  {
    user: Who,
    action: Type.Union([Type.Literal('start'), Type.Literal('stop')]),
    content: Type.Optional(Type.Union(sharedContents.map(content => Type.Literal(content))))
  },
  strict
)

const Chat = Type.Object({ user: Who, text: Type.String({ maxLength: 4000 }) }, strict)

const Issues = Type.Object(
  {
    issues: Type.Array(Type.Union(alertIssues.map(issue => Type.Literal(issue))), { minItems: 1 })
  },
  strict
)

const Callout = Type.Union([
  Type.Object(
    { phone_number: Type.String({ pattern: '^\\+?[0-9]{3,15}$' }), name: Type.Optional(Name) },
    strict
  ),
  Type.Object(
    {
      call_type: Type.Union([Type.Literal('h323'), Type.Literal('sip')]),
      device_ip: Type.String({ maxLength: 200 })
    },
    strict
  )
])

const Stream = Type.Object(
  {
    stream_id: Type.String(),
    action: Type.Union([Type.Literal('connect'), Type.Literal('disconnect')])
  },
  strict
)

/** What people do in sessions, and with their machines. */
export const roomControl: FastifyPluginCallbackTypebox<{
  world: (accountId?: string) => World
}> = (app, { world }, done) => {
  app.get('/_mock/rooms', request => {
    const here = world(worldNameIn(request))
    return [...here.openSessions.values()].map(session => shownSession(here, session))
  })

  app.get('/_mock/rooms/:name', { schema: Room }, request => {
    const here = world(worldNameIn(request))
    const { name } = request.params
    const sessions = instancesOf(here, name).map(session => shownSession(here, session))
    return { name: name.toLowerCase(), sessions }
  })

  app.post('/_mock/rooms/:name/join', { schema: { ...Room, body: Join } }, (request, reply) => {
    const here = world(worldNameIn(request))
    const { body } = request
    const topic = request.params.name
    const token =
      body.token ??
      ownToken(here, {
        topic,
        role: body.as ?? 'guest',
        userKey: body.user_key,
        sessionKey: body.session_key
      })
    try {
      const { session, user } = joinSession(here, {
        topic,
        token,
        userName: body.user_name,
        password: body.session_password,
        idleTimeoutMins: body.session_idle_timeout_mins,
        device: body.device,
        phoneNumber: body.phone_number
      })
      const { id, participantUuid, role } = user
      return reply
        .code(201)
        .send({ session_id: session.id, user_id: id, participant_uuid: participantUuid, role })
    } catch (error) {
      if (!(error instanceof JoinRefusal)) throw error
      const { code, message } = error
      here.journal.append({
        kind: 'session.join_refused',
        session_name: topic.toLowerCase(),
        user_name: body.user_name,
        code,
        message
      })
      return reply.code(400).send({ error: message, code })
    }
  })

  app.post('/_mock/rooms/:name/leave', { schema: { ...Room, body: Leave } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    const user = insideOf(session, request.body.user)
    if (request.body.abruptly === true) loseConnection(here, session, user)
    else leaveSession(here, session, user)
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/end', { schema: { ...Room, body: By } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    actingHost(session, request.body.by, true)
    endSession(here, session)
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/remove', { schema: { ...Room, body: Remove } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    actingHost(session, request.body.by)
    removeUser(here, session, insideOf(session, request.body.user))
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/host', { schema: { ...Room, body: Remove } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    passHost(session, actingHost(session, request.body.by, true), request.body.user)
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/record', { schema: { ...Room, body: Record } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    actingHost(session, request.body.by)
    recordAs(here, session, request.body.action)
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/share', { schema: { ...Room, body: Share } }, request => {
    const here = world(worldNameIn(request))
    const { user: who, action, content = 'desktop' } = request.body
    const session = liveSession(here, request.params.name)
    const user = insideOf(session, who)
    if (action === 'stop') stopSharing(here, session, user)
    else if (session.blocked.share.includes(user.id)) {
      throw new ControlRefusal(409, `${user.name} may not share`)
    } else startSharing(here, session, user, content)
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/chat', { schema: { ...Room, body: Chat } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    const { name } = insideOf(session, request.body.user)
    session.chat.push({ at: here.now(), name, text: request.body.text })
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/alert', { schema: { ...Room, body: Issues } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    const { issues } = request.body
    for (const issue of issues) if (!session.issues.includes(issue)) session.issues.push(issue)
    tellOfIssues(here, session, issues)
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/callout', { schema: { ...Room, body: Callout } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    const { body } = request
    if ('phone_number' in body) {
      const { phone_number: phoneNumber, name = phoneNumber } = body
      callOutPhone(here, session, { name, phoneNumber })
    } else {
      callOutRoomSystem(here, session, { callType: body.call_type, deviceIp: body.device_ip })
    }
    return shownSession(here, session)
  })

  app.post('/_mock/rooms/:name/stream', { schema: { ...Room, body: Stream } }, request => {
    const here = world(worldNameIn(request))
    const session = liveSession(here, request.params.name)
    const { stream_id: id, action } = request.body
    const stream = here.streams.get(id)
    if (stream === undefined || !Object.hasOwn(session.streams, id)) {
      throw new ControlRefusal(404, `no stream "${id}" is bound to the session`)
    }
    connectStream(here, session, stream, action === 'connect')
    return shownSession(here, session)
  })
  done()
}

/** Words, for what cannot be done now. */
export function recordAs(world: World, session: SessionRecord, verb: string): void {
  if (!mayRecord(world)) {
    const { cloudRecording } = world.settings
    throw new ControlRefusal(409, `cloud recording is ${cloudRecording} for this account`)
  }
  if (recordingVerbs[verb]?.(world, session) === true) return
  const state = recordingState(session)
  throw new ControlRefusal(409, `the recording is ${state}, and cannot ${verb}`)
}

export function passHost(session: SessionRecord, from: UserRecord, who: string): void {
  const to = insideOf(session, who)
  from.role = 'manager'
  to.role = 'host'
  session.hostId = to.id
}

function shownSession(world: World, session: SessionRecord): Record<string, unknown> {
  const { startedAt, endedAt } = session
  return {
    session_id: session.id,
    session_name: session.name,
    session_key: session.key,
    status: session.status,
    start_time: startedAt === null ? null : zoomTime(startedAt),
    end_time: endedAt === null ? null : zoomTime(endedAt),
    recording: recordingState(session),
    users: session.users.map(user => ({
      id: user.id,
      name: user.name,
      user_key: user.key,
      role: user.role,
      inside: isInside(user),
      lost: user.lostAt !== null && isInside(user),
      join_time: zoomTime(user.joinedAt),
      leave_time: user.leftAt === null ? null : zoomTime(user.leftAt),
      leave_reason: user.leaveReason
    })),
    files: (world.filesBySession.get(session.id) ?? []).map(file => ({
      id: file.id,
      recording_type: file.recordingType,
      file_type: file.fileType,
      file_size: file.size,
      in_trash: file.trashedAt !== null
    }))
  }
}
