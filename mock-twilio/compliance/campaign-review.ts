import type { Plan } from '../../simulator/agenda.ts'
import type { ComplianceCallbacks } from '../callbacks/compliance-callback.ts'
import { campaignLifecycle, campaignReviewTiming } from '../lifecycles/campaign.ts'
import type { CampaignError, CampaignRecord } from '../resources/campaign.ts'
import type { World } from '../world.ts'
import { registryId } from './brand-review.ts'
import { tellOfCampaign } from './events.ts'
import { advance, planStep, recordOf, ruledEnd } from './steps.ts'
import { throughputOf } from './throughput.ts'

export const campaignReview = 'campaign-review'

/** The campaign has just become PENDING. */
export function startCampaignReview(world: World, campaign: CampaignRecord): void {
  const { sid, submissions } = campaign
  planStep(world, campaignReview, sid, submissions, campaignReviewTiming.beginsAfterMs)
}

export function resubmitCampaign(world: World, campaign: CampaignRecord): void {
  campaign.errors = []
  campaign.submissions++
  advance(world, campaign, campaignLifecycle, 'resubmitted')
  startCampaignReview(world, campaign)
}

export function reviewCampaign(world: World, plan: Plan, callbacks: ComplianceCallbacks): void {
  const campaign = recordOf(plan, world.compliance.campaigns, ({ submissions }) => submissions)
  if (campaign === undefined) return
  if (campaign.status === 'PENDING') {
    advance(world, campaign, campaignLifecycle, 'vettingBegan')
    const { sid, submissions } = campaign
    planStep(world, campaignReview, sid, submissions, campaignReviewTiming.takesMs)
    tellOfCampaign(world, callbacks, campaign, 'campaign-submitted')
    return
  }
  const error = rejectionOf(world, campaign)
  if (error !== undefined) {
    campaign.errors = [error]
    advance(world, campaign, campaignLifecycle, 'rejected')
    tellOfCampaign(world, callbacks, campaign, 'campaign-failure')
    return
  }
  const brand = world.compliance.brands.get(campaign.brandSid)
  campaign.campaignId ??= registryId(world, 'C', campaign.sid)
  campaign.throughput = throughputOf(campaign.usecase, brand?.score ?? null)
  advance(world, campaign, campaignLifecycle, 'verified')
  tellOfCampaign(world, callbacks, campaign, 'campaign-approved')
}

/** The public shorteners that carriers filter. https://www.twilio.com/docs/api/errors/30892 */
const shortener = /\b(?:bit\.ly|tinyurl\.com|goo\.gl|ow\.ly|is\.gd|t\.co|rebrand\.ly)\b/i

function rejectionOf(world: World, campaign: CampaignRecord): CampaignError | undefined {
  const { settings } = campaign
  const subject = { to: campaign.sid, body: settings.description }
  const rule = ruledEnd(world, 'review-campaign', subject, ['FAILED', 'VERIFIED'])
  if (rule?.status === 'VERIFIED') return undefined
  if (rule !== undefined) {
    return errorOf(rule.errorCode ?? 30_880, 'The campaign submission has been rejected.', [])
  }
  if (!settings.messageSamples.some(sample => shortener.test(sample))) return undefined
  const reason = 'The campaign submission has been rejected: a sample uses a public URL shortener.'
  return errorOf(30_892, reason, ['MESSAGE_SAMPLES'])
}

function errorOf(code: number, description: string, fields: string[]): CampaignError {
  const url = `https://www.twilio.com/docs/api/errors/${code}`
  return { error_code: code, description, url, fields }
}
