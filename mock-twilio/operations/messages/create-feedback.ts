import { rfc2822 } from '../../dates.ts'
import { refusal } from '../../errors.ts'
import { oneOf } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { apiVersion } from '../../resources/api-version.ts'
import { findMessage } from './find-message.ts'

/** Whether the person did what the message was for. Nothing follows from it here but an entry in the journal. */
export const createFeedback: Operation = {
  name: 'create-feedback',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:MessageSid/Feedback.json',
  status: 200,
  handle: call => {
    const { world, form } = call
    const message = findMessage(call, 'MessageSid')
    const outcome = oneOf(form, 'Outcome', ['confirmed', 'unconfirmed'] as const) ?? 'confirmed'
    if (message.providesFeedback !== true) {
      throw refusal(20001, `message ${message.sid} was created without ProvideFeedback=true`)
    }
    world.journal.append({ kind: 'message.feedback', sid: message.sid, to: message.to, outcome })
    const now = rfc2822(world.now())
    const path = `Accounts/${world.accountSid}/Messages/${message.sid}`
    return {
      account_sid: world.accountSid,
      date_created: now,
      date_updated: now,
      message_sid: message.sid,
      outcome,
      uri: `/${apiVersion}/${path}/Feedback.json`
    }
  }
}
