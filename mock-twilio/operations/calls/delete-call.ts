import { refusal } from '../../errors.ts'
import { isOver } from '../../lifecycles/call.ts'
import type { Operation } from '../../operation.ts'
import { findCall } from './find-call.ts'

export const deleteCall: Operation = {
  name: 'delete-call',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:Sid.json',
  status: 204,
  handle: asked => {
    const { world } = asked
    const call = findCall(asked)
    if (!isOver(call.status)) throw refusal(20009, call.sid)
    world.calls.remove(call)
    world.journal.append({ kind: 'call.deleted', sid: call.sid, to: call.to })
    return undefined
  }
}
