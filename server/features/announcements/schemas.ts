import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'

const clientId = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })

/** What all recipients share: an announcement without them, as the first line of a stream has it. */
const shared = {
  client_announcement_id: clientId(
    'Your id of the announcement. Each number is reached at most once under it, however often it is given.'
  ),
  client_message_id: Type.Optional(clientId('Your id of the message, given back in its events.')),
  global_customer_id: clientId('The customer whose announcement numbers it goes out from.'),
  type: Type.Union([Type.Literal('sms'), Type.Literal('mms'), Type.Literal('voice')]),
  body: Type.String({
    description: 'What is sent or read out. At most 1,600 characters.',
    examples: ['School is closed today.']
  }),
  media_urls: Type.Optional(
    Type.Array(Type.String({ description: 'http or https.' }), { description: 'At most 10.' })
  ),
  provider_number: Type.Optional(
    Type.String({
      description: "Send from this one of the customer's announcement numbers, E.164."
    })
  ),
  callback_url: Type.Optional(
    Type.String({ maxLength: 2_048, description: 'Where its events go; else to the bearer.' })
  ),
  send_at: Type.Optional(
    Type.String({
      description:
        'ISO 8601 with a time zone, in the future: begun then. Recipients that a later request adds without one wait for it too.'
    })
  ),
  voice: Type.Optional(
    Type.String({ maxLength: 100, description: 'Of a voice announcement: who reads it out.' })
  ),
  language: Type.Optional(
    Type.String({ maxLength: 35, description: 'Of a voice announcement, like en-US.' })
  )
}

/** One recipient, as documented. What comes is checked one by one, so that one wrong number stops nobody else. */
const Recipient = Type.Union([
  Type.String({ description: 'E.164.' }),
  Type.Object({
    recipient_number: Type.String({ description: 'E.164.', examples: ['+16015550142'] }),
    client_message_id: Type.Optional(clientId('Your id of this one message.')),
    body: Type.Optional(Type.String({ description: 'Instead of what the others are sent.' }))
  })
])

/** POST /announcements, as documented. */
export const CreateAnnouncement = Type.Object(
  {
    announcement: Type.Object({
      ...shared,
      recipient_number: Type.Optional(
        Type.String({ description: 'A single recipient, E.164.', examples: ['+16015550142'] })
      ),
      recipients: Type.Optional(
        Type.Array(Recipient, {
          maxItems: 100_000,
          description: 'At most 100,000; more as application/x-ndjson.'
        })
      )
    })
  },
  {
    title: 'CreateAnnouncement',
    examples: [
      {
        announcement: {
          client_announcement_id: 'snow-day-2026-11-23',
          global_customer_id: 'local-district',
          type: 'sms',
          body: 'School is closed today.',
          recipients: ['+16015550142', { recipient_number: '+16015550143', client_message_id: '7' }]
        }
      }
    ]
  }
)

/** What all recipients share, as it is checked. */
export const AnnouncementHeader = Type.Object(shared)
export type AnnouncementHeader = Static<typeof AnnouncementHeader>

const Rejected = Type.Object({
  index: Type.Integer({ description: 'Place among the recipients, from 0.' }),
  recipient_number: Type.String({ description: 'As it came.' }),
  message: Type.String({ description: 'What was expected and what came.' })
})

const counted = {
  client_announcement_id: Type.String(),
  client_message_id: Nullable(Type.String()),
  accepted: Type.Integer({ description: 'Recipients taken in by this request.' }),
  duplicates: Type.Integer({ description: 'Recipients that this request named more than once.' }),
  rejected: Type.Array(Rejected, {
    description: 'Who was not taken in, and why. The first 10,000.'
  }),
  rejected_count: Type.Integer()
}

export const AcceptedAnnouncement = Type.Object(counted, { title: 'AcceptedAnnouncement' })
export type AcceptedAnnouncement = Static<typeof AcceptedAnnouncement>

export const AnnouncementEstimate = Type.Object(
  {
    ...counted,
    dry_run: Type.Literal(true),
    opted_out: Type.Integer({ description: 'Recipients who opted out of announcements.' }),
    segments: Type.Integer({ description: 'Of all messages together.' }),
    cost: Type.Object({
      amount: Type.String({ description: 'By the price table of the configuration.' }),
      currency: Type.String()
    }),
    numbers: Type.Array(
      Type.Object({
        provider_number: Type.String(),
        messages_per_second: Type.Number(),
        recipients: Type.Integer(),
        segments: Type.Integer(),
        finishes_at: Timestamp
      }),
      { description: 'The load of each number. Empty when the customer has none yet.' }
    ),
    finishes_at: Nullable(Type.String({ format: 'date-time' })),
    left_today: Nullable(
      Type.Integer({
        description:
          'How many more recipients your limit of the day allows; an announcement to more is refused. Null without a limit.'
      })
    )
  },
  { title: 'AnnouncementEstimate' }
)
export type AnnouncementEstimate = Static<typeof AnnouncementEstimate>

/** One recipient's message. */
export const AnnouncementMessage = Type.Object(
  {
    id: Type.Integer(),
    global_customer_id: Nullable(Type.String()),
    recipient_number: Type.String(),
    provider_number: Type.String(),
    client_announcement_id: Nullable(Type.String()),
    client_message_id: Nullable(Type.String()),
    body: Type.String(),
    callback_url: Nullable(Type.String()),
    message_uuid: Type.String({ format: 'uuid' }),
    message_sid: Nullable(Type.String()),
    provider_status: Nullable(Type.String({ description: "The provider's own word." })),
    internal_status: Type.String(),
    error_code: Nullable(Type.String()),
    error_description: Nullable(Type.String()),
    answered_by: Nullable(
      Type.String({ description: "Of a call: human, or a kind of machine; the provider's word." })
    ),
    created_at: Timestamp,
    updated_at: Timestamp
  },
  { title: 'AnnouncementMessage' }
)
export type AnnouncementMessage = Static<typeof AnnouncementMessage>

/**
 * The ledger. At any moment accepted is the sum of sent, refused, blocked, canceled and pending, and none of
 * accepted and repeated ever falls; who waits becomes part of one of the two.
 */
export const AnnouncementLedger = Type.Object(
  {
    accepted: Type.Integer({
      description:
        'Everybody who is to be reached, each once: the sum of `sent`, `refused`, `blocked`, `canceled` and `pending` at any moment. It never falls.'
    }),
    waiting: Type.Integer({
      description:
        'Taken in and stored, and not yet compared with whom earlier requests named: each becomes part of `accepted` or of `repeated`, as a rule within seconds.'
    }),
    pending: Type.Integer({ description: 'Not handed to the provider yet.' }),
    sent: Type.Integer({ description: 'Handed to the provider, whatever came of it.' }),
    refused: Type.Integer({ description: 'The provider did not take them.' }),
    blocked: Type.Integer({ description: 'They opted out.' }),
    canceled: Type.Integer(),
    repeated: Type.Integer({
      description: 'Named again by another request; not part of `accepted`.'
    })
  },
  { title: 'AnnouncementLedger' }
)
export type AnnouncementLedger = Static<typeof AnnouncementLedger>

export const Announcement = Type.Object(
  {
    client_announcement_id: Type.String(),
    global_customer_id: Type.String(),
    type: Type.String({ enum: ['sms', 'mms', 'voice'] }),
    body: Type.String(),
    state: Type.String({ enum: ['active', 'paused', 'canceled'] }),
    send_at: Nullable(Type.String({ format: 'date-time' })),
    ledger: AnnouncementLedger,
    counts: Type.Record(Type.String(), Type.Integer(), {
      description: 'Messages by `internal_status`.'
    }),
    created_at: Timestamp,
    updated_at: Nullable(
      Type.String({ format: 'date-time', description: 'Of the message that changed last.' })
    ),
    messages: Type.Array(AnnouncementMessage, {
      description:
        'A page of them. The next page is asked for with the cursor of the header `x-next-cursor`.'
    })
  },
  { title: 'Announcement' }
)
export type Announcement = Static<typeof Announcement>

export const AnnouncementState = Type.Object(
  {
    client_announcement_id: Type.String(),
    state: Type.String({ enum: ['active', 'paused', 'canceled'] })
  },
  { title: 'AnnouncementState' }
)
