import { list, type Json } from '../json.ts'
import { type Actor, type Case, recordOf, type World } from '../world/world.ts'
import type { ResourceRecipes } from './recipe.ts'

/** Far enough ahead that no run reaches it. */
export const someday = '2090-01-01T12:00:00Z'

const aMessage = (world: World, fields: Json = {}): Json => ({
  sender_number: world.options.senders[0],
  receiver_number: world.receiver(),
  message_body: 'School is closed today.',
  ...fields
})

export async function createMessage(world: World, actor: Actor, fields: Json = {}): Promise<Json> {
  const body = { message: aMessage(world, fields) }
  return recordOf(await world.must('post_messages', actor, { body }))
}

/** A message that waits for its time, for ever: nothing happens to it but what a check does. */
export const scheduled = (world: World, actor: Actor, fields: Json = {}): Promise<Json> =>
  createMessage(world, actor, { send_at: someday, ...fields })

const uuidOf = (message: Json): string => String(message['message_uuid'])

async function canceled(world: World, actor: Actor): Promise<Case> {
  const params = { uuid: uuidOf(await scheduled(world, actor)) }
  await world.must('delete_messages_by_uuid', actor, { params })
  return { params }
}

const copies = (uuid: string): Json => ({
  message_uuid: uuid,
  media_file_urls: ['https://media.example/copy-1.jpg']
})

/** As no message has. */
export const absentUuid = '0193585e-7c00-7000-8000-000000000000'

export const messages: ResourceRecipes = {
  operations: {
    post_messages: {
      // At its bound a body or a list may make a long text; it waits, so that nothing is sent.
      valid: async world => ({ body: { message: aMessage(world, { send_at: someday }) } }),
      samples: { 'message.messaging_service_sid': 'MG00000000000000000000000000000001' }
    },
    get_messages: {
      valid: async world => ({
        query: { from: String(world.options.senders[0]), to: world.receiver() }
      })
    },
    get_messages_by_uuid: {
      valid: async (world, actor) => ({ params: { uuid: uuidOf(await scheduled(world, actor)) } })
    },
    delete_messages_by_uuid: {
      valid: async (world, actor) => ({ params: { uuid: uuidOf(await scheduled(world, actor)) } }),
      provoke: { 409: canceled }
    },
    post_messages_images_lambda: {
      owned: true,
      references: ['message_uuid'],
      valid: async (world, actor) => ({
        body: copies(
          uuidOf(await scheduled(world, actor, { media_urls: ['https://media.example/1.jpg'] }))
        )
      }),
      provoke: { 404: async () => ({ body: copies(absentUuid) }) }
    }
  },
  pages: [
    {
      operation: 'get_messages',
      async fill(world, actor, count) {
        const to = world.receiver()
        const addOne = async (): Promise<void> => {
          await scheduled(world, actor, { receiver_number: to })
        }
        for (let made = 0; made < count; made++) await addOne()
        return {
          request: { query: { from: String(world.options.senders[0]), to } },
          addOne,
          items: list
        }
      }
    }
  ]
}
