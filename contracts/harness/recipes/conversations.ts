import { isRecord, type Json } from '../json.ts'
import { type Actor, recordOf, type World } from '../world/world.ts'
import type { OperationRecipe, ResourceRecipes } from './recipe.ts'

const newConversation = (world: World): Json => ({
  client_conversation_id: world.fresh('client'),
  global_id: world.fresh('global'),
  internal_conversation_id: world.fresh('internal'),
  callback_url: 'https://app.example/conversation',
  welcome_message: 'Welcome.',
  moderator_id: 'teacher-7',
  moderator_number: world.receiver(),
  provider_number: world.options.senders[0],
  participants: [world.receiver()]
})

async function create(world: World, actor: Actor): Promise<Json> {
  const body = { conversation: newConversation(world) }
  return recordOf(await world.must('post_conversations', actor, { body }))
}

/** The id of a conversation that another one already has. */
const taken = async (world: World, actor: Actor): Promise<Json> => ({
  client_conversation_id: (await create(world, actor))['client_conversation_id']
})

const byClientId = (name: string): OperationRecipe => ({
  valid: async (world, actor) => ({
    params: { [name]: String((await create(world, actor))[name]) },
    body: {
      conversation: {
        welcome_message: world.fresh('hello'),
        provider_number: world.options.senders[0]
      }
    }
  }),
  provoke: {
    409: async (world, actor) => ({
      params: { [name]: String((await create(world, actor))[name]) },
      body: { conversation: await taken(world, actor) }
    })
  },
  // The id stands within an application: with another one named in the body, there it is looked for.
  references: ['conversation.application_name']
})

/** A conversation with one pairing. */
async function paired(world: World, actor: Actor): Promise<{ id: number; participant: string }> {
  const created = await create(world, actor)
  const [first] = Array.isArray(created['participants']) ? created['participants'] : []
  return {
    id: Number(created['id']),
    participant: isRecord(first) ? String(first['participant_number']) : ''
  }
}

const idsOfPairing = [
  'participant.provider_number',
  'participant.client_conversation_id',
  'participant.global_id',
  'participant.internal_conversation_id'
]

const deactivate: OperationRecipe = {
  owned: true,
  references: idsOfPairing,
  valid: async (world, actor) => ({
    body: { participant: { participant_number: (await paired(world, actor)).participant } }
  }),
  provoke: {
    404: async world => ({ body: { participant: { participant_number: world.receiver() } } })
  }
}

const deactivateInConversation: OperationRecipe = {
  references: idsOfPairing,
  async valid(world, actor) {
    const { id, participant } = await paired(world, actor)
    return {
      params: { conversation_id: id },
      body: { participant: { participant_number: participant } }
    }
  }
}

export const conversations: ResourceRecipes = {
  operations: {
    post_conversations: {
      valid: async world => ({ body: { conversation: newConversation(world) } }),
      provoke: {
        409: async (world, actor) => ({ body: { conversation: await taken(world, actor) } })
      }
    },
    patch_conversations_by_id: {
      valid: async (world, actor) => ({
        params: { id: Number((await create(world, actor))['id']) },
        body: {
          conversation: {
            welcome_message: world.fresh('hello'),
            provider_number: world.options.senders[0]
          }
        }
      }),
      provoke: {
        409: async (world, actor) => ({
          params: { id: Number((await create(world, actor))['id']) },
          body: { conversation: await taken(world, actor) }
        })
      }
    },
    patch_conversations_client_conversation_id_by_client_conversation_id:
      byClientId('client_conversation_id'),
    patch_conversations_global_id_by_global_id: byClientId('global_id'),
    patch_conversations_internal_conversation_id_by_internal_conversation_id: byClientId(
      'internal_conversation_id'
    ),
    patch_participants_deactivate_pairing: deactivate,
    put_participants_deactivate_pairing: deactivate,
    post_participants_deactivate_pairing: deactivate,
    patch_conversations_by_conversation_id_participants_deactivate_pairing:
      deactivateInConversation,
    put_conversations_by_conversation_id_participants_deactivate_pairing: deactivateInConversation,
    post_conversations_by_conversation_id_participants_deactivate_pairing: deactivateInConversation
  }
}
