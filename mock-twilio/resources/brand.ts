import { iso8601 } from '../dates.ts'
import type { BrandStatus, IdentityStatus } from '../lifecycles/brand.ts'
import type { World } from '../world.ts'

export const brandTypes = ['STANDARD', 'SOLE_PROPRIETOR', 'STARTER'] as const

export interface BrandRecord {
  readonly sid: string
  readonly customerProfileSid: string
  readonly a2pProfileSid: string
  readonly brandType: (typeof brandTypes)[number]
  readonly isMock: boolean
  readonly skipsSecondaryVetting: boolean
  status: BrandStatus
  identityStatus: IdentityStatus
  /** The id at The Campaign Registry, once it is there. */
  tcrId: string | null
  score: number | null
  isGovernment: boolean
  taxExemptStatus: string | null
  errors: BrandError[]
  /** How often it was handed in again. */
  updates: number
  readonly vettings: VettingRecord[]
  readonly dateCreated: number
  dateUpdated: number
}

export interface BrandError {
  code: number
  description: string
  fields: string[]
}

export const vettingProviders = ['campaign-verify', 'aegis'] as const

export interface VettingRecord {
  readonly sid: string
  readonly provider: (typeof vettingProviders)[number]
  readonly vettingId: string | null
  status: 'IN_PROGRESS' | 'SUCCESS' | 'FAILED'
  readonly dateCreated: number
  dateUpdated: number
}

type Wire = Record<string, unknown>

export function brandResource(world: World, brand: BrandRecord): Wire {
  const url = urlOf(brand)
  const [error] = brand.errors
  return {
    sid: brand.sid,
    account_sid: world.accountSid,
    customer_profile_bundle_sid: brand.customerProfileSid,
    a2p_profile_bundle_sid: brand.a2pProfileSid,
    date_created: iso8601(brand.dateCreated),
    date_updated: iso8601(brand.dateUpdated),
    brand_type: brand.brandType,
    status: brand.status,
    tcr_id: brand.tcrId,
    failure_reason: error === undefined ? null : error.description,
    errors: brand.errors.map(({ code, description, fields }) => ({
      error_code: code,
      description,
      url: `https://www.twilio.com/docs/api/errors/${code}`,
      fields
    })),
    url,
    brand_score: brand.score,
    brand_feedback: error?.code === 30795 ? ['TAX_ID'] : [],
    identity_status: brand.identityStatus,
    russell_3000: false,
    government_entity: brand.isGovernment,
    tax_exempt_status: brand.taxExemptStatus,
    skip_automatic_sec_vet: brand.skipsSecondaryVetting,
    mock: brand.isMock,
    links: { brand_vettings: `${url}/Vettings`, brand_registration_otps: `${url}/SmsOtp` }
  }
}

export function vettingResource(world: World, brand: BrandRecord, vetting: VettingRecord): Wire {
  return {
    account_sid: world.accountSid,
    brand_sid: brand.sid,
    brand_vetting_sid: vetting.sid,
    date_created: iso8601(vetting.dateCreated),
    date_updated: iso8601(vetting.dateUpdated),
    vetting_id: vetting.vettingId,
    vetting_class: vetting.provider === 'aegis' ? 'STANDARD' : 'POLITICAL',
    vetting_status: vetting.status,
    vetting_provider: vetting.provider,
    url: `${urlOf(brand)}/Vettings/${vetting.sid}`
  }
}

function urlOf(brand: BrandRecord): string {
  return `https://messaging.twilio.com/v1/a2p/BrandRegistrations/${brand.sid}`
}
