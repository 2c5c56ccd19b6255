import { type Static, Type } from '@sinclair/typebox'
import { examples } from '../../examples.ts'
import { Nullable, Timestamp } from '../../platform/schemas.ts'

const conversationIds = {
  client_conversation_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: "The conversation by the client's own id."
    })
  ),
  global_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'The conversation by its global id.' })
  ),
  internal_conversation_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The conversation by its internal id.'
    })
  )
}

/** POST /messages */
export const CreateMessage = Type.Object(
  {
    message: Type.Object({
      sender_number: Type.String({
        description: 'One of our numbers, E.164.',
        examples: ['+16015550100']
      }),
      receiver_number: Type.String({
        description: 'Who gets the text, E.164.',
        examples: ['+16015550142']
      }),
      message_body: Type.Optional(
        Type.String({
          description: 'At most 1,600 characters. Required unless there is media.',
          examples: ['School is closed today.']
        })
      ),
      media_urls: Type.Optional(
        Type.Array(Type.String({ description: 'http or https.' }), {
          description: 'At most 10. Makes the message an MMS.'
        })
      ),
      message_type: Type.Optional(
        Type.Union([Type.Literal('sms'), Type.Literal('mms')], {
          description: 'Becomes `mms` by itself when there is media or a long text.'
        })
      ),
      ...conversationIds,
      application_name: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 255,
          description: 'Scope of the conversation ids; the name of the bearer when absent.'
        })
      ),
      priority: Type.Optional(
        Type.Union([Type.Literal('normal'), Type.Literal('high')], {
          description: '`high` goes ahead of all normal traffic.'
        })
      ),
      send_at: Type.Optional(
        Type.String({ description: 'ISO 8601 with a time zone, in the future: sent then.' })
      ),
      callback_url: Type.Optional(
        Type.String({
          maxLength: 2_048,
          description: 'Where events of this message go; kept by a conversation that had none.'
        })
      ),
      global_customer_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      messaging_service_sid: Type.Optional(
        Type.String({
          pattern: '^MG[0-9a-fA-F]{32}$',
          description: 'Send through this messaging service.'
        })
      )
    })
  },
  {
    title: 'CreateMessage',
    examples: [
      {
        message: {
          sender_number: '+16015550100',
          receiver_number: '+16015550142',
          message_body: 'School is closed today.',
          client_conversation_id: 'class-4b'
        }
      }
    ]
  }
)
export type CreateMessage = Static<typeof CreateMessage>

export const Message = Type.Object(
  {
    id: Type.Integer(),
    client_conversation_id: Nullable(Type.String()),
    global_id: Nullable(Type.String()),
    internal_conversation_id: Nullable(Type.String()),
    media_file_urls: Type.Array(Type.String(), { description: 'Our stored copies of the media.' }),
    media_urls: Type.Array(Type.String()),
    message_body: Type.String(),
    message_sid: Nullable(
      Type.String({ description: "The provider's id, once it has the message." })
    ),
    message_type: Type.String({ enum: ['sms', 'mms'] }),
    message_uuid: Type.String({ format: 'uuid' }),
    priority: Type.String({ enum: ['normal', 'high'] }),
    provider: Type.String(),
    provider_status: Nullable(Type.String({ description: "The provider's own word." })),
    receiver_number: Type.String(),
    sender_number: Type.String(),
    internal_status: Type.String({
      description:
        'accepted → (scheduled →) queued → sending → sent → delivered | undelivered | failed; or canceled, blocked, landline, lookup_failed; received for inbound texts.'
    }),
    direction: Type.String({ enum: ['outbound', 'inbound'] }),
    error_code: Nullable(Type.String()),
    error_description: Nullable(Type.String()),
    num_segments: Type.Integer({ description: 'How many parts a carrier bills.' }),
    encoding: Type.String({ enum: ['GSM-7', 'UCS-2'] }),
    send_at: Nullable(Timestamp),
    created_at: Timestamp,
    updated_at: Timestamp
  },
  { $id: 'Message', title: 'Message' }
)
export type Message = Static<typeof Message>

/** POST /messages/images_lambda */
export const StoreMediaCopies = Type.Object(
  {
    message_uuid: Type.String({ description: 'The message that the media belong to.' }),
    media_file_urls: Type.Array(Type.String({ maxLength: 2_048, description: 'http or https.' }), {
      minItems: 1,
      maxItems: 10,
      description: 'Where the stored copies lie.'
    })
  },
  {
    title: 'StoreMediaCopies',
    examples: [
      {
        message_uuid: examples.messageUuid,
        media_file_urls: ['https://media.example/0193585e/1.jpg']
      }
    ]
  }
)
export type StoreMediaCopies = Static<typeof StoreMediaCopies>

/** GET /messages: the numbers in the query, or in a JSON body. */
export const ListMessagesBody = Type.Object(
  {
    from: Type.Optional(
      Type.String({
        description: 'Sender number, E.164. Required, in the query or in a JSON body.',
        examples: ['+16015550100']
      })
    ),
    to: Type.Optional(
      Type.String({
        description: 'Receiver number, E.164. Required, in the query or in a JSON body.',
        examples: ['+16015550142']
      })
    )
  },
  { title: 'ListMessages' }
)
