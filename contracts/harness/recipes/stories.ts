import { isRecord, type Json, list } from '../json.ts'
import { type Actor, type Case, type World } from '../world/world.ts'
import { callStories } from './call-stories.ts'
import { someday } from './messages.ts'

/** The life of a resource, as operations tell it: what one shows the others must show too. */
export interface Story {
  name: string
  /** The operation that makes it; what it gives is compared with everything after. */
  create: string
  /** Whose it is: the administrator's, or a bearer's of its own. */
  bearerType?: 'Admin' | 'Application'
  /** Where the resource stands in the creating answer; the whole of it when absent. */
  resource?(created: Json): Json
  /** Path parameters of the operations that follow. */
  params(created: Json): Record<string, string | number>
  read?: string
  list?: { operation: string; query?(created: Json): Record<string, string> }
  /** Each changes the named fields and no other. */
  changes?: readonly Change[]
  /** After it the resource is gone. */
  remove?: string
  /** Fields that only the creating answer holds, or that move by themselves. */
  volatile?: readonly string[]
  /** A variant of the request that is refused: it must leave nothing behind. */
  refused?(request: Case): Case
}

export interface Change {
  operation: string
  params?(created: Json): Record<string, string | number>
  body(world: World): Json
  /** What the answer must now show. */
  shows(body: Json): Json
}

const inner = (body: Json, name: string): Json => {
  const value = body[name]
  return isRecord(value) ? value : {}
}

const conversationChange = (
  operation: string,
  params: Change['params'],
  fields: (world: World) => Json
): Change => ({
  operation,
  ...(params && { params }),
  body: world => ({ conversation: fields(world) }),
  shows: body => inner(body, 'conversation')
})

const byId =
  (name: string): Change['params'] =>
  created => ({ [name]: String(created[name]) })

const serviceChange = (operation: string, fields: (world: World) => Json): Change => ({
  operation,
  body: world => ({ messaging_service: fields(world) }),
  shows: body => inner(body, 'messaging_service')
})

export const stories: readonly Story[] = [
  {
    name: 'bearer',
    create: 'post_admin_bearers',
    bearerType: 'Admin',
    params: ({ id }) => ({ id: Number(id) }),
    list: { operation: 'get_admin_bearers' },
    changes: [
      {
        operation: 'patch_admin_bearers_by_id',
        body: world => ({ bearer_name: world.fresh('renamed') }),
        shows: body => body
      },
      {
        operation: 'patch_admin_bearers_by_id',
        body: () => ({ bearer_type: 'User', callback_url: 'https://app.example/moved' }),
        shows: body => body
      }
    ],
    remove: 'delete_admin_bearers_by_id',
    volatile: ['signing_secret'],
    refused: request => ({ ...request, body: { ...Object(request.body), callback_url: 'nowhere' } })
  },
  {
    name: 'key, by an administrator',
    create: 'post_admin_api_keys',
    bearerType: 'Admin',
    params: ({ id }) => ({ id: Number(id) }),
    list: { operation: 'get_admin_api_keys' },
    remove: 'delete_admin_api_keys_by_id',
    volatile: ['token'],
    refused: request => ({ ...request, body: { bearer_id: 4_000_000_000_001 } })
  },
  {
    name: 'own key',
    create: 'post_api_keys',
    params: ({ id }) => ({ id: Number(id) }),
    list: { operation: 'get_api_keys' },
    remove: 'delete_api_keys_by_id',
    volatile: ['token']
  },
  {
    name: 'conversation',
    create: 'post_conversations',
    params: ({ id }) => ({ id: Number(id) }),
    volatile: ['updated_at'],
    changes: [
      conversationChange('patch_conversations_by_id', undefined, world => ({
        welcome_message: world.fresh('hello'),
        moderator_id: world.fresh('teacher')
      })),
      conversationChange(
        'patch_conversations_client_conversation_id_by_client_conversation_id',
        byId('client_conversation_id'),
        () => ({ callback_url: 'https://app.example/elsewhere' })
      ),
      conversationChange(
        'patch_conversations_global_id_by_global_id',
        byId('global_id'),
        world => ({
          moderator_number: world.receiver()
        })
      ),
      conversationChange(
        'patch_conversations_internal_conversation_id_by_internal_conversation_id',
        byId('internal_conversation_id'),
        world => ({ client_conversation_id: world.fresh('client') })
      )
    ]
  },
  {
    name: 'messaging service',
    create: 'post_messaging_services',
    params: ({ uuid }) => ({ uuid: String(uuid) }),
    read: 'get_messaging_services_by_uuid',
    list: { operation: 'get_messaging_services' },
    volatile: ['updated_at'],
    changes: [
      serviceChange('patch_messaging_services_by_uuid', world => ({
        name: world.fresh('renamed'),
        business_profile_sid: null
      })),
      serviceChange('put_messaging_services_by_uuid', world => ({
        global_customer_id: world.fresh('customer'),
        brand_registration_sid: `BN${'0'.repeat(32)}`
      })),
      serviceChange('patch_messaging_services_by_uuid', world => ({
        provider_name: 'bandwidth',
        provider_messaging_sid: world.fresh('site'),
        twilio_messaging_sid: null
      }))
    ],
    refused: request => ({
      ...request,
      body: {
        messaging_service: {
          ...inner(Object(request.body), 'messaging_service'),
          state_code: 'Mississippi'
        }
      }
    })
  },
  {
    name: 'message',
    create: 'post_messages',
    params: ({ message_uuid: uuid }) => ({ uuid: String(uuid) }),
    read: 'get_messages_by_uuid',
    list: {
      operation: 'get_messages',
      query: created => ({
        from: String(created['sender_number']),
        to: String(created['receiver_number'])
      })
    },
    refused: request => ({
      ...request,
      body: {
        message: { ...inner(Object(request.body), 'message'), send_at: '2001-01-01T00:00:00Z' }
      }
    })
  },
  ...callStories
]

/** What a text becomes, by its content: the rules of the trade that the document tells in words. */
export const textRules: readonly { what: string; fields: Json; shows: Json }[] = [
  {
    what: 'a short text is an SMS of one segment',
    fields: { message_body: 'Hello' },
    shows: {
      message_type: 'sms',
      num_segments: 1,
      encoding: 'GSM-7',
      priority: 'normal',
      direction: 'outbound',
      media_urls: []
    }
  },
  {
    what: '160 characters still are an SMS',
    fields: { message_body: 'a'.repeat(160) },
    shows: { message_type: 'sms', num_segments: 1 }
  },
  {
    what: '161 characters are an MMS',
    fields: { message_body: 'a'.repeat(161) },
    shows: { message_type: 'mms' }
  },
  {
    what: '160 emojis are an SMS: characters are code points',
    fields: { message_body: '🎉'.repeat(160) },
    shows: { message_type: 'sms', encoding: 'UCS-2' }
  },
  {
    what: 'media make an MMS',
    fields: { media_urls: ['https://media.example/1.jpg'] },
    shows: { message_type: 'mms', media_urls: ['https://media.example/1.jpg'] }
  },
  {
    what: 'an MMS that was asked for is one, without media',
    fields: { message_type: 'mms' },
    shows: { message_type: 'mms', media_urls: [] }
  },
  {
    what: '70 UTF-16 units are one segment',
    fields: { message_body: 'ж'.repeat(70) },
    shows: { num_segments: 1, encoding: 'UCS-2' }
  },
  {
    what: '71 UTF-16 units are two segments',
    fields: { message_body: 'ж'.repeat(71) },
    shows: { num_segments: 2, encoding: 'UCS-2' }
  },
  {
    what: 'a euro counts two septets: 80 of them are one segment',
    fields: { message_body: '€'.repeat(80) },
    shows: { num_segments: 1, encoding: 'GSM-7' }
  },
  {
    what: 'a euro counts two septets: 81 of them are two segments',
    fields: { message_body: '€'.repeat(81) },
    shows: { num_segments: 2, encoding: 'GSM-7' }
  },
  {
    what: 'a planned text waits',
    fields: { send_at: someday },
    shows: { internal_status: 'scheduled', send_at: '2090-01-01T12:00:00.000Z' }
  },
  { what: 'high priority is kept', fields: { priority: 'high' }, shows: { priority: 'high' } }
]

/** The actor of a story. */
export const actorOf = (world: World, story: Story): Promise<Actor> =>
  story.bearerType === 'Admin' ? Promise.resolve(world.admin) : world.bearer()

export const itemsIn = (body: unknown): Json[] => list(body).filter(isRecord)
