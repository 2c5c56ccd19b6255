import { Type } from '@sinclair/typebox'
import type { EventContract } from '../../platform/openapi.ts'
import { Timestamp } from '../../platform/schemas.ts'
import { Message } from './schemas.ts'

const event = (title: string, type: string, more = {}) =>
  Type.Object(
    {
      type: Type.Literal(type),
      event_id: Type.String({ format: 'uuid', description: 'Equal to the header `webhook-id`.' }),
      occurred_at: Timestamp,
      ...Message.properties,
      ...more
    },
    { title }
  )

/** The events of the messages group: the message as it was at that moment. */
export const messageEvents: EventContract[] = [
  {
    type: 'messages.message.status_update',
    summary: 'A message reached another status',
    payload: event('MessageStatusUpdateEvent', 'messages.message.status_update')
  },
  {
    type: 'messages.message.inbound_sms',
    summary: 'Somebody wrote a text',
    payload: event('InboundSmsEvent', 'messages.message.inbound_sms')
  },
  {
    type: 'messages.message.inbound_mms',
    summary: 'Somebody wrote a text with media',
    payload: event('InboundMmsEvent', 'messages.message.inbound_mms')
  },
  {
    type: 'messages.message.images_lambda',
    summary: 'Copies of its media were stored',
    payload: event('MessageMediaStoredEvent', 'messages.message.images_lambda')
  },
  {
    type: 'messages.message.opt_out',
    summary: 'Somebody opted out',
    payload: event('MessageOptOutEvent', 'messages.message.opt_out', {
      keyword: Type.String({ description: 'The word, in capitals.' })
    })
  }
]
