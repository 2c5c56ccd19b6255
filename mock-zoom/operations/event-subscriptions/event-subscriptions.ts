import { Type } from '@sinclair/typebox'

import { refusal } from '../../errors.ts'
import { withBody, type Call, type Operation } from '../../operation.ts'
import type { SubscriptionRecord } from '../../resources/subscription.ts'
import { eventNames, type EventName } from '../../webhooks/event-names.ts'
import { newSubscription } from './new-subscription.ts'

/*
 * Who is told, by the API. A new endpoint is challenged at once and is told nothing before it has answered.
 * Labels, the shape of the list, and that an unknown event is refused: [unverified].
 */

const EventName = Type.Union(eventNames.map(name => Type.Literal(name)))
const Url = Type.String({ pattern: '^https?://', maxLength: 2000 })

const NewEventSubscription = Type.Object({
  events: Type.Array(EventName, { minItems: 1 }),
  event_webhook_url: Url,
  event_subscription_name: Type.Optional(Type.String({ maxLength: 200 }))
})

const EventSubscriptionChange = Type.Partial(NewEventSubscription)

export const createSubscription: Operation = {
  name: 'create-event-subscription',
  method: 'POST',
  path: '/marketplace/app/event_subscription',
  label: 'Medium',
  status: 201,
  handle: withBody(NewEventSubscription, ({ world }, body) => {
    const { events, event_webhook_url: url, event_subscription_name: name } = body
    const subscription = newSubscription(world, {
      url,
      events: [...new Set<EventName>(events)],
      ...(name === undefined ? {} : { name })
    })
    challengeSoon({ world }, subscription)
    return { event_subscription_id: subscription.id }
  })
}

export const listSubscriptions: Operation = {
  name: 'list-event-subscriptions',
  method: 'GET',
  path: '/marketplace/app/event_subscription',
  label: 'Medium',
  status: 200,
  handle: ({ world }) => ({
    event_subscriptions: Array.from(world.subscriptions.values(), ({ id, name, url, events }) => ({
      event_subscription_id: id,
      event_subscription_name: name,
      event_webhook_url: url,
      events: events.length === 0 ? eventNames : events
    }))
  })
}

export const updateSubscription: Operation = {
  name: 'update-event-subscription',
  method: 'PATCH',
  path: '/marketplace/app/event_subscription/{eventSubscriptionId}',
  label: 'Medium',
  status: 204,
  handle: withBody(EventSubscriptionChange, (call, body) => {
    const subscription = findSubscription(call)
    const { events, event_webhook_url: url, event_subscription_name: name } = body
    if (events !== undefined) subscription.events = [...new Set<EventName>(events)]
    if (name !== undefined) subscription.name = name
    if (url !== undefined && url !== subscription.url) {
      subscription.url = url
      subscription.status = 'pending'
      challengeSoon(call, subscription)
    }
    return undefined
  })
}

export const deleteSubscription: Operation = {
  name: 'delete-event-subscription',
  method: 'DELETE',
  path: '/marketplace/app/event_subscription/{eventSubscriptionId}',
  label: 'Medium',
  status: 204,
  handle: call => {
    call.world.subscriptions.delete(findSubscription(call).id)
    return undefined
  }
}

function challengeSoon({ world }: Pick<Call, 'world'>, subscription: SubscriptionRecord): void {
  const { id: subscriptionId } = subscription
  const round = ++subscription.round
  world.plan(0, { kind: 'webhook.validate', subscriptionId, round })
}

function findSubscription({ world, params }: Call): SubscriptionRecord {
  const { eventSubscriptionId: id = '' } = params
  const subscription = world.subscriptions.get(id)
  if (subscription === undefined) throw refusal('unknownSubscription', id)
  return subscription
}
