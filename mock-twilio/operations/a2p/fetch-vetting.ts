import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { vettingResource } from '../../resources/brand.ts'
import { findBrand } from './find-brand.ts'

export const fetchVetting: Operation = {
  name: 'fetch-vetting',
  method: 'GET',
  path: '/messaging/v1/a2p/BrandRegistrations/:BrandSid/Vettings/:BrandVettingSid',
  status: 200,
  handle: call => {
    const brand = findBrand(call, 'BrandSid')
    const vetting = brand.vettings.find(({ sid }) => sid === call.params['BrandVettingSid'])
    if (vetting === undefined) throw refusal(20404, call.path)
    return vettingResource(call.world, brand, vetting)
  }
}
