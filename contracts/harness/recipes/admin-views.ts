import { list } from '../json.ts'
import type { ResourceRecipes } from './recipe.ts'

/** What administrators look at: what was done, and how much of everything there was. */
export const adminViews: ResourceRecipes = {
  operations: {
    get_admin_audit_log: { valid: async () => ({}) },
    get_admin_stats: { valid: async () => ({}) }
  },
  pages: [
    {
      operation: 'get_admin_audit_log',
      async fill(world, _actor, count) {
        const [administrator, other] = [await world.bearer('Admin'), await world.bearer('Admin')]
        const { id } = await world.bearer()
        const act = async (who = administrator): Promise<void> => {
          await world.must('put_admin_bearers_by_id_limits', who, { params: { id }, body: {} })
        }
        // Another's, which the list must leave out.
        await act(other)
        for (let made = 0; made < count; made++) await act()
        return {
          request: { query: { bearer_id: String(administrator.id) } },
          addOne: () => act(),
          items: list
        }
      }
    }
  ]
}
