import type { Operation } from '../../operation.ts'
import { messageResource } from '../../resources/message.ts'
import { findMessage } from './find-message.ts'

export const fetchMessage: Operation = {
  name: 'fetch-message',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages/:Sid.json',
  status: 200,
  handle: call => messageResource(call.world, findMessage(call, 'Sid'))
}
