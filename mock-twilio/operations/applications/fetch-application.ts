import type { Operation } from '../../operation.ts'
import { applicationResource } from '../../resources/application.ts'
import { findApplication } from './find-application.ts'

export const fetchApplication: Operation = {
  name: 'fetch-application',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Applications/:Sid.json',
  status: 200,
  handle: call => applicationResource(call.world, findApplication(call))
}
