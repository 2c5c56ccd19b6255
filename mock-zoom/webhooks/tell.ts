import type { EffectOf } from '../../simulator/fault-schema.ts'
import { drawMs } from '../../simulator/faults.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { DeliveryRecord, SubscriptionRecord } from '../resources/subscription.ts'
import { operator, type World } from '../world.ts'
import { distorted } from './distorted.ts'
import type { EventName } from './event-names.ts'

/*
 * An event goes to every subscription that asked for it, to each as a request of its own: with two of them, an
 * application hears of it twice. Nothing promises an order.
 * https://developers.zoom.us/docs/api/webhooks
 */

export interface Telling {
  event: EventName
  session: SessionRecord
  object: Readonly<Record<string, unknown>>
  /** Opens the files that the event is about. */
  downloadToken?: string
  /** Whether the event says who did it. */
  isByOperator?: boolean
}

export function tell(world: World, telling: Telling): void {
  const { event, session } = telling
  world.journal.append({ kind: 'event', event, sid: session.id, session_name: session.name })
  const text = textOf(world, telling)
  for (const subscription of world.subscriptions.values()) {
    const { events } = subscription
    if (events.length > 0 && !events.includes(event)) continue
    tellOne(world, subscription, telling, text)
  }
}

/** As text, compact, so that it is the same when it was parsed and written again. */
function textOf(world: World, { event, object, downloadToken, isByOperator }: Telling): string {
  return written(world, {
    event,
    event_ts: world.now(),
    ...(downloadToken === undefined ? {} : { download_token: downloadToken }),
    payload: {
      account_id: world.accountId,
      ...(isByOperator === true ? { operator: operator.email, operator_id: operator.id } : {}),
      object
    }
  })
}

/** Zoom has sent both: with characters as they are, and spelled out, which no re-serialised body equals. */
export function written(world: World, document: object): string {
  const text = JSON.stringify(document)
  return world.settings.escapesUnicode ? text.replaceAll(/[^ -~]/g, spelled) : text
}

function spelled(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function tellOne(
  world: World,
  subscription: SubscriptionRecord,
  { event, session }: Telling,
  text: string
): void {
  const { id: sid, name } = session
  if (subscription.status !== 'active') {
    const { id, status } = subscription
    const why = { event, sid, session_name: name, subscription: id, status }
    world.journal.append({ kind: 'webhook.skipped', ...why })
    return
  }
  const delivery = newDelivery(world, subscription, event, session, text)
  if (world.faults.isEmpty) {
    sendInTurn(world, delivery)
    return
  }
  const effect = world.faults.take('callback', {
    operation: event,
    status: event,
    to: name,
    service: sid,
    body: text
  })
  tellUnder(effect, world, delivery)
}

function newDelivery(
  world: World,
  subscription: SubscriptionRecord,
  event: EventName,
  { id: sessionId, name: sessionName }: Pick<SessionRecord, 'id' | 'name'>,
  body: string
): DeliveryRecord {
  return {
    id: world.webhookIds.uuid(),
    subscriptionId: subscription.id,
    event,
    sessionId,
    sessionName,
    body,
    createdAt: world.now(),
    status: 'pending',
    isForged: false,
    method: 'POST',
    attempts: []
  }
}

function tellUnder(
  effect: EffectOf<'callback'> | undefined,
  world: World,
  delivery: DeliveryRecord
): void {
  if (effect === undefined) {
    sendInTurn(world, delivery)
    return
  }
  const { event, sessionId: sid, sessionName } = delivery
  const fields = { event, sid, session_name: sessionName }
  switch (effect.fault) {
    case 'drop':
      world.journal.append({ kind: 'webhook.dropped', ...fields })
      break
    case 'delay': {
      const ms = drawMs(effect.ms ?? 60_000, world.randomFor(`delay/${delivery.id}`))
      later(world, delivery, ms)
      world.journal.append({ kind: 'webhook.delayed', ...fields, ms })
      break
    }
    case 'reorder':
      keepBack(world, delivery, drawMs(effect.ms ?? 60_000, world.randomFor(delivery.id)))
      world.journal.append({ kind: 'webhook.kept_back', ...fields })
      break
    case 'duplicate': {
      const times = effect.times ?? 2
      world.journal.append({ kind: 'webhook.duplicated', ...fields, times })
      sendInTurn(world, delivery)
      for (let copy = 1; copy < times; copy++) {
        const again = { ...delivery, id: world.webhookIds.uuid(), attempts: [] }
        if (effect.ms === undefined) sendInTurn(world, again)
        else later(world, again, copy * drawMs(effect.ms, world.randomFor(again.id)))
      }
      break
    }
    case 'wrong_signature':
    case 'missing_parameter':
    case 'extra_parameter':
    case 'wrong_method':
      world.journal.append({ kind: 'webhook.distorted', ...fields, fault: effect.fault })
      sendInTurn(world, distorted(effect, delivery))
  }
}

/** What was kept back goes behind it. */
function sendInTurn(world: World, delivery: DeliveryRecord): void {
  world.post(delivery)
  letGo(world, delivery.sessionId)
}

function later(world: World, delivery: DeliveryRecord, ms: number): void {
  world.deliveries.set(delivery.id, delivery)
  world.plan(ms, { kind: 'webhook.attempt', deliveryId: delivery.id })
}

function keepBack(world: World, delivery: DeliveryRecord, mostMs: number): void {
  world.deliveries.set(delivery.id, delivery)
  const kept = world.keptBack.get(delivery.sessionId) ?? []
  world.keptBack.set(delivery.sessionId, [...kept, delivery.id])
  // Where nothing follows, it goes after a while all the same.
  world.plan(mostMs, { kind: 'webhook.kept-back', sessionId: delivery.sessionId })
}

export function letGo(world: World, sessionId: string): void {
  const kept = world.keptBack.get(sessionId)
  if (kept === undefined) return
  world.keptBack.delete(sessionId)
  for (const id of kept) {
    const delivery = world.deliveries.get(id)
    if (delivery !== undefined) world.post(delivery)
  }
}
