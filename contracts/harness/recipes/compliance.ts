import type { World } from '../world/world.ts'
import { aSid, callback } from './provider-callbacks.ts'
import type { ResourceRecipes } from './recipe.ts'

/** What Twilio says of a brand; of a campaign too, when a messaging service is named. */
export const brandNews = (world: World, data: object, at = new Date()): object => ({
  specversion: '1.0',
  id: world.fresh('news'),
  type: 'com.twilio.messaging.compliance.brand-registration.brand-registered',
  source: '/contract',
  time: at.toISOString(),
  data
})

export const compliance: ResourceRecipes = {
  operations: {
    post_webhooks_twilio_customer_profiles_compliance: callback(
      'post_webhooks_twilio_customer_profiles_compliance',
      async world => ({ body: { BundleSid: aSid(world, 'BU'), Status: 'twilio-approved' } })
    ),
    post_webhooks_twilio_brands_compliance: callback(
      'post_webhooks_twilio_brands_compliance',
      async world => ({ body: [brandNews(world, { brandsid: aSid(world, 'BN') })] })
    )
  }
}
