import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'

import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { newSubscription } from '../operations/event-subscriptions/new-subscription.ts'
import type { DeliveryRecord, SubscriptionRecord } from '../resources/subscription.ts'
import { SubscriptionSeed } from '../seeds.ts'
import type { Challenges } from '../webhooks/challenge.ts'
import type { World } from '../world.ts'
import { worldNameIn } from './world-header.ts'

const strict = { additionalProperties: false }

const DeliveriesQuery = Type.Object(
  {
    event: Type.Optional(Type.String()),
    sid: Type.Optional(Type.String()),
    session_name: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 }))
  },
  strict
)

const Replay = Type.Object(
  {
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    late_by_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 315_360_000_000 }))
  },
  strict
)

/** Who is told, what went out, and once more of it. */
export const webhookControl: FastifyPluginCallbackTypebox<{
  world: (accountId?: string) => World
  challenges: Challenges
}> = (app, { world, challenges }, done) => {
  app.get('/_mock/subscriptions', request =>
    [...world(worldNameIn(request)).subscriptions.values()].map(shownSubscription)
  )

  app.post(
    '/_mock/subscriptions',
    { schema: { body: SubscriptionSeed } },
    async (request, reply) => {
      const here = world(worldNameIn(request))
      const subscription = newSubscription(here, request.body)
      await challenges.challenge(here, subscription)
      return reply.code(201).send(shownSubscription(subscription))
    }
  )

  app.post(
    '/_mock/subscriptions/:id/validate',
    { schema: { params: Type.Object({ id: Type.String() }) } },
    request => {
      const here = world(worldNameIn(request))
      const subscription = here.subscriptions.get(request.params.id)
      if (subscription === undefined) {
        throw new ControlRefusal(404, `no subscription "${request.params.id}"`)
      }
      return challenges.challenge(here, subscription).then(() => shownSubscription(subscription))
    }
  )

  app.delete(
    '/_mock/subscriptions/:id',
    { schema: { params: Type.Object({ id: Type.String() }) } },
    (request, reply) => {
      const here = world(worldNameIn(request))
      if (!here.subscriptions.delete(request.params.id)) {
        throw new ControlRefusal(404, `no subscription "${request.params.id}"`)
      }
      return reply.code(204).send()
    }
  )

  app.get('/_mock/webhooks', { schema: { querystring: DeliveriesQuery } }, request => {
    const { limit = 100, ...wanted } = request.query
    const all = [...world(worldNameIn(request)).deliveries.values()]
    return all
      .filter(
        ({ event, sessionId, sessionName, status }) =>
          (wanted.event ?? event) === event &&
          (wanted.sid ?? sessionId) === sessionId &&
          (wanted.session_name ?? sessionName) === sessionName &&
          (wanted.status ?? status) === status
      )
      .slice(-limit)
      .map(shownDelivery)
  })

  app.post(
    '/_mock/webhooks/:id/replay',
    { schema: { params: Type.Object({ id: Type.String() }), body: Replay } },
    (request, reply) => {
      const here = world(worldNameIn(request))
      const { id } = request.params
      const delivery = here.deliveries.get(id)
      if (delivery === undefined) throw new ControlRefusal(404, `no webhook "${id}"`)
      const { times = 1, late_by_ms: lateByMs = 0 } = request.body
      return reply.code(202).send({ ids: replay(here, delivery, times, lateByMs) })
    }
  )
  done()
}

/** The same body once more, signed anew, as somebody might ask Zoom in vain. */
function replay(world: World, delivery: DeliveryRecord, times = 1, lateByMs = 0): string[] {
  return Array.from({ length: times }, () => {
    const again: DeliveryRecord = {
      ...delivery,
      id: world.webhookIds.uuid(),
      status: 'pending',
      attempts: []
    }
    const { id, event, sessionId: sid, sessionName } = again
    world.journal.append({ kind: 'webhook.replayed', event, sid, session_name: sessionName })
    if (lateByMs === 0) world.post(again)
    else {
      world.deliveries.set(id, again)
      world.plan(lateByMs, { kind: 'webhook.attempt', deliveryId: id })
    }
    return id
  })
}

function shownSubscription(subscription: SubscriptionRecord): Record<string, unknown> {
  const { id, name, url, events, status, failures, validatedAt } = subscription
  return {
    id,
    name,
    url,
    events: events.length === 0 ? 'all' : events,
    status,
    failures,
    validated_at: validatedAt === null ? null : new Date(validatedAt).toISOString()
  }
}

/** With what was signed, so that nobody has to guess why a signature is not right. */
function shownDelivery(delivery: DeliveryRecord): Record<string, unknown> {
  const { id, event, subscriptionId, sessionId, sessionName, body, status, attempts } = delivery
  return {
    id,
    event,
    subscription: subscriptionId,
    session_id: sessionId,
    session_name: sessionName,
    status,
    body,
    attempts: attempts.map(attempt => ({
      at: new Date(attempt.at).toISOString(),
      result: attempt.result,
      reason: attempt.words,
      request_id: attempt.requestId,
      signature: attempt.signature,
      signed: `v0:${attempt.timestamp}:${body}`
    }))
  }
}
