import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'

const sid = (prefix: string, what: string) =>
  Type.String({ pattern: `^${prefix}[0-9a-fA-F]{32}$`, description: what })
const clearable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

/** A state of the customer or of a number. */
export const StateCode = Type.String({
  pattern: '^[A-Z]{2}$',
  description: 'Two letters of a state, like MS.',
  examples: ['MS']
})

const NumberType = Type.Union(
  [Type.Literal('long_code'), Type.Literal('toll_free'), Type.Literal('short_code')],
  { description: 'Decides how fast the number may send; told by the number itself when absent.' }
)

const NumberAttributes = Type.Object(
  {
    id: Type.Optional(Type.Integer({ description: 'As answered; a number is known by itself.' })),
    number: Type.String({ description: 'E.164, or a short code.', examples: ['+16015550177'] }),
    sid: Type.Optional(
      Type.String({
        pattern: '^((PN|SC)[0-9a-fA-F]{32})?$',
        description:
          "The provider's id of the number; learned by the next synchronisation when absent."
      })
    ),
    state_code: Type.Optional(Type.Union([StateCode, Type.Null()])),
    announcement_number: Type.Optional(
      Type.Boolean({ description: 'Announcements go out from it, and chats do not.' })
    ),
    number_type: Type.Optional(NumberType),
    _destroy: Type.Optional(Type.Boolean({ description: 'Takes the number out of the service.' }))
  },
  { title: 'ProviderNumberAttributes' }
)
export type NumberAttributes = Static<typeof NumberAttributes>

const mostNumbers = 400

/** A list of numbers, or an object whose values they are. */
const Numbers = Type.Union(
  [
    Type.Array(NumberAttributes, { maxItems: mostNumbers }),
    Type.Record(Type.String(), NumberAttributes, { maxProperties: mostNumbers })
  ],
  { description: 'Numbers to add or change: a list, or an object whose values they are.' }
)

const fields = {
  name: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Yours alone; the provider_messaging_sid when absent.'
    })
  ),
  global_customer_id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The customer whose numbers they are.'
    })
  ),
  provider_name: Type.Optional(
    Type.Union([Type.Literal('twilio'), Type.Literal('bandwidth')], {
      description: '`twilio` when absent.'
    })
  ),
  provider_messaging_sid: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: "The service's id at its provider; at Twilio MG and 32 hexadecimal digits."
    })
  ),
  twilio_messaging_sid: Type.Optional(
    Type.Union([Type.String({ description: 'MG and 32 hexadecimal digits.' }), Type.Null()])
  ),
  state_code: clearable(StateCode),
  business_profile_sid: clearable(sid('BU', "The customer's profile at Twilio's TrustHub.")),
  shaken_stir_product_sid: clearable(sid('BU', "The customer's SHAKEN/STIR trust product.")),
  brand_registration_sid: clearable(sid('BN', "The customer's A2P brand at Twilio.")),
  provider_numbers: Type.Optional(Numbers),
  provider_numbers_attributes: Type.Optional(Numbers),
  twilio_numbers: Type.Optional(Numbers)
}

const messagingService = Type.Object(fields, { minProperties: 1 })

/** PATCH and PUT: what is absent stays. */
export const UpdateMessagingService = Type.Object(
  { messaging_service: messagingService },
  {
    title: 'UpdateMessagingService',
    examples: [{ messaging_service: { name: 'Local district', state_code: 'MS' } }]
  }
)

/** POST /messaging_services */
export const CreateMessagingService = Type.Object(
  { messaging_service: messagingService },
  {
    title: 'CreateMessagingService',
    examples: [
      {
        messaging_service: {
          name: 'Lamar County',
          global_customer_id: 'lamar-county',
          provider_messaging_sid: 'MG0123456789abcdef0123456789abcdef',
          state_code: 'MS',
          provider_numbers_attributes: [
            { number: '+16015550177', sid: 'PN0123456789abcdef0123456789abcdef' }
          ]
        }
      }
    ]
  }
)
export type ServiceFields = Static<typeof UpdateMessagingService>['messaging_service']

/** POST /admin/messaging_services */
export const CreateServiceAsAdmin = Type.Object(
  {
    ...fields,
    bearer_id: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Whose it is; yours when absent.'
      })
    ),
    provider_messaging_sid: Type.String({
      minLength: 1,
      maxLength: 255,
      description: "The service's id at its provider; at Twilio MG and 32 hexadecimal digits."
    }),
    global_customer_id: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The customer whose numbers they are.'
    })
  },
  {
    title: 'CreateServiceAsAdmin',
    examples: [
      {
        provider_messaging_sid: 'MG00112233445566778899aabbccddeeff',
        global_customer_id: 'jones-county',
        twilio_numbers: { '0': { number: '+16015550178', state_code: 'MS' } }
      }
    ]
  }
)

const ProviderNumber = Type.Object(
  {
    id: Type.Integer(),
    number: Type.String(),
    sid: Type.String({ description: "The provider's; empty until it is known." }),
    state_code: Nullable(Type.String()),
    announcement_number: Type.Boolean(),
    number_type: Type.String({ enum: ['long_code', 'toll_free', 'short_code'] })
  },
  { $id: 'ProviderNumber', title: 'ProviderNumber' }
)
export type ProviderNumber = Static<typeof ProviderNumber>

const reviewed = (what: string) =>
  Nullable(Type.String({ description: `${what} Twilio's word; null when nothing was heard.` }))

export const MessagingService = Type.Object(
  {
    id: Type.Integer(),
    bearer_id: Type.Integer(),
    global_customer_id: Nullable(Type.String()),
    name: Type.String(),
    provider_messaging_sid: Type.String(),
    provider_name: Type.String({ enum: ['twilio', 'bandwidth'] }),
    twilio_messaging_sid: Nullable(Type.String()),
    uuid: Type.String({ format: 'uuid' }),
    state_code: Nullable(Type.String()),
    provider_numbers: Type.Array(ProviderNumber),
    business_profile_sid: Nullable(Type.String()),
    business_profile_status: reviewed('How the review of the business profile stands.'),
    shaken_stir_product_sid: Nullable(Type.String()),
    shaken_stir_product_status: reviewed('How the review of the trust product stands.'),
    brand_registration_sid: Nullable(Type.String()),
    brand_status: reviewed('Whether the brand is registered.'),
    brand_identity_status: reviewed("Whether the brand's identity is verified."),
    campaign_status: reviewed('How the registration of the campaign stands.'),
    compliance_error: Nullable(
      Type.String({ description: 'Why a review failed, as the provider says it.' })
    ),
    synchronized_at: Nullable(Timestamp),
    synchronization_error: Nullable(
      Type.String({ description: 'Why the latest synchronisation failed; null when it did not.' })
    ),
    created_at: Timestamp,
    updated_at: Timestamp
  },
  { $id: 'MessagingService', title: 'MessagingService' }
)
export type MessagingService = Static<typeof MessagingService>

export const ServiceUuid = Type.Object({
  uuid: Type.String({
    description: "The messaging service's `uuid`.",
    examples: ['01933f1a-2b00-7000-8000-000000000001']
  })
})
