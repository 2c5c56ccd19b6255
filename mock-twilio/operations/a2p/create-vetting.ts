import { startVetting } from '../../compliance/brand-review.ts'
import { shortText } from '../../compliance/parameters.ts'
import { refusal } from '../../errors.ts'
import { oneOf } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { vettingProviders, vettingResource, type VettingRecord } from '../../resources/brand.ts'
import { findBrand } from './find-brand.ts'

/** Asks Aegis to vet a brand, or imports the token that Campaign Verify gave to a political one. */
export const createVetting: Operation = {
  name: 'create-vetting',
  method: 'POST',
  path: '/messaging/v1/a2p/BrandRegistrations/:BrandSid/Vettings',
  status: 201,
  handle: call => {
    const { world, form } = call
    const brand = findBrand(call, 'BrandSid')
    const provider = oneOf(form, 'VettingProvider', vettingProviders)
    if (provider === undefined) throw refusal(20001, 'Missing required parameter VettingProvider')
    const vettingId = shortText(form, 'VettingId') || null
    const isUnderWay = brand.vettings.some(
      other => other.provider === provider && other.status === 'IN_PROGRESS'
    )
    if (provider === 'campaign-verify') {
      if (!vettingId?.startsWith('cv|')) throw refusal(21722)
      if (brand.status !== 'APPROVED') throw refusal(21721, brand.status)
      if (isUnderWay) throw refusal(21723)
    }
    // What Twilio answers for Aegis in these cases is not documented.
    if (brand.status !== 'APPROVED')
      throw refusal(20409, `The brand ${brand.sid} is ${brand.status}`)
    if (isUnderWay) throw refusal(20409, `The brand ${brand.sid} is being vetted already`)
    const now = world.now()
    const vetting: VettingRecord = {
      sid: world.ids.sid('VT'),
      provider,
      vettingId,
      status: 'IN_PROGRESS',
      dateCreated: now,
      dateUpdated: now
    }
    brand.vettings.push(vetting)
    startVetting(world, vetting)
    return vettingResource(world, brand, vetting)
  }
}
