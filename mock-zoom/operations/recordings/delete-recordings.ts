import { invalid } from '../../errors.ts'
import type { Call, Operation } from '../../operation.ts'
import { deleteFiles, trashFiles } from '../../recordings/trash.ts'
import { findFiles } from './find-files.ts'

/** Into the trash, unless `action=delete` asks for more. */
function removeFiles(call: Call): undefined {
  const action = call.query.get('action') ?? 'trash'
  if (action !== 'trash' && action !== 'delete') {
    throw invalid({ field: 'action', message: 'The value is trash or delete.' })
  }
  const { session, files } = findFiles(call)
  if (action === 'trash') trashFiles(call.world, session, files)
  else deleteFiles(call.world, session, files)
  return undefined
}

export const deleteSessionRecordings: Operation = {
  name: 'delete-session-recordings',
  method: 'DELETE',
  path: '/videosdk/sessions/{sessionId}/recordings',
  // [unverified]
  label: 'Light',
  status: 204,
  handle: removeFiles
}

export const deleteRecording: Operation = {
  name: 'delete-recording',
  method: 'DELETE',
  path: '/videosdk/sessions/{sessionId}/recordings/{recordingId}',
  // [unverified]
  label: 'Light',
  status: 204,
  handle: removeFiles
}
