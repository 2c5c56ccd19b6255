/*
 * The life of a TrustHub bundle: of a customer profile or a trust product.
 * https://www.twilio.com/docs/trust-hub/trusthub-rest-api/customer-profiles
 *
 *   draft            it is being put together
 *   pending-review   the client has handed it in
 *   in-review        somebody looks at it, and nobody may change it
 *   twilio-approved  it counts; to be changed it has to become a draft again
 *   twilio-rejected  it does not, for the reasons in `errors`; it may be changed and handed in once more
 *
 * A client asks for `draft` and `pending-review` alone. That what is approved or handed in may be taken
 * back, and that what is in review may not, is a choice of this mock: Twilio says it of its newer API only
 * (https://www.twilio.com/docs/api/errors/60711).
 */

export const bundleStatuses = [
  'draft',
  'pending-review',
  'in-review',
  'twilio-rejected',
  'twilio-approved'
] as const

export type BundleStatus = (typeof bundleStatuses)[number]

export type BundleEvent = 'submitted' | 'withdrawn' | 'reviewBegan' | 'approved' | 'rejected'

export const bundleLifecycle: Record<BundleStatus, Partial<Record<BundleEvent, BundleStatus>>> = {
  draft: { submitted: 'pending-review' },
  'pending-review': { reviewBegan: 'in-review', withdrawn: 'draft' },
  'in-review': { approved: 'twilio-approved', rejected: 'twilio-rejected' },
  'twilio-approved': { withdrawn: 'draft' },
  'twilio-rejected': { submitted: 'pending-review', withdrawn: 'draft' }
}

/** Twilio takes minutes to days. Virtual time. */
export const bundleReviewTiming = { beginsAfterMs: 2000, takesMs: 3000 } as const
