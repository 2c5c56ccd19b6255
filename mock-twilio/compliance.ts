import { copyPlain } from '../simulator/plain-data.ts'
import type { Throughput } from './compliance/throughput.ts'
import type { BrandStatus, IdentityStatus } from './lifecycles/brand.ts'
import type { CampaignStatus } from './lifecycles/campaign.ts'
import type { BrandRecord } from './resources/brand.ts'
import type { BundleRecord } from './resources/bundle.ts'
import type { CampaignRecord } from './resources/campaign.ts'
import type { ComplianceObject, SupportingDocument } from './resources/compliance-object.ts'
import type { TollfreeVerificationRecord } from './resources/tollfree-verification.ts'
import type { World } from './world.ts'

/** Who an account says it is, and what it is allowed to send: data alone, by sid, in the order of creation. */
export interface Compliance {
  /** Customer profiles and trust products. */
  readonly bundles: Map<string, BundleRecord>
  readonly endUsers: Map<string, ComplianceObject>
  readonly documents: Map<string, SupportingDocument>
  readonly brands: Map<string, BrandRecord>
  readonly campaigns: Map<string, CampaignRecord>
  readonly tollfreeVerifications: Map<string, TollfreeVerificationRecord>
}

export function emptyCompliance(): Compliance {
  return {
    bundles: new Map(),
    endUsers: new Map(),
    documents: new Map(),
    brands: new Map(),
    campaigns: new Map(),
    tollfreeVerifications: new Map()
  }
}

export type SavedCompliance = ReturnType<typeof saveCompliance>

export function saveCompliance(compliance: Compliance) {
  return copyPlain({
    bundles: [...compliance.bundles],
    endUsers: [...compliance.endUsers],
    documents: [...compliance.documents],
    brands: [...compliance.brands],
    campaigns: [...compliance.campaigns],
    tollfreeVerifications: [...compliance.tollfreeVerifications]
  })
}

export function restoreCompliance(saved: SavedCompliance): Compliance {
  const copy = copyPlain(saved)
  return {
    bundles: new Map(copy.bundles),
    endUsers: new Map(copy.endUsers),
    documents: new Map(copy.documents),
    brands: new Map(copy.brands),
    campaigns: new Map(copy.campaigns),
    tollfreeVerifications: new Map(copy.tollfreeVerifications)
  }
}

/** A number that is released is in no bundle any more, and is not verified. */
export function forgetNumber(compliance: Compliance, phoneNumberSid: string): void {
  for (const bundle of compliance.bundles.values()) {
    bundle.endpoints = bundle.endpoints.filter(other => other.phoneNumberSid !== phoneNumberSid)
  }
  for (const [sid, verification] of compliance.tollfreeVerifications) {
    if (verification.phoneNumberSid === phoneNumberSid) {
      compliance.tollfreeVerifications.delete(sid)
    }
  }
}

/** What a carrier knows of a campaign. */
export interface CampaignFacts {
  sid: string
  brandSid: string
  brandStatus: BrandStatus
  identityStatus: IdentityStatus
  usecase: string
  status: CampaignStatus
  isMock: boolean
  /** None before it is verified. */
  throughput: Throughput | null
}

/** The campaign that a messaging service is registered for, in whatever status. */
export function campaignOf(world: World, serviceSid: string): CampaignFacts | undefined {
  const { campaigns, brands } = world.compliance
  if (campaigns.size === 0) return undefined
  for (const {
    sid,
    serviceSid: of,
    brandSid,
    usecase,
    status,
    isMock,
    throughput
  } of campaigns.values()) {
    const brand = of === serviceSid ? brands.get(brandSid) : undefined
    if (brand === undefined) continue
    const { status: brandStatus, identityStatus } = brand
    return { sid, brandSid, brandStatus, identityStatus, usecase, status, isMock, throughput }
  }
  return undefined
}

/** The verification of a toll-free number, in whatever status. */
export function tollfreeVerificationOf(
  world: World,
  phoneNumberSid: string
): TollfreeVerificationRecord | undefined {
  for (const verification of world.compliance.tollfreeVerifications.values()) {
    if (verification.phoneNumberSid === phoneNumberSid) return verification
  }
  return undefined
}
