import type { Operation } from '../../operation.ts'
import { findMedia, findMessage } from './find-message.ts'

export const deleteMedia: Operation = {
  name: 'delete-media',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Media/:Sid.json',
  status: 204,
  handle: call => {
    const message = findMessage(call, 'MessageSid')
    const media = findMedia(call, message)
    message.media = message.media.filter(other => other !== media)
    return undefined
  }
}
