import { Type, type Static } from '@sinclair/typebox'

import { AdvancedOptOut } from './carrier/advanced-opt-out.ts'
import { HandsetSeed } from './carrier/persona.ts'

/** What a world begins with: the body of POST /_mock/reset, and the `accounts` of createMockTwilio. */

const strict = { additionalProperties: false }
const HttpMethod = Type.Union([Type.Literal('GET'), Type.Literal('POST')])

export const NumberSeed = Type.Object(
  {
    phone_number: Type.String({ pattern: '^\\+[1-9][0-9]{1,14}$' }),
    sid: Type.Optional(Type.String({ pattern: '^PN[0-9a-fA-F]{32}$' })),
    friendly_name: Type.Optional(Type.String()),
    sms_url: Type.Optional(Type.String()),
    sms_method: Type.Optional(HttpMethod),
    sms_fallback_url: Type.Optional(Type.String()),
    mms: Type.Optional(Type.Boolean({ description: 'whether it takes media; default true' }))
  },
  strict
)

export const MessagingServiceSeed = Type.Object(
  {
    sid: Type.Optional(Type.String({ pattern: '^MG[0-9a-fA-F]{32}$' })),
    friendly_name: Type.Optional(Type.String()),
    phone_numbers: Type.Optional(Type.Array(Type.String(), { description: 'E.164; owned' })),
    inbound_request_url: Type.Optional(Type.String()),
    status_callback: Type.Optional(Type.String()),
    use_inbound_webhook_on_number: Type.Optional(Type.Boolean()),
    sticky_sender: Type.Optional(Type.Boolean()),
    area_code_geomatch: Type.Optional(Type.Boolean()),
    advanced_opt_out: Type.Optional(AdvancedOptOut)
  },
  strict
)

export const LineType = Type.Union(
  [
    Type.Literal('mobile'),
    Type.Literal('landline'),
    Type.Literal('fixedVoip'),
    Type.Literal('nonFixedVoip'),
    Type.Literal('tollFree'),
    Type.Literal('personal'),
    Type.Literal('premium'),
    Type.Literal('voicemail'),
    Type.Literal('sharedCost'),
    Type.Literal('uan'),
    Type.Literal('pager'),
    Type.Literal('unknown'),
    Type.Literal('not_found')
  ],
  {
    description:
      'what a lookup says of a number. unknown: a type of null with error 60600. not_found: a refusal, 404/20404'
  }
)

const LineTypeSeed = Type.Object(
  { phone_number: Type.String({ pattern: '^\\+[1-9][0-9]{1,14}$' }), type: LineType },
  strict
)

export const Profile = Type.Union(
  [Type.Literal('reliable'), Type.Literal('instant'), Type.Literal('rough')],
  {
    description:
      'reliable: all is delivered, after realistic delays. instant: the same at once. rough: a seeded share goes wrong'
  }
)

export const WorldSeed = Type.Object(
  {
    seed: Type.Optional(Type.String()),
    profile: Type.Optional(Profile),
    friendly_name: Type.Optional(Type.String()),
    auth_token: Type.Optional(Type.String()),
    api_keys: Type.Optional(
      Type.Array(Type.Object({ sid: Type.String(), secret: Type.String() }, strict))
    ),
    numbers: Type.Optional(Type.Array(NumberSeed)),
    messaging_services: Type.Optional(Type.Array(MessagingServiceSeed)),
    line_types: Type.Optional(Type.Array(LineTypeSeed)),
    handsets: Type.Optional(Type.Array(HandsetSeed)),
    add_ons: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'what inbound messages carry as AddOns, as JSON; nothing when absent'
      })
    )
  },
  strict
)

export type Profile = Static<typeof Profile>
export type WorldSeed = Static<typeof WorldSeed>
export type LineType = Static<typeof LineType>
export type NumberSeed = Static<typeof NumberSeed>
export type MessagingServiceSeed = Static<typeof MessagingServiceSeed>
export type AccountSeed = WorldSeed & { account_sid: string }
