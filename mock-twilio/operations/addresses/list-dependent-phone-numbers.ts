import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { dependentNumberResource } from '../../resources/phone-number.ts'
import { dependentsOf, findAddress } from './find-address.ts'

export const listDependentPhoneNumbers: Operation = {
  name: 'list-dependent-phone-numbers',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Addresses/:AddressSid/DependentPhoneNumbers.json',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const numbers = dependentsOf(world, findAddress(call, 'AddressSid'))
    const page = pageOf(pageRequest(query), numbers)
    return envelope('dependent_phone_numbers', path, query, page, number =>
      dependentNumberResource(world, number)
    )
  }
}
