import { Type } from '@sinclair/typebox'

import { refusal } from '../../errors.ts'
import { withBody, type Operation } from '../../operation.ts'
import { recoverFiles } from '../../recordings/trash.ts'
import { findFiles } from './find-files.ts'

const Recover = Type.Object({ action: Type.Literal('recover') })

/** Back from the trash. Who may not is told so under a status of 200, as documented. */
const recover = withBody(Recover, call => {
  if (!call.world.settings.mayRecover) throw refusal('notPermitted')
  const { session, files } = findFiles(call, true)
  recoverFiles(call.world, session, files)
  return undefined
})

export const recoverSessionRecordings: Operation = {
  name: 'recover-session-recordings',
  method: 'PUT',
  path: '/videosdk/sessions/{sessionId}/recordings/status',
  label: 'Light',
  status: 204,
  handle: recover
}

export const recoverRecording: Operation = {
  name: 'recover-recording',
  method: 'PUT',
  path: '/videosdk/sessions/{sessionId}/recordings/{recordingId}/status',
  label: 'Light',
  status: 204,
  handle: recover
}
