import type { SubscriptionRecord } from '../../resources/subscription.ts'
import type { SubscriptionSeed } from '../../seeds.ts'
import type { World } from '../../world.ts'

/** It is told nothing before it is challenged. */
export function newSubscription(world: World, seed: SubscriptionSeed): SubscriptionRecord {
  const subscription: SubscriptionRecord = {
    id: world.ids.token(),
    name: seed.name ?? `Subscription ${world.subscriptions.size + 1}`,
    url: seed.url,
    events: [...(seed.events ?? [])],
    secretToken: seed.secret_token ?? world.credentials.secretToken,
    authorization: seed.authorization ?? null,
    status: 'pending',
    failures: 0,
    validatedAt: null,
    round: 0
  }
  world.subscriptions.set(subscription.id, subscription)
  return subscription
}
