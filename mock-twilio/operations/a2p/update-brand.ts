import { resubmitBrand } from '../../compliance/brand-review.ts'
import { refusal } from '../../errors.ts'
import { brandUpdateLimit } from '../../lifecycles/brand.ts'
import type { Operation } from '../../operation.ts'
import { brandResource } from '../../resources/brand.ts'
import { findBrand } from './find-brand.ts'

/** Hands a failed brand in again, with what its bundles say by now. It takes no parameters. */
export const updateBrand: Operation = {
  name: 'update-brand',
  method: 'POST',
  path: '/messaging/v1/a2p/BrandRegistrations/:Sid',
  status: 202,
  handle: call => {
    const brand = findBrand(call, 'Sid')
    if (brand.status !== 'FAILED') throw refusal(21725, brand.status)
    if (brand.updates >= brandUpdateLimit) throw refusal(21724, brandUpdateLimit)
    resubmitBrand(call.world, brand)
    return brandResource(call.world, brand)
  }
}
