import { createHash } from 'node:crypto'

import type { BundleKindName } from '../resources/bundle.ts'

/*
 * The policies that texting in the United States needs, under the sids that they have at Twilio, in every
 * account. Twilio has more of them (for other countries and for nonprofits, say): a bundle can be created
 * for any, but be evaluated only for those here.
 * https://www.twilio.com/docs/trust-hub/trusthub-rest-api/policies
 * https://www.twilio.com/docs/messaging/compliance/a2p-10dlc/onboarding-isv-api
 * The requirements of the profiles and of the sole proprietor's product are Twilio's to the field, those of
 * the other products are put together from its guides.
 */

export interface Policy {
  readonly sid: string
  readonly friendlyName: string
  readonly kind: BundleKindName
  /** What a bundle of this policy counts as, where another one requires it. */
  readonly providesType: string
  readonly endUsers: readonly ObjectRequirement[]
  readonly documents: readonly DocumentRequirement[]
  /** Those with the same requirement name are alternatives. */
  readonly customerProfiles: readonly ProfileRequirement[]
}

export interface ObjectRequirement {
  readonly type: string
  readonly name: string
  readonly fields: readonly string[]
  /** Fields that may be missing: always, or unless another field has a value. */
  readonly optionalFields?: readonly string[]
  readonly requiredWhen?: { field: string; is: string; fields: readonly string[] }
  /** Listed, but not asked for. */
  readonly isOptional?: boolean
}

export interface DocumentRequirement {
  readonly name: string
  readonly description: string
  readonly requirementName: string
  readonly accepted: readonly ObjectRequirement[]
}

export interface ProfileRequirement {
  readonly type: string
  readonly name: string
  readonly requirementName: string
}

const businessInformation: ObjectRequirement = {
  type: 'customer_profile_business_information',
  name: 'Business Information',
  fields: [
    'business_type',
    'business_registration_number',
    'business_name',
    'business_registration_identifier',
    'business_identity',
    'business_industry',
    'website_url',
    'business_regions_of_operation',
    'social_media_profile_urls'
  ],
  optionalFields: ['social_media_profile_urls']
}

const representativeFields = [
  'first_name',
  'last_name',
  'email',
  'phone_number',
  'business_title',
  'job_position'
]

const businessEndUsers: readonly ObjectRequirement[] = [
  businessInformation,
  {
    type: 'authorized_representative_1',
    name: 'Authorized Representative 1',
    fields: representativeFields
  },
  {
    type: 'authorized_representative_2',
    name: 'Authorized Representative 2',
    fields: representativeFields,
    isOptional: true
  }
]

const businessAddress: DocumentRequirement = {
  name: 'Physical Business Address',
  description: 'Customer Profile HQ Physical Address',
  requirementName: 'customer_profile_address',
  accepted: [
    {
      type: 'customer_profile_address',
      name: 'Physical Business Address',
      fields: ['address_sids']
    }
  ]
}

const primaryProfile: ProfileRequirement = {
  type: 'primary_customer_profile_type_business',
  name: 'Primary Customer Profile Bundle',
  requirementName: 'primary_customer_profile'
}

/** The profile whose numbers, or whose brand, a trust product is about. */
const anyBusinessProfile: readonly ProfileRequirement[] = [
  {
    type: 'secondary_customer_profile_type_business',
    name: 'Secondary Customer Profile Bundle',
    requirementName: 'customer_profile'
  },
  { ...primaryProfile, requirementName: 'customer_profile' }
]

export const policies: readonly Policy[] = [
  {
    sid: 'RN6433641899984f951173ef1738c3bdd0',
    friendlyName: 'Primary Customer Profile of type Business',
    kind: 'customer-profile',
    providesType: 'primary_customer_profile_type_business',
    endUsers: businessEndUsers,
    documents: [businessAddress],
    customerProfiles: []
  },
  {
    sid: 'RNdfbf3fae0e1107f8aded0e7cead80bf5',
    friendlyName: 'Secondary Customer Profile of type Business',
    kind: 'customer-profile',
    providesType: 'secondary_customer_profile_type_business',
    endUsers: businessEndUsers,
    documents: [businessAddress],
    customerProfiles: [primaryProfile]
  },
  {
    sid: 'RN806dd6cd175f314e1f96a9727ee271f4',
    friendlyName: 'Starter Customer Profile of type Business',
    kind: 'customer-profile',
    providesType: 'starter_customer_profile_type_business',
    endUsers: [
      {
        type: 'starter_customer_profile_information',
        name: 'Information',
        fields: ['first_name', 'last_name', 'email', 'phone_number']
      }
    ],
    documents: [
      {
        name: 'Customer Profile Address',
        description: 'Customer Profile Address',
        requirementName: 'customer_profile_address',
        accepted: [
          {
            type: 'customer_profile_address',
            name: 'Legal Company Address',
            fields: ['address_sids']
          },
          {
            type: 'starter_customer_profile_address',
            name: 'Legal Company Address',
            fields: ['address_sids']
          }
        ]
      }
    ],
    customerProfiles: [primaryProfile]
  },
  {
    sid: 'RNb0d4771c2c98518d916a3d4cd70a8f8b',
    friendlyName: 'US A2P Messaging Profile',
    kind: 'trust-product',
    providesType: 'us_a2p_messaging_profile',
    endUsers: [
      {
        type: 'us_a2p_messaging_profile_information',
        name: 'US A2P Messaging Profile Information',
        fields: ['company_type', 'stock_exchange', 'stock_ticker', 'brand_contact_email'],
        optionalFields: ['stock_exchange', 'stock_ticker', 'brand_contact_email'],
        requiredWhen: {
          field: 'company_type',
          is: 'public',
          fields: ['stock_exchange', 'stock_ticker', 'brand_contact_email']
        }
      }
    ],
    documents: [],
    customerProfiles: anyBusinessProfile
  },
  {
    sid: 'RN670d5d2e282a6130ae063b234b6019c8',
    friendlyName: 'Sole Proprietor TrustProduct',
    kind: 'trust-product',
    providesType: 'sole_proprietor_trust_product',
    endUsers: [
      {
        type: 'sole_proprietor_information',
        name: 'Sole Proprietor Information',
        fields: ['brand_name', 'mobile_phone_number', 'vertical']
      }
    ],
    documents: [],
    customerProfiles: [
      {
        type: 'starter_customer_profile_type_business',
        name: 'Starter Customer Profile(isv customers) Proof',
        requirementName: 'customer_profile'
      },
      {
        type: 'starter_customer_profile_type_direct_long_tail',
        name: 'Starter Customer Profile(direct customers) Proof',
        requirementName: 'customer_profile'
      }
    ]
  },
  {
    sid: 'RN7a97559effdf62d00f4298208492a5ea',
    friendlyName: 'SHAKEN/STIR Trust Product',
    kind: 'trust-product',
    providesType: 'shaken_stir_trust_product',
    endUsers: [],
    documents: [],
    customerProfiles: anyBusinessProfile
  },
  {
    sid: 'RNf3db3cd1fe25fcfd3c3ded065c8fea53',
    friendlyName: 'CNAM Trust Product',
    kind: 'trust-product',
    providesType: 'cnam_trust_product',
    endUsers: [
      { type: 'cnam_information', name: 'CNAM Information', fields: ['cnam_display_name'] }
    ],
    documents: [],
    customerProfiles: anyBusinessProfile
  }
]

export function policyOf(sid: string): Policy | undefined {
  return policies.find(policy => policy.sid === sid)
}

export function policyResource(policy: Policy): Record<string, unknown> {
  return {
    sid: policy.sid,
    friendly_name: policy.friendlyName,
    requirements: {
      end_user: policy.endUsers.map(({ type, name, fields }) => ({
        url: `/EndUserTypes/${type}`,
        fields,
        type,
        name,
        requirement_name: type
      })),
      supporting_trust_products: [],
      // A list of lists: every requirement of the inner one, or of another one.
      supporting_document: [
        policy.documents.map(({ name, description, requirementName, accepted }) => ({
          description,
          type: 'document',
          name,
          accepted_documents: accepted.map(({ type, name: documentName, fields }) => ({
            url: `/SupportingDocumentTypes/${type}`,
            fields,
            type,
            name: documentName
          })),
          requirement_name: requirementName
        }))
      ],
      supporting_customer_profiles: policy.customerProfiles.map(
        ({ type, name, requirementName }) => ({ type, name, requirement_name: requirementName })
      )
    },
    url: `https://trusthub.twilio.com/v1/Policies/${policy.sid}`
  }
}

/** A type of end users or of documents, as some policy asks for it. */
export interface ObjectType {
  readonly sid: string
  readonly machineName: string
  readonly friendlyName: string
  readonly fields: readonly string[]
}

export const endUserTypes: readonly ObjectType[] = typesIn(
  policies.flatMap(({ endUsers }) => endUsers)
)

export const supportingDocumentTypes: readonly ObjectType[] = typesIn(
  policies.flatMap(({ documents }) => documents.flatMap(({ accepted }) => accepted))
)

/** first_name is First Name. */
export function friendlyNameOf(machineName: string): string {
  return machineName.replace(/(^|_)([a-z])/g, (_, gap: string, letter: string) => {
    return `${gap === '' ? '' : ' '}${letter.toUpperCase()}`
  })
}

function typesIn(requirements: readonly ObjectRequirement[]): ObjectType[] {
  const types = new Map<string, ObjectType>()
  for (const { type, name, fields } of requirements) {
    const sid = `OY${createHash('md5').update(type).digest('hex')}`
    if (!types.has(type)) types.set(type, { sid, machineName: type, friendlyName: name, fields })
  }
  return [...types.values()]
}
