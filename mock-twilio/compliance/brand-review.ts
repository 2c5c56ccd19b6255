import type { Plan } from '../../simulator/agenda.ts'
import type { ComplianceCallbacks } from '../callbacks/compliance-callback.ts'
import {
  brandLifecycle,
  brandReviewTiming,
  identityAfter,
  vettingTakesMs,
  type BrandEvent
} from '../lifecycles/brand.ts'
import type { BrandError, BrandRecord, VettingRecord } from '../resources/brand.ts'
import type { World } from '../world.ts'
import { attributeOf } from './bundle-contents.ts'
import { tellOfBrand } from './events.ts'
import { advance, planStep, recordOf, ruledEnd } from './steps.ts'

export const brandReview = 'brand-review'
export const brandVetting = 'brand-vetting'

const review = 'review-brand'

/** The brand has just become PENDING. */
export function startBrandReview(world: World, brand: BrandRecord): void {
  planStep(world, brandReview, brand.sid, brand.updates, brandReviewTiming.registersAfterMs)
}

export function resubmitBrand(world: World, brand: BrandRecord): void {
  brand.updates++
  brand.errors = []
  move(world, brand, 'resubmitted')
  startBrandReview(world, brand)
}

/**
 * Twilio tells of a brand that it is registered, and then whether it is who it says. The Ruby gem
 * mock-twilio tells of every brand that it is unverified, and then that it is registered: whoever tests
 * against its order asks for it by `brand_events`.
 */
const eventNames = {
  twilio: { registered: 'brand-registered', verified: 'brand-verified' },
  gem: { registered: 'brand-unverified', verified: 'brand-registered' }
} as const

export function reviewBrand(world: World, plan: Plan, callbacks: ComplianceCallbacks): void {
  const brand = recordOf(plan, world.compliance.brands, ({ updates }) => updates)
  if (brand === undefined) return
  const names = eventNames[world.origin.brand_events ?? 'twilio']
  if (brand.status === 'PENDING') {
    const rule = ruledEnd(world, review, { to: brand.sid, body: brand.brandType }, ['FAILED'])
    if (rule !== undefined) {
      brand.errors = [generalError(rule.errorCode ?? 30_792)]
      move(world, brand, 'refused')
      tellOfBrand(world, callbacks, brand, 'brand-failure')
      return
    }
    brand.tcrId ??= registryId(world, 'B', brand.sid)
    move(world, brand, 'registered')
    planStep(world, brandReview, brand.sid, brand.updates, brandReviewTiming.verifiesAfterMs)
    tellOfBrand(world, callbacks, brand, names.registered)
    return
  }
  describeBrand(world, brand)
  const error = identityError(world, brand)
  if (error !== undefined) {
    brand.errors = [error]
    move(world, brand, 'unverified')
    tellOfBrand(world, callbacks, brand, 'brand-unverified')
    return
  }
  // Low-volume brands skip the secondary vetting that a score comes from.
  const isScored = brand.brandType === 'STANDARD' && !brand.skipsSecondaryVetting
  if (isScored) brand.score = scoreOf(world, brand)
  move(world, brand, 'verified')
  tellOfBrand(world, callbacks, brand, names.verified)
}

export function startVetting(world: World, vetting: VettingRecord): void {
  planStep(world, brandVetting, vetting.sid, 0, vettingTakesMs)
}

export function endVetting(world: World, plan: Plan, callbacks: ComplianceCallbacks): void {
  for (const brand of world.compliance.brands.values()) {
    const vetting = brand.vettings.find(({ sid }) => sid === plan['sid'])
    if (vetting === undefined) continue
    const rule = ruledEnd(world, 'vet-brand', { to: brand.sid, body: vetting.provider }, ['FAILED'])
    vetting.status = rule === undefined ? 'SUCCESS' : 'FAILED'
    vetting.dateUpdated = world.now()
    if (rule !== undefined) {
      tellOfBrand(world, callbacks, brand, 'brand-secondary-vetting-failure')
      return
    }
    brand.identityStatus = 'VETTED_VERIFIED'
    if (vetting.provider === 'aegis') brand.score ??= scoreOf(world, brand)
    brand.dateUpdated = world.now()
    tellOfBrand(world, callbacks, brand, 'brand-vetted-verified')
  }
}

/** An id of The Campaign Registry: a letter and six more. */
export function registryId(world: World, letter: 'B' | 'C', sid: string): string {
  const random = world.randomFor(`${sid}/registry`)
  const digits = Array.from({ length: 6 }, () => random.between(0, 35).toString(36).toUpperCase())
  return letter + digits.join('')
}

function move(world: World, brand: BrandRecord, event: BrandEvent): void {
  brand.identityStatus = identityAfter[event]
  advance(world, brand, brandLifecycle, event)
}

/** What the registry finds out about a brand. */
function describeBrand(world: World, brand: BrandRecord): void {
  const product = world.compliance.bundles.get(brand.a2pProfileSid)
  const companyType = attributeOf(
    world,
    product,
    'us_a2p_messaging_profile_information',
    'company_type'
  )
  brand.isGovernment = companyType === 'government'
  brand.taxExemptStatus = companyType === 'non-profit' ? '501c3' : null
}

/** An EIN has nine digits. https://www.twilio.com/docs/api/errors/30795 */
function identityError(world: World, brand: BrandRecord): BrandError | undefined {
  const profile = world.compliance.bundles.get(brand.customerProfileSid)
  const type = 'customer_profile_business_information'
  const identifier = attributeOf(world, profile, type, 'business_registration_identifier')
  const number = attributeOf(world, profile, type, 'business_registration_number')
  if (identifier === undefined || number === undefined) return undefined
  if (!identifier.includes('EIN') || /^\d{2}-?\d{7}$/.test(number)) return undefined
  return {
    code: 30_795,
    description: 'Brand Registration Feedback: The submitted US EIN is invalid.',
    fields: ['business_registration_number', 'business_registration_identifier', 'business_name']
  }
}

function generalError(code: number): BrandError {
  return { code, description: 'Brand Registration Failure', fields: [] }
}

function scoreOf(world: World, brand: BrandRecord): number {
  return world.randomFor(`${brand.sid}/score`).between(50, 100)
}
