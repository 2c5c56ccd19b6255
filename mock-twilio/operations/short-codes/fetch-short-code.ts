import type { Operation } from '../../operation.ts'
import { shortCodeResource } from '../../resources/short-code.ts'
import { findShortCode } from './find-short-code.ts'

export const fetchShortCode: Operation = {
  name: 'fetch-short-code',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/SMS/ShortCodes/:Sid.json',
  status: 200,
  handle: call => shortCodeResource(call.world, findShortCode(call))
}
