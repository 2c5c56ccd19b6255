import type { World } from '../world/world.ts'
import type { ResourceRecipes } from './recipe.ts'

const ofBearer = async (world: World) => ({ params: { id: (await world.bearer()).id } })

export const limits: ResourceRecipes = {
  operations: {
    get_limits: { valid: async () => ({}) },
    get_admin_bearers_by_id_limits: { valid: ofBearer },
    put_admin_bearers_by_id_limits: {
      valid: async world => ({
        ...(await ofBearer(world)),
        body: {
          texts_per_minute: 600,
          texts_per_day: 50_000,
          calls_per_minute: 60,
          calls_per_day: null
        }
      })
    }
  }
}
