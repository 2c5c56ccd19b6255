import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { EventFilter } from './find-events.ts'

const webhook = {
  id: Type.Integer(),
  event_id: Type.String({
    format: 'uuid',
    description: 'The `webhook-id`, the same at every attempt.'
  }),
  type: Type.String({ examples: ['messages.message.status_update'] }),
  bearer_id: Type.Integer(),
  resource_id: Type.String({
    description: 'What it is about; events of one resource are delivered in order.'
  }),
  callback_url: Nullable(Type.String()),
  status: Type.String({ enum: ['pending', 'delivered', 'dead'] }),
  attempts: Type.Integer(),
  next_attempt_at: Nullable(Timestamp),
  created_at: Timestamp,
  settled_at: Nullable(Timestamp)
}

/** A client event in a list. */
export const Webhook = Type.Object(webhook, { $id: 'Webhook', title: 'Webhook' })
export type Webhook = Static<typeof Webhook>

const Attempt = Type.Object({
  attempt: Type.Integer(),
  at: Timestamp,
  status_code: Nullable(Type.Integer({ description: 'Null when no answer came.' })),
  error: Nullable(Type.String()),
  response: Nullable(Type.String({ description: 'At most the first 2 KB.' })),
  duration_ms: Type.Integer()
})

/** A client event with its payload and every attempt. */
export const WebhookDetails = Type.Object(
  {
    ...webhook,
    payload: Type.Record(Type.String(), Type.Unknown()),
    attempt_log: Type.Array(Attempt)
  },
  { $id: 'WebhookDetails', title: 'WebhookDetails' }
)
export type WebhookDetails = Static<typeof WebhookDetails>

export const ListWebhooks = {
  status: Type.Optional(
    Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('dead')], {
      description: '`dead` lists the dead letters.'
    })
  ),
  ...EventFilter
}

/** POST /admin/webhooks/replay */
export const ReplayWebhooks = Type.Object(
  {
    status: Type.Optional(
      Type.Union([Type.Literal('dead'), Type.Literal('delivered')], {
        description: '`dead` when absent.'
      })
    ),
    ...EventFilter,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 1_000,
        description: 'Most events to replay, oldest first.'
      })
    )
  },
  { title: 'ReplayWebhooks', examples: [{ status: 'dead', from: '2026-11-23T00:00:00Z' }] }
)

export const ReplayedWebhooks = Type.Object(
  {
    replayed: Type.Integer(),
    more: Type.Boolean({ description: 'The limit was reached: ask again for the rest.' })
  },
  { $id: 'ReplayedWebhooks', title: 'ReplayedWebhooks' }
)
