import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'

const text = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })

const fields = {
  bearer_name: text("A person's, application's or server's name."),
  bearer_type: Type.Union(
    [Type.Literal('Admin'), Type.Literal('Application'), Type.Literal('User')],
    {
      description: 'Admin: may use everything. Application, User: their own resources.'
    }
  ),
  callback_url: Type.String({
    maxLength: 2_048,
    description: 'Where client events go when neither request nor conversation names another URL.',
    examples: ['https://app.example/events']
  }),
  username: text('Basic-auth user of the callback URL.'),
  password: Type.String({
    minLength: 1,
    maxLength: 255,
    writeOnly: true,
    description: 'Basic-auth password of the callback URL; never returned.'
  })
}

/** POST /admin/bearers */
export const CreateBearer = Type.Object(fields, {
  title: 'CreateBearer',
  examples: [
    {
      bearer_name: 'Gradebook',
      bearer_type: 'Application',
      callback_url: 'https://gradebook.example/events',
      username: 'common-services',
      password: 'a long secret'
    }
  ]
})

/** PATCH: what is absent stays. */
export const UpdateBearer = Type.Partial(
  Type.Object({
    ...fields,
    callback_url: Type.Union([fields.callback_url, Type.Null()]),
    id: Type.Integer({ description: 'As answered; it cannot be changed.' }),
    created_at: Type.String({ description: 'As answered; it cannot be changed.' }),
    rotate_signing_secret: Type.Boolean({
      description: 'Makes a new signing secret, which is in the answer and nowhere else.'
    })
  }),
  { minProperties: 1, title: 'UpdateBearer', examples: [{ bearer_name: 'Gradebook 2' }] }
)
export type UpdateBearer = Static<typeof UpdateBearer>

const bearer = {
  id: Type.Integer(),
  bearer_name: Type.String(),
  bearer_type: Type.String({ enum: ['Admin', 'Application', 'User'] }),
  callback_url: Nullable(Type.String()),
  created_at: Timestamp
}

export const Bearer = Type.Object(bearer, { $id: 'Bearer', title: 'Bearer' })
export type Bearer = Static<typeof Bearer>

/** With the Standard Webhooks secret, when it was just made: it is shown once. */
export const BearerWithSecret = Type.Object(
  {
    ...bearer,
    signing_secret: Type.Optional(
      Type.String({
        description:
          'Checks the `webhook-signature` of client events (standardwebhooks.com). Shown once.'
      })
    )
  },
  { $id: 'BearerWithSecret', title: 'BearerWithSecret' }
)
export type BearerWithSecret = Static<typeof BearerWithSecret>
