import type { Plan } from '../../simulator/agenda.ts'
import {
  editableForMs,
  tollfreeLifecycle,
  tollfreeReviewTiming
} from '../lifecycles/tollfree-verification.ts'
import type { TollfreeVerificationRecord } from '../resources/tollfree-verification.ts'
import type { World } from '../world.ts'
import { advance, planStep, recordOf, ruledEnd } from './steps.ts'

export const tollfreeReview = 'tollfree-review'

/** The verification has just become PENDING_REVIEW. */
export function startTollfreeReview(world: World, verification: TollfreeVerificationRecord): void {
  const { sid, submissions } = verification
  planStep(world, tollfreeReview, sid, submissions, tollfreeReviewTiming.beginsAfterMs)
}

export function resubmitTollfree(world: World, verification: TollfreeVerificationRecord): void {
  verification.rejection = null
  verification.submissions++
  advance(world, verification, tollfreeLifecycle, 'resubmitted')
  startTollfreeReview(world, verification)
}

export function reviewTollfree(world: World, plan: Plan): void {
  const verifications = world.compliance.tollfreeVerifications
  const verification = recordOf(plan, verifications, ({ submissions }) => submissions)
  if (verification === undefined) return
  if (verification.status === 'PENDING_REVIEW') {
    advance(world, verification, tollfreeLifecycle, 'reviewBegan')
    const { sid, submissions } = verification
    planStep(world, tollfreeReview, sid, submissions, tollfreeReviewTiming.takesMs)
    return
  }
  const rejection = rejectionOf(world, verification)
  if (rejection !== undefined) {
    verification.rejection = { ...rejection, editableUntil: world.now() + editableForMs }
  }
  advance(world, verification, tollfreeLifecycle, rejection === undefined ? 'approved' : 'rejected')
}

function rejectionOf(
  world: World,
  { phoneNumber, details }: TollfreeVerificationRecord
): { reason: string; code: number | null } | undefined {
  const subject = { to: phoneNumber, body: String(details['use_case_summary']) }
  const rule = ruledEnd(world, 'review-tollfree-verification', subject, [
    'TWILIO_REJECTED',
    'TWILIO_APPROVED'
  ])
  if (rule?.status === 'TWILIO_APPROVED') return undefined
  if (rule !== undefined) {
    return { reason: 'The verification was rejected.', code: rule.errorCode ?? null }
  }
  const categories = details['use_case_categories']
  const isPolitical =
    Array.isArray(categories) && categories.includes('POLITICAL_ELECTION_CAMPAIGNS')
  if (!isPolitical || details['vetting_id'] !== null) return undefined
  // https://www.twilio.com/docs/api/errors/30501
  return { reason: 'Political campaigns require a Campaign Verify token', code: 30_501 }
}
