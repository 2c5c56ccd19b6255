/*
 * The life of an A2P campaign.
 * https://www.twilio.com/docs/messaging/api/usapptoperson-resource
 *
 *   PENDING      Twilio has it
 *   IN_PROGRESS  it is vetted
 *   VERIFIED     the numbers of its messaging service may write to the United States
 *   FAILED       it was rejected, for the reasons in `errors`; it may be corrected and handed in again
 */

export type CampaignStatus = 'PENDING' | 'IN_PROGRESS' | 'VERIFIED' | 'FAILED'

export type CampaignEvent = 'vettingBegan' | 'verified' | 'rejected' | 'resubmitted'

export const campaignLifecycle: Record<
  CampaignStatus,
  Partial<Record<CampaignEvent, CampaignStatus>>
> = {
  PENDING: { vettingBegan: 'IN_PROGRESS' },
  IN_PROGRESS: { verified: 'VERIFIED', rejected: 'FAILED' },
  VERIFIED: {},
  FAILED: { resubmitted: 'PENDING' }
}

/** Vetting takes days. Virtual time. */
export const campaignReviewTiming = { beginsAfterMs: 2000, takesMs: 3000 } as const
