import type { Json } from '../json.ts'
import { type Actor, recordOf, type World } from '../world/world.ts'
import type { ResourceRecipes } from './recipe.ts'

const aStaffMember = (world: World, fields: Json = {}): Json => ({
  moderator_id: world.fresh('teacher'),
  conversation_id: world.fresh('class'),
  client_call_id: world.fresh('call'),
  ...fields
})

/** A token with which a staff member's browser calls and is called. */
export async function voiceToken(
  world: World,
  actor: Actor,
  fields: Json = {}
): Promise<{ identity: string; token: string }> {
  const body = { conversation: aStaffMember(world, fields) }
  const { identity, token } = recordOf(
    await world.must('post_sdk_calls_voice_token', actor, { body, secret: true })
  )
  return { identity: String(identity), token: String(token) }
}

export const sdkCalls: ResourceRecipes = {
  operations: {
    post_sdk_calls_voice_token: {
      valid: async world => ({ body: { conversation: aStaffMember(world) }, secret: true })
    },
    post_sdk_calls_voice_response: {
      // Whoever is called sees a number of a messaging service; an administrator may use anybody's.
      bearerType: 'Admin',
      valid: async world => ({
        body: { To: world.receiver(), client_conversation_id: world.fresh('class') }
      }),
      references: ['global_customer_id'],
      samples: { messaging_service_sid: 'MG00000000000000000000000000000001' }
    }
  }
}
