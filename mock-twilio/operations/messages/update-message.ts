import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import { isTerminal } from '../../lifecycles/message.ts'
import type { Operation } from '../../operation.ts'
import { messageResource, redactBody } from '../../resources/message.ts'
import { findMessage } from './find-message.ts'

/** An update does one of two things: it takes a scheduled message back, or it blots a text out. */
export const updateMessage: Operation = {
  name: 'update-message',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:Sid.json',
  status: 200,
  handle: call => {
    const { world, form, services } = call
    const message = findMessage(call, 'Sid')
    const body = text(form, 'Body')
    const status = text(form, 'Status')
    if ((body === undefined) === (status === undefined)) throw refusal(30400)
    if (status !== undefined) {
      if (status !== 'canceled') throw refusal(30400)
      if (message.status !== 'scheduled') throw refusal(30409, message.sid, message.status)
      services.delivery.cancel(world, message)
    } else {
      if (body !== '') throw refusal(30400)
      if (!isTerminal(message.status) && message.status !== 'sent')
        throw refusal(20009, message.sid)
      redactBody(message)
      message.dateUpdated = world.now()
      world.journal.append({ kind: 'message.redacted', sid: message.sid, to: message.to })
    }
    return messageResource(world, message)
  }
}
