/*
 * The life of an A2P brand at The Campaign Registry (TCR).
 * https://www.twilio.com/docs/messaging/api/brand-registration-resource
 *
 *   PENDING    Twilio has it
 *   IN_REVIEW  TCR has registered it and verifies who it says it is
 *   APPROVED   campaigns may be registered under it
 *   FAILED     it may be corrected and handed in again, three times
 *
 * SUSPENDED, DELETION_PENDING and DELETION_FAILED are not reached: the API cannot ask for them.
 */

export type BrandStatus = 'PENDING' | 'IN_REVIEW' | 'APPROVED' | 'FAILED'

export type IdentityStatus = 'SELF_DECLARED' | 'UNVERIFIED' | 'VERIFIED' | 'VETTED_VERIFIED'

export type BrandEvent = 'registered' | 'refused' | 'verified' | 'unverified' | 'resubmitted'

export const brandLifecycle: Record<BrandStatus, Partial<Record<BrandEvent, BrandStatus>>> = {
  PENDING: { registered: 'IN_REVIEW', refused: 'FAILED' },
  IN_REVIEW: { verified: 'APPROVED', unverified: 'FAILED' },
  APPROVED: {},
  FAILED: { resubmitted: 'PENDING' }
}

/** What the identity is after each event. */
export const identityAfter: Record<BrandEvent, IdentityStatus> = {
  registered: 'UNVERIFIED',
  refused: 'SELF_DECLARED',
  verified: 'VERIFIED',
  unverified: 'UNVERIFIED',
  resubmitted: 'SELF_DECLARED'
}

/** https://www.twilio.com/docs/api/errors/21724 gives no number. */
export const brandUpdateLimit = 3

/** TCR takes minutes to days. Virtual time. */
export const brandReviewTiming = { registersAfterMs: 2000, verifiesAfterMs: 3000 } as const

export const vettingTakesMs = 5000
