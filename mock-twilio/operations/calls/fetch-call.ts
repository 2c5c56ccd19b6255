import type { Operation } from '../../operation.ts'
import { callResource } from '../../resources/call.ts'
import { findCall } from './find-call.ts'

export const fetchCall: Operation = {
  name: 'fetch-call',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:Sid.json',
  status: 200,
  handle: asked => callResource(asked.world, findCall(asked))
}
