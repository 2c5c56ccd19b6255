import { Type } from '@sinclair/typebox'

import { dayMs, zoomTime } from '../../dates.ts'
import { invalid, refusal } from '../../errors.ts'
import { withBody, type Operation } from '../../operation.ts'
import { newSession } from '../../sessions/new-session.ts'
import { isSessionName, longestName } from '../../sessions/session-token.ts'
import { settingsOf } from './shown-session.ts'

const CreateSession = Type.Object({
  session_name: Type.String({ minLength: 1, maxLength: longestName }),
  session_password: Type.Optional(Type.String({ maxLength: 10, pattern: '^[ -~]*$' })),
  settings: Type.Optional(
    Type.Object({
      auto_recording: Type.Optional(Type.Union([Type.Literal('cloud'), Type.Literal('none')]))
    })
  )
})

/** Keeps a name for a day, so that people can dial in. Nothing begins, and nobody is told. */
export const createSession: Operation = {
  name: 'create-session',
  method: 'POST',
  path: '/videosdk/sessions',
  label: 'Medium',
  status: 201,
  handle: withBody(CreateSession, ({ world }, body) => {
    if (!isSessionName(body.session_name)) {
      throw invalid({ field: 'session_name', message: 'Invalid field.' })
    }
    const name = body.session_name.toLowerCase()
    if (world.openSessions.has(name)) throw refusal('nameTaken')
    const password = body.session_password ?? ''
    const session = newSession(world, {
      name,
      password: password === '' ? null : password,
      recordsByItself: body.settings?.auto_recording === 'cloud'
    })
    world.plan(dayMs, { kind: 'session.lapse', sessionId: session.id })
    return {
      session_id: session.id,
      session_number: session.number,
      session_name: session.name,
      session_password: password,
      passcode: session.passcode,
      created_at: zoomTime(session.createdAt),
      settings: settingsOf(session)
    }
  })
}
