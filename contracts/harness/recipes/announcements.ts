import { isRecord, list, type Json } from '../json.ts'
import type { Actor, Case, World } from '../world/world.ts'
import type { OperationRecipe, ResourceRecipes } from './recipe.ts'

const anAnnouncement = (world: World, fields: Json = {}): Json => ({
  client_announcement_id: world.fresh('announcement'),
  global_customer_id: world.options.customer,
  type: 'sms',
  body: 'School is closed today.',
  // Begun at once: one that is planned keeps its number's place in the line until its time.
  recipients: [world.receiver()],
  ...fields
})

export async function announce(world: World, actor: Actor, fields: Json = {}): Promise<string> {
  const announcement = anAnnouncement(world, fields)
  await world.must('post_announcements', actor, { body: { announcement } })
  return String(announcement['client_announcement_id'])
}

async function canceled(world: World, actor: Actor): Promise<string> {
  const id = await announce(world, actor)
  const params = { client_announcement_id: id }
  await world.must('post_announcements_by_client_announcement_id_cancel', actor, { params })
  return id
}

/** An operation on an announcement that exists. */
const ofAnnouncement = (more: Partial<OperationRecipe> = {}): OperationRecipe => ({
  bearerType: 'Admin',
  valid: async (world, actor) => ({
    params: { client_announcement_id: await announce(world, actor) }
  }),
  ...more
})

const afterCancel = {
  provoke: {
    409: async (world: World, actor: Actor): Promise<Case> => ({
      params: { client_announcement_id: await canceled(world, actor) }
    })
  }
}

export const announcements: ResourceRecipes = {
  operations: {
    post_announcements: {
      // Announcing needs a customer with a messaging service; an administrator may use anybody's.
      bearerType: 'Admin',
      success: 202,
      valid: async world => ({ body: { announcement: anAnnouncement(world) } }),
      references: ['announcement.global_customer_id', 'announcement.provider_number'],
      lenient: ['announcement.recipients[0]', 'announcement.recipient_number'],
      atBound: request => ({ ...request, query: { dry_run: 'true' } }),
      provoke: {
        200: async world => ({
          query: { dry_run: 'true' },
          body: { announcement: anAnnouncement(world) }
        }),
        409: async (world, actor) => ({
          body: {
            announcement: anAnnouncement(world, {
              client_announcement_id: await canceled(world, actor)
            })
          }
        }),
        413: async world => ({
          raw: {
            type: 'application/x-ndjson',
            content: `${JSON.stringify({ announcement: { ...anAnnouncement(world), recipients: undefined } })}\n"${'1'.repeat(70_000)}`
          }
        })
      }
    },
    get_announcements_by_client_announcement_id: ofAnnouncement(),
    post_announcements_by_client_announcement_id_pause: ofAnnouncement(afterCancel),
    post_announcements_by_client_announcement_id_resume: ofAnnouncement(afterCancel),
    post_announcements_by_client_announcement_id_cancel: ofAnnouncement()
  },
  pages: [
    {
      operation: 'get_announcements_by_client_announcement_id',
      async fill(world, actor, count) {
        const recipients = Array.from({ length: count }, () => world.receiver())
        const id = await announce(world, actor, { recipients })
        const addOne = async (): Promise<void> => {
          await announce(world, actor, {
            client_announcement_id: id,
            recipients: [world.receiver()]
          })
        }
        return {
          request: { params: { client_announcement_id: id } },
          addOne,
          items: body => (isRecord(body) ? list(body['messages']) : [])
        }
      }
    }
  ]
}
