import { type Static, Type } from '@sinclair/typebox'

const callback_url = Type.Optional(
  Type.String({
    maxLength: 2_048,
    description: 'Where events of this call go; kept by a conversation that had none.'
  })
)
const name = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 255, description }))

/** POST /sdk_calls/voice_token */
export const CreateVoiceToken = Type.Object(
  {
    conversation: Type.Object({
      moderator_id: Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Your id of the staff member whose browser calls and is called.'
      }),
      conversation_id: name("The conversation by the client's own id, made on first use."),
      client_conversation_id: name('The same under its other name.'),
      global_id: name('The conversation by its global id.'),
      internal_conversation_id: name('The conversation by its internal id.'),
      application_name: name('Scope of the conversation ids; the name of the bearer when absent.'),
      client_call_id: name('Your id of the call; it comes back in its events.'),
      callback_url
    })
  },
  {
    title: 'CreateVoiceToken',
    examples: [
      {
        conversation: {
          moderator_id: 'teacher-17',
          conversation_id: 'class-4b',
          client_call_id: 'call-1'
        }
      }
    ]
  }
)
export type CreateVoiceToken = Static<typeof CreateVoiceToken>

export const VoiceToken = Type.Object(
  {
    identity: Type.String({ description: 'The name of the browser at the provider.' }),
    token: Type.String({
      description: "An access token of the provider's with a voice grant; a secret."
    })
  },
  { $id: 'VoiceToken', title: 'VoiceToken' }
)
export type VoiceToken = Static<typeof VoiceToken>

/** POST /sdk_calls/voice_response, from an API client or, as a form and among its own fields, from Twilio. */
export const VoiceResponseRequest = Type.Object(
  {
    To: Type.Optional(
      Type.String({
        description: 'Whom to call, E.164; the last participant of the conversation when absent.',
        examples: ['+16015550142']
      })
    ),
    client_conversation_id: name("The conversation by the client's own id."),
    global_id: name('The conversation by its global id.'),
    internal_conversation_id: name('The conversation by its internal id.'),
    application_name: name('Scope of the conversation ids; the name of the bearer when absent.'),
    messaging_service_sid: Type.Optional(
      Type.String({
        pattern: '^MG[0-9a-fA-F]{32}$',
        description: 'One of the numbers of this messaging service is shown to whom is called.'
      })
    ),
    global_customer_id: name('The customer whose messaging service it is, instead.'),
    moderator_id: name('Your id of the staff member who calls.'),
    client_call_id: name('Your id of the call; it comes back in its events.'),
    callback_url
  },
  {
    title: 'VoiceResponseRequest',
    examples: [{ To: '+16015550142', client_conversation_id: 'class-4b' }]
  }
)
export type VoiceResponseRequest = Static<typeof VoiceResponseRequest>
