/*
 * The life of a toll-free verification.
 * https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
 *
 * A rejected one may be edited, which hands it in again, for seven days.
 * https://www.twilio.com/docs/api/errors/30824
 */

export const tollfreeStatuses = [
  'PENDING_REVIEW',
  'IN_REVIEW',
  'TWILIO_APPROVED',
  'TWILIO_REJECTED'
] as const

export type TollfreeStatus = (typeof tollfreeStatuses)[number]

export type TollfreeEvent = 'reviewBegan' | 'approved' | 'rejected' | 'resubmitted'

export const tollfreeLifecycle: Record<
  TollfreeStatus,
  Partial<Record<TollfreeEvent, TollfreeStatus>>
> = {
  PENDING_REVIEW: { reviewBegan: 'IN_REVIEW' },
  IN_REVIEW: { approved: 'TWILIO_APPROVED', rejected: 'TWILIO_REJECTED' },
  TWILIO_APPROVED: {},
  TWILIO_REJECTED: { resubmitted: 'PENDING_REVIEW' }
}

/** Carriers take days. Virtual time. */
export const tollfreeReviewTiming = { beginsAfterMs: 2000, takesMs: 3000 } as const

export const editableForMs = 7 * 24 * 60 * 60 * 1000
