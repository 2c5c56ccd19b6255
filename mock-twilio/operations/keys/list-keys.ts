import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { keyResource } from '../../resources/key.ts'

export const listKeys: Operation = {
  name: 'list-keys',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Keys.json',
  status: 200,
  isForMainKeys: true,
  handle: ({ world, query, path }) =>
    envelope('keys', path, query, pageOf(pageRequest(query), world.keys.values()), keyResource)
}
