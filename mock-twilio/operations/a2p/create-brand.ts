import { startBrandReview } from '../../compliance/brand-review.ts'
import { requiredSid } from '../../compliance/parameters.ts'
import { policyOf } from '../../compliance/policies.ts'
import { refusal } from '../../errors.ts'
import { flag, oneOf } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { brandResource, brandTypes, type BrandRecord } from '../../resources/brand.ts'
import type { BundleKindName } from '../../resources/bundle.ts'
import type { World } from '../../world.ts'

export const createBrand: Operation = {
  name: 'create-brand',
  method: 'POST',
  path: '/messaging/v1/a2p/BrandRegistrations',
  status: 201,
  handle: ({ world, form }) => {
    const customerProfileSid = requiredSid(form, 'CustomerProfileBundleSid', 'BU')
    const a2pProfileSid = requiredSid(form, 'A2PProfileBundleSid', 'BU')
    const brandType = oneOf(form, 'BrandType', brandTypes) ?? 'STANDARD'
    const isMock = flag(form, 'Mock') ?? false
    const skipsSecondaryVetting = flag(form, 'SkipAutomaticSecVet') ?? false
    if (brandType === 'STARTER') throw refusal(21726)
    // A mock brand is not registered anywhere, and here nothing has to stand behind it: the Ruby gem
    // mock-twilio makes one of bundles that it never created.
    if (!isMock) {
      refuseUnlessApproved(
        world,
        'CustomerProfileBundleSid',
        customerProfileSid,
        'customer-profile'
      )
      refuseUnlessApproved(world, 'A2PProfileBundleSid', a2pProfileSid, 'trust-product')
    }
    const now = world.now()
    const brand: BrandRecord = {
      sid: world.ids.sid('BN'),
      customerProfileSid,
      a2pProfileSid,
      brandType,
      isMock,
      skipsSecondaryVetting,
      status: 'PENDING',
      identityStatus: 'SELF_DECLARED',
      tcrId: null,
      score: null,
      isGovernment: false,
      taxExemptStatus: null,
      errors: [],
      updates: 0,
      vettings: [],
      dateCreated: now,
      dateUpdated: now
    }
    world.compliance.brands.set(brand.sid, brand)
    startBrandReview(world, brand)
    return brandResource(world, brand)
  }
}

/** A starter profile may still be looked at: Twilio approves it together with its brand. */
function refuseUnlessApproved(world: World, name: string, sid: string, kind: BundleKindName): void {
  const bundle = world.compliance.bundles.get(sid)
  if (bundle === undefined) throw refusal(20001, `${name} ${sid} does not exist`)
  if (bundle.kind !== kind) throw refusal(20001, `${name} ${sid} is no ${kind}`)
  if (bundle.status === 'twilio-approved') return
  const isStarter = policyOf(bundle.policySid)?.providesType.startsWith('starter_') ?? false
  if (isStarter && bundle.status === 'in-review') return
  throw refusal(20001, `${name} ${sid} is ${bundle.status}, and has to be twilio-approved`)
}
