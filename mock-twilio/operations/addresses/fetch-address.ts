import type { Operation } from '../../operation.ts'
import { addressResource } from '../../resources/address.ts'
import { findAddress } from './find-address.ts'

export const fetchAddress: Operation = {
  name: 'fetch-address',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Addresses/:Sid.json',
  status: 200,
  handle: call => addressResource(call.world, findAddress(call))
}
