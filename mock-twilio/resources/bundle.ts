import { iso8601 } from '../dates.ts'
import type { EvaluationResult } from '../compliance/evaluation.ts'
import type { BundleStatus } from '../lifecycles/bundle.ts'
import type { World } from '../world.ts'

/** A customer profile or a trust product: two names for one thing, apart from the policies that they obey. */
export interface BundleRecord {
  readonly sid: string
  readonly kind: BundleKindName
  readonly policySid: string
  friendlyName: string
  email: string
  status: BundleStatus
  statusCallback: string | null
  /** Why it was rejected. */
  errors: { code: number }[] | null
  /** How often it was handed in: a review that is under way is of one of these. */
  submissions: number
  readonly dateCreated: number
  dateUpdated: number
  entities: EntityAssignment[]
  endpoints: EndpointAssignment[]
  readonly evaluations: EvaluationRecord[]
}

export interface EntityAssignment {
  readonly sid: string
  readonly objectSid: string
  readonly dateCreated: number
}

export interface EndpointAssignment {
  readonly sid: string
  readonly phoneNumberSid: string
  readonly dateCreated: number
}

export interface EvaluationRecord {
  readonly sid: string
  readonly policySid: string
  readonly results: readonly EvaluationResult[]
  readonly isCompliant: boolean
  readonly dateCreated: number
}

export type BundleKindName = 'customer-profile' | 'trust-product'

/** How a kind of bundle is spelled in paths and in fields. */
export interface BundleKind {
  readonly name: BundleKindName
  readonly collection: 'CustomerProfiles' | 'TrustProducts'
  readonly sidParameter: 'CustomerProfileSid' | 'TrustProductSid'
  readonly sidField: 'customer_profile_sid' | 'trust_product_sid'
  readonly linkPrefix: 'customer_profiles' | 'trust_products'
}

export const customerProfiles: BundleKind = {
  name: 'customer-profile',
  collection: 'CustomerProfiles',
  sidParameter: 'CustomerProfileSid',
  sidField: 'customer_profile_sid',
  linkPrefix: 'customer_profiles'
}

export const trustProducts: BundleKind = {
  name: 'trust-product',
  collection: 'TrustProducts',
  sidParameter: 'TrustProductSid',
  sidField: 'trust_product_sid',
  linkPrefix: 'trust_products'
}

type Wire = Record<string, unknown>

export function bundleResource(world: World, kind: BundleKind, bundle: BundleRecord): Wire {
  const url = urlOf(kind, bundle)
  return {
    sid: bundle.sid,
    account_sid: world.accountSid,
    policy_sid: bundle.policySid,
    friendly_name: bundle.friendlyName,
    status: bundle.status,
    valid_until: null,
    email: bundle.email,
    status_callback: bundle.statusCallback,
    date_created: iso8601(bundle.dateCreated),
    date_updated: iso8601(bundle.dateUpdated),
    url,
    links: {
      [`${kind.linkPrefix}_entity_assignments`]: `${url}/EntityAssignments`,
      [`${kind.linkPrefix}_evaluations`]: `${url}/Evaluations`,
      [`${kind.linkPrefix}_channel_endpoint_assignment`]: `${url}/ChannelEndpointAssignments`
    },
    errors: bundle.errors
  }
}

export function entityAssignmentResource(
  world: World,
  kind: BundleKind,
  bundle: BundleRecord,
  { sid, objectSid, dateCreated }: EntityAssignment
): Wire {
  return {
    sid,
    [kind.sidField]: bundle.sid,
    account_sid: world.accountSid,
    object_sid: objectSid,
    date_created: iso8601(dateCreated),
    url: `${urlOf(kind, bundle)}/EntityAssignments/${sid}`
  }
}

export function endpointAssignmentResource(
  world: World,
  kind: BundleKind,
  bundle: BundleRecord,
  { sid, phoneNumberSid, dateCreated }: EndpointAssignment
): Wire {
  return {
    sid,
    [kind.sidField]: bundle.sid,
    account_sid: world.accountSid,
    channel_endpoint_type: 'phone-number',
    channel_endpoint_sid: phoneNumberSid,
    date_created: iso8601(dateCreated),
    url: `${urlOf(kind, bundle)}/ChannelEndpointAssignments/${sid}`
  }
}

export function evaluationResource(
  world: World,
  kind: BundleKind,
  bundle: BundleRecord,
  { sid, policySid, results, isCompliant, dateCreated }: EvaluationRecord
): Wire {
  return {
    sid,
    account_sid: world.accountSid,
    policy_sid: policySid,
    [kind.sidField]: bundle.sid,
    status: isCompliant ? 'compliant' : 'noncompliant',
    results,
    date_created: iso8601(dateCreated),
    url: `${urlOf(kind, bundle)}/Evaluations/${sid}`
  }
}

function urlOf(kind: BundleKind, bundle: BundleRecord): string {
  return `https://trusthub.twilio.com/v1/${kind.collection}/${bundle.sid}`
}
