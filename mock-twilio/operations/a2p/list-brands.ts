import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { brandResource } from '../../resources/brand.ts'

export const listBrands: Operation = {
  name: 'list-brands',
  method: 'GET',
  path: '/messaging/v1/a2p/BrandRegistrations',
  status: 200,
  handle: ({ world, query, path }) => {
    const page = pageOf(pageRequest(query), world.compliance.brands.values())
    return metaEnvelope('data', `https://messaging.twilio.com${path}`, query, page, brand =>
      brandResource(world, brand)
    )
  }
}
