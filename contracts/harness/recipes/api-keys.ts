import { type Actor, recordOf, type World } from '../world/world.ts'
import type { ResourceRecipes } from './recipe.ts'

async function spareKey(world: World, actor: Actor): Promise<number> {
  const created = await world.must('post_admin_api_keys', world.admin, {
    body: { bearer_id: actor.id },
    secret: true
  })
  return Number(recordOf(created)['id'])
}

export const apiKeys: ResourceRecipes = {
  operations: {
    get_admin_api_keys: { valid: async () => ({}) },
    post_admin_api_keys: {
      valid: async world => ({ body: { bearer_id: (await world.bearer()).id }, secret: true }),
      references: ['bearer_id']
    },
    delete_admin_api_keys_by_id: {
      valid: async world => ({ params: { id: (await world.bearer()).keyId } })
    },
    get_api_keys: { valid: async () => ({}) },
    post_api_keys: { valid: async () => ({ secret: true }) },
    delete_api_keys_by_id: {
      valid: async (world, actor) => ({ params: { id: await spareKey(world, actor) } })
    }
  }
}
