import { isRecord, list, textIn } from '../json.ts'
import type { EventStory } from '../checks/events.ts'
import { eventually, recordOf } from '../world/world.ts'
import { announce } from './announcements.ts'
import { callEventStories } from './call-event-stories.ts'
import { createMessage } from './messages.ts'
import { videoEventStories } from './video-event-stories.ts'

const status = 'messages.message.status_update'

/** How each type of event is brought about from outside. A new one is added here. */
export const eventStories: readonly EventStory[] = [
  ...callEventStories,
  ...videoEventStories,
  {
    types: [status, status],
    operation: 'post_messages',
    async happen(world, actor) {
      const { message_uuid, receiver_number } = await createMessage(world, actor)
      return { message_uuid, receiver_number, internal_status: 'delivered', direction: 'outbound' }
    }
  },
  {
    types: ['messages.message.inbound_sms'],
    operation: 'post_messages',
    async happen(world, actor, twilio) {
      const person = world.receiver()
      const id = world.fresh('thread')
      await createMessage(world, actor, { receiver_number: person, client_conversation_id: id })
      const [sender = ''] = world.options.senders
      await twilio.write(person, sender, 'Thank you')
      return {
        sender_number: person,
        receiver_number: sender,
        message_body: 'Thank you',
        client_conversation_id: id,
        message_type: 'sms',
        direction: 'inbound',
        internal_status: 'received'
      }
    }
  },
  {
    types: ['messages.message.inbound_mms'],
    operation: 'post_messages',
    async happen(world, actor, twilio) {
      const person = world.receiver()
      await createMessage(world, actor, { receiver_number: person })
      const [sender = ''] = world.options.senders
      await twilio.write(person, sender, 'A picture', ['https://media.example/1.jpg'])
      return { sender_number: person, message_type: 'mms', direction: 'inbound' }
    }
  },
  {
    types: ['messages.message.inbound_sms', 'messages.message.opt_out'],
    operation: 'post_messages',
    async happen(world, actor, twilio) {
      const person = world.receiver()
      await createMessage(world, actor, { receiver_number: person })
      await twilio.write(person, world.options.senders[0] ?? '', 'Stop')
      return { sender_number: person, keyword: 'STOP' }
    }
  },
  {
    types: ['messages.message.images_lambda'],
    operation: 'post_messages_images_lambda',
    async happen(world, actor) {
      const { message_uuid: uuid } = await createMessage(world, actor, {
        media_urls: ['https://media.example/1.jpg']
      })
      const media_file_urls = ['https://media.example/copy-1.jpg']
      await world.must('post_messages_images_lambda', actor, {
        body: { message_uuid: uuid, media_file_urls }
      })
      return { message_uuid: uuid, media_file_urls }
    }
  },
  {
    types: ['announcements.message.status_update', 'announcements.message.status_update'],
    operation: 'post_announcements',
    bearerType: 'Admin',
    async happen(world, actor) {
      const recipient = world.receiver()
      const id = await announce(world, actor, {
        recipients: [{ recipient_number: recipient, client_message_id: 'm-1' }]
      })
      return {
        client_announcement_id: id,
        client_message_id: 'm-1',
        recipient_number: recipient,
        internal_status: 'delivered'
      }
    }
  },
  {
    types: ['announcements.message.opt_out'],
    operation: 'post_announcements',
    asAdmin: true,
    async happen(world, actor, twilio) {
      const recipient = world.receiver()
      const id = await announce(world, actor, {
        recipients: [recipient],
        callback_url: actor.mailbox.url
      })
      let number = ''
      await eventually(
        world,
        async () => {
          const read = await world.must('get_announcements_by_client_announcement_id', actor, {
            params: { client_announcement_id: id }
          })
          const [message] = list(recordOf(read)['messages']).filter(isRecord)
          number = textIn(message?.['provider_number'])
          return message?.['internal_status'] === 'delivered'
        },
        { stepMs: 2_000 }
      )
      await twilio.write(recipient, number, 'STOP')
      return {
        recipient_number: recipient,
        provider_number: number,
        keyword: 'STOP',
        opted_out: true
      }
    }
  }
]
