import { oneOf } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { vettingProviders, vettingResource } from '../../resources/brand.ts'
import { findBrand } from './find-brand.ts'

export const listVettings: Operation = {
  name: 'list-vettings',
  method: 'GET',
  path: '/messaging/v1/a2p/BrandRegistrations/:BrandSid/Vettings',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const brand = findBrand(call, 'BrandSid')
    const wanted = oneOf(query, 'VettingProvider', vettingProviders)
    const vettings = brand.vettings.filter(
      ({ provider }) => wanted === undefined || provider === wanted
    )
    const page = pageOf(pageRequest(query), vettings)
    return metaEnvelope('data', `https://messaging.twilio.com${path}`, query, page, vetting =>
      vettingResource(world, brand, vetting)
    )
  }
}
