import { Type } from '@sinclair/typebox'
import { Id, Timestamp } from '../../platform/schemas.ts'

const apiKey = { id: Type.Integer(), bearer_id: Type.Integer(), created_at: Timestamp }

/** Never with its token. */
export const ApiKey = Type.Object(apiKey, { $id: 'ApiKey', title: 'ApiKey' })

/** The one time that the token is shown. */
export const NewApiKey = Type.Object(
  {
    ...apiKey,
    token: Type.String({ description: 'Kept nowhere: store it now.', examples: ['csk_…'] })
  },
  { $id: 'NewApiKey', title: 'NewApiKey' }
)

/** POST /admin/api_keys */
export const CreateApiKey = Type.Object(
  { bearer_id: { ...Id, description: 'Whose key it will be.' } },
  { title: 'CreateApiKey', examples: [{ bearer_id: 1 }] }
)
