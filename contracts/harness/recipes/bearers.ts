import { type Actor, recordOf, type World } from '../world/world.ts'
import type { ResourceRecipes } from './recipe.ts'

const newBearer = (world: World): Record<string, unknown> => ({
  bearer_name: world.fresh('bearer'),
  bearer_type: 'Application',
  callback_url: 'https://app.example/events',
  username: 'contract',
  password: world.fresh('password')
})

/** A bearer that nobody needs. */
async function spare(world: World): Promise<number> {
  const created = await world.must('post_admin_bearers', world.admin, {
    body: newBearer(world),
    secret: true
  })
  return Number(recordOf(created)['id'])
}

/** A name that a bearer cannot take: it has conversations of an application so called. */
async function takenName(world: World, actor: Actor): Promise<string> {
  const name = world.fresh('application')
  await world.must('post_conversations', actor, {
    body: { conversation: { application_name: name, client_conversation_id: world.fresh('c') } }
  })
  return name
}

export const bearers: ResourceRecipes = {
  operations: {
    get_status: { valid: async () => ({}) },
    post_admin_bearers: { valid: async world => ({ body: newBearer(world), secret: true }) },
    get_admin_bearers: { valid: async () => ({}) },
    delete_admin_bearers_by_id: {
      valid: async world => ({ params: { id: await spare(world) } }),
      provoke: { 409: async world => ({ params: { id: world.admin.id } }) }
    },
    patch_admin_bearers_by_id: {
      valid: async world => ({
        params: { id: await spare(world) },
        body: { bearer_name: world.fresh('bearer') },
        secret: true
      }),
      provoke: {
        409: async world => {
          const actor = await world.bearer()
          return { params: { id: actor.id }, body: { bearer_name: await takenName(world, actor) } }
        }
      }
    },
    get_bearer: { valid: async () => ({}) },
    patch_bearer: {
      valid: async world => ({ body: { username: world.fresh('user') }, secret: true }),
      // Only an administrator may change what it is.
      references: ['bearer_type'],
      provoke: {
        409: async (world, actor) => ({ body: { bearer_name: await takenName(world, actor) } })
      }
    }
  }
}
