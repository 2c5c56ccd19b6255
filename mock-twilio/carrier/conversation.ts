import { textOnHandset } from '../resources/message.ts'
import type { World } from '../world.ts'

export interface ConversationEntry {
  at: string
  /** From the handset's point of view. */
  direction: 'sent' | 'received'
  with: string | null
  body: string
  media: string[]
  status: string
  /** null for what the provider put there by itself, such as the answer to STOP. */
  sid: string | null
  error_code: number | null
}

/**
 * Everything on one person's phone, and everything that was meant for it, oldest first. A status other than
 * delivered or sent means that it is not on the screen, or not yet.
 */
export function conversationOf(world: World, handset: string): ConversationEntry[] {
  const messages = world.messages.conversationOf(handset).map(message => {
    const isFromHandset = message.direction === 'inbound'
    const entry: ConversationEntry = {
      at: new Date(message.dateSent ?? message.dateCreated).toISOString(),
      direction: isFromHandset ? 'sent' : 'received',
      with: isFromHandset ? message.to : message.from,
      body: textOnHandset(message),
      media: message.media.map(({ contentType }) => contentType),
      status: message.status,
      sid: message.sid,
      error_code: message.errorCode
    }
    return { seq: message.seq, entry }
  })
  const replies = (world.providerReplies.get(handset) ?? []).map(reply => {
    const entry: ConversationEntry = {
      at: new Date(reply.at).toISOString(),
      direction: 'received',
      with: reply.from,
      body: reply.body,
      media: [],
      status: 'delivered',
      sid: null,
      error_code: null
    }
    return { seq: reply.seq, entry }
  })
  return [...messages, ...replies].toSorted((a, b) => a.seq - b.seq).map(({ entry }) => entry)
}
