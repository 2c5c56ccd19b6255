import { isRecord, list } from '../json.ts'
import { type Actor, type Case, eventually, recordOf, type World } from '../world/world.ts'
import { scheduled } from './messages.ts'
import type { ResourceRecipes } from './recipe.ts'

/** Makes an event that needs no provider: a planned text is called back. */
export async function provokeEvent(world: World, actor: Actor): Promise<void> {
  const { message_uuid: uuid } = await scheduled(world, actor)
  await world.must('delete_messages_by_uuid', actor, { params: { uuid: String(uuid) } })
}

/** The events of a bearer, newest first, as the administrator sees them. */
export async function eventsOf(world: World, actor: Actor): Promise<unknown[]> {
  const query = { bearer_id: String(actor.id), limit: '1000' }
  return list((await world.must('get_admin_webhooks', world.admin, { query })).body)
}

/** An event of a bearer of its own that came to this status. */
async function anEvent(world: World, status: 'delivered' | 'pending'): Promise<Case> {
  const actor = await world.bearer()
  if (status === 'pending') actor.mailbox.answer({ status: 503 })
  await provokeEvent(world, actor)
  let id = 0
  await eventually(world, async () => {
    const [event] = await eventsOf(world, actor)
    if (!isRecord(event)) return false
    id = Number(event['id'])
    return event['status'] === status && Number(event['attempts']) > 0
  })
  return { params: { id } }
}

export const webhooks: ResourceRecipes = {
  operations: {
    get_admin_webhooks: { valid: async () => ({}) },
    get_admin_webhooks_by_id: { valid: world => anEvent(world, 'delivered') },
    post_admin_webhooks_by_id_replay: {
      valid: world => anEvent(world, 'delivered'),
      provoke: { 409: world => anEvent(world, 'pending') }
    },
    post_admin_webhooks_replay: {
      // Of a bearer without events: what others have done with is left alone.
      valid: async world => ({
        body: { bearer_id: (await world.bearer()).id, status: 'delivered' }
      }),
      atBound: ({ body, ...request }) => ({
        ...request,
        body: { resource_id: 'none', ...Object(body) }
      })
    }
  },
  pages: [
    {
      operation: 'get_admin_webhooks',
      async fill(world, _actor, count) {
        // Another bearer's, which the list must leave out.
        await provokeEvent(world, await world.bearer())
        const bearer = await world.bearer()
        const addOne = (): Promise<void> => provokeEvent(world, bearer)
        for (let made = 0; made < count; made++) await addOne()
        return { request: { query: { bearer_id: String(bearer.id) } }, addOne, items: list }
      }
    }
  ]
}

export const webhookOf = async (world: World, id: number): Promise<Record<string, unknown>> =>
  recordOf(await world.must('get_admin_webhooks_by_id', world.admin, { params: { id } }))
