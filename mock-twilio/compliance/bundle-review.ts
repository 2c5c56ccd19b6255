import type { Plan } from '../../simulator/agenda.ts'
import type { ComplianceCallbacks } from '../callbacks/compliance-callback.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import { bundleLifecycle, bundleReviewTiming } from '../lifecycles/bundle.ts'
import type { BundleRecord } from '../resources/bundle.ts'
import type { DocumentStatus } from '../resources/compliance-object.ts'
import type { World } from '../world.ts'
import { contentsOf, documentsOf } from './bundle-contents.ts'
import { evaluate } from './evaluation.ts'
import { policyOf } from './policies.ts'
import { advance, planStep, recordOf, ruledEnd } from './steps.ts'

export const bundleReview = 'bundle-review'

/** The code that Twilio's own examples show on a rejected bundle. */
const rejectedCode = 18_601

/** A client hands the bundle in. */
export function submitBundle(world: World, bundle: BundleRecord): void {
  advance(world, bundle, bundleLifecycle, 'submitted')
  bundle.errors = null
  bundle.submissions++
  markDocuments(world, bundle, 'PENDING_REVIEW')
  const { beginsAfterMs } = bundleReviewTiming
  planStep(world, bundleReview, bundle.sid, bundle.submissions, beginsAfterMs)
}

/** A client takes it back. A review that was planned finds it gone. */
export function withdrawBundle(world: World, bundle: BundleRecord): void {
  advance(world, bundle, bundleLifecycle, 'withdrawn')
  bundle.errors = null
  bundle.submissions++
  markDocuments(world, bundle, 'DRAFT')
}

/**
 * The next step of a review. A bundle is rejected if a rule of the test says so, or if it is not compliant.
 * There is nothing to hold against a bundle whose policy is not known here.
 */
export function reviewBundle(world: World, plan: Plan, callbacks: ComplianceCallbacks): void {
  const bundle = recordOf(plan, world.compliance.bundles, ({ submissions }) => submissions)
  if (bundle === undefined) return
  if (bundle.status === 'pending-review') {
    advance(world, bundle, bundleLifecycle, 'reviewBegan')
    const { takesMs } = bundleReviewTiming
    planStep(world, bundleReview, bundle.sid, bundle.submissions, takesMs)
    tellOfBundle(world, bundle, callbacks)
    return
  }
  const rejection = rejectionOf(world, bundle)
  advance(world, bundle, bundleLifecycle, rejection === undefined ? 'approved' : 'rejected')
  bundle.errors = rejection === undefined ? null : rejection.codes.map(code => ({ code }))
  markDocuments(world, bundle, rejection === undefined ? 'APPROVED' : 'REJECTED')
  tellOfBundle(world, bundle, callbacks, rejection?.reason)
}

function rejectionOf(
  world: World,
  bundle: BundleRecord
): { codes: number[]; reason: string } | undefined {
  const rule = ruledEnd(
    world,
    `review-${bundle.kind}`,
    { to: bundle.sid, body: bundle.friendlyName },
    ['twilio-rejected', 'twilio-approved']
  )
  if (rule?.status === 'twilio-approved') return undefined
  if (rule !== undefined) {
    return { codes: [rule.errorCode ?? rejectedCode], reason: 'The bundle was rejected.' }
  }
  const policy = policyOf(bundle.policySid)
  if (policy === undefined) return undefined
  const failed = evaluate(policy, contentsOf(world, bundle)).filter(({ passed }) => !passed)
  if (failed.length === 0) return undefined
  return {
    codes: [...new Set(failed.map(({ error_code }) => error_code ?? rejectedCode))],
    reason: failed.map(({ failure_reason }) => failure_reason).join(' ')
  }
}

function markDocuments(world: World, bundle: BundleRecord, status: DocumentStatus): void {
  for (const document of documentsOf(world, bundle)) document.status = status
}

/** Tells the application of a bundle's status, if it wants to know. */
export function tellOfBundle(
  world: World,
  { sid, status, statusCallback }: Pick<BundleRecord, 'sid' | 'status' | 'statusCallback'>,
  callbacks: ComplianceCallbacks,
  reason?: string
): void {
  if (statusCallback === null) return
  const parameters: FormParameter[] = [
    ['AccountSid', world.accountSid],
    ['BundleSid', sid],
    ['Status', status]
  ]
  if (reason !== undefined) parameters.push(['FailureReason', reason])
  callbacks.tell(world, { sid, status, url: statusCallback, parameters })
}
