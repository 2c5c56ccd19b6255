import { iso8601 } from '../dates.ts'
import type { TollfreeStatus } from '../lifecycles/tollfree-verification.ts'
import type { World } from '../world.ts'

export interface TollfreeVerificationRecord {
  readonly sid: string
  readonly phoneNumberSid: string
  readonly phoneNumber: string
  readonly customerProfileSid: string | null
  readonly externalReferenceId: string | null
  status: TollfreeStatus
  /** What the client said of itself, by the names of the resource. */
  details: TollfreeDetails
  rejection: { reason: string; code: number | null; editableUntil: number } | null
  submissions: number
  readonly dateCreated: number
  dateUpdated: number
}

export type TollfreeDetails = Record<string, string | boolean | string[] | null>

export function tollfreeVerificationResource(
  world: World,
  verification: TollfreeVerificationRecord
): Record<string, unknown> {
  const { sid, details, rejection, customerProfileSid } = verification
  return {
    ...details,
    sid,
    account_sid: world.accountSid,
    customer_profile_sid: customerProfileSid,
    trust_product_sid: null,
    regulated_item_sid: null,
    tollfree_phone_number_sid: verification.phoneNumberSid,
    tollfree_phone_number: verification.phoneNumber,
    external_reference_id: verification.externalReferenceId,
    status: verification.status,
    date_created: iso8601(verification.dateCreated),
    date_updated: iso8601(verification.dateUpdated),
    rejection_reason: rejection?.reason ?? null,
    rejection_reasons:
      rejection === null ? null : [rejection].map(({ reason, code }) => ({ reason, code })),
    error_code: rejection?.code ?? null,
    edit_allowed: rejection === null ? null : world.now() < rejection.editableUntil,
    edit_expiration: rejection === null ? null : iso8601(rejection.editableUntil),
    resource_links:
      customerProfileSid === null
        ? {}
        : {
            customer_profile: `https://trusthub.twilio.com/v1/CustomerProfiles/${customerProfileSid}`
          },
    vetting_id_expiration: null,
    url: `https://messaging.twilio.com/v1/Tollfree/Verifications/${sid}`
  }
}
