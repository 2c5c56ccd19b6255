import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { ComplianceCallbacks } from '../callbacks/compliance-callback.ts'
import type { World } from '../world.ts'
import { brandReview, brandVetting, endVetting, reviewBrand } from './brand-review.ts'
import { bundleReview, reviewBundle } from './bundle-review.ts'
import { campaignReview, reviewCampaign } from './campaign-review.ts'
import { reviewTollfree, tollfreeReview } from './tollfree-review.ts'

/** Says what becomes of everything that is handed in for a review. Gives what the application is told by. */
export function handleReviews(
  planned: PlanHandlers<World>,
  sender: CallbackSender
): ComplianceCallbacks {
  const callbacks = new ComplianceCallbacks(sender, planned)
  planned.on(bundleReview, (world, plan) => reviewBundle(world, plan, callbacks))
  planned.on(brandReview, (world, plan) => reviewBrand(world, plan, callbacks))
  planned.on(brandVetting, (world, plan) => endVetting(world, plan, callbacks))
  planned.on(campaignReview, (world, plan) => reviewCampaign(world, plan, callbacks))
  planned.on(tollfreeReview, reviewTollfree)
  return callbacks
}
