import type { Operation } from '../../operation.ts'
import { brandResource } from '../../resources/brand.ts'
import { findBrand } from './find-brand.ts'

export const fetchBrand: Operation = {
  name: 'fetch-brand',
  method: 'GET',
  path: '/messaging/v1/a2p/BrandRegistrations/:Sid',
  status: 200,
  handle: call => brandResource(call.world, findBrand(call, 'Sid'))
}
