import type { Operation } from '../../operation.ts'
import { keyResource } from '../../resources/key.ts'
import { findKey } from './find-key.ts'

export const fetchKey: Operation = {
  name: 'fetch-key',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Keys/:Sid.json',
  status: 200,
  isForMainKeys: true,
  handle: call => keyResource(findKey(call))
}
