import { refusal } from '../../errors.ts'
import { isTerminal } from '../../lifecycles/message.ts'
import type { Operation } from '../../operation.ts'
import { findMessage } from './find-message.ts'

export const deleteMessage: Operation = {
  name: 'delete-message',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:Sid.json',
  status: 204,
  handle: call => {
    const { world } = call
    const message = findMessage(call, 'Sid')
    if (!isTerminal(message.status) && message.status !== 'sent') throw refusal(20009, message.sid)
    world.messages.remove(message)
    world.journal.append({ kind: 'message.deleted', sid: message.sid, to: message.to })
    return undefined
  }
}
