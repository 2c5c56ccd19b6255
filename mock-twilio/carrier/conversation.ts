import { textOnHandset, type MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'

export interface ConversationEntry {
  at: string
  /** From the handset's point of view. */
  direction: 'sent' | 'received' | 'heard'
  with: string | null
  body: string
  media: string[]
  status: string
  /** Whether a person who looks at the phone sees it now. */
  on_screen: boolean
  /** Of the message, or of the call in which it was heard. null for what the provider put there by itself, such as the answer to STOP. */
  sid: string | null
  error_code: number | null
}

/** Everything on one person's phone, and everything that was meant for it, oldest first. */
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
      on_screen: isFromHandset || isSeen(message, world.now()),
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
      on_screen: true,
      sid: null,
      error_code: null
    }
    return { seq: reply.seq, entry }
  })
  return [...messages, ...replies, ...heardOn(world, handset)]
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ entry }) => entry)
}

/** What was said in calls, and the addresses of what was played. */
function heardOn(world: World, handset: string): { seq: number; entry: ConversationEntry }[] {
  return world.calls.of(handset).flatMap(call =>
    call.heard.map(({ seq, at, how, what }) => {
      const entry: ConversationEntry = {
        at: new Date(at).toISOString(),
        direction: 'heard',
        with: call.direction === 'inbound' ? call.to : call.from,
        body: how === 'played' ? '' : what,
        media: how === 'played' ? [what] : [],
        status: call.status,
        on_screen: false,
        sid: call.sid,
        error_code: null
      }
      return { seq, entry }
    })
  )
}

/** A carrier may still hold what is sent, and may never tell of what has arrived. */
function isSeen({ status, reachedAt }: MessageRecord, now: number): boolean {
  if (status === 'delivered') return true
  return status === 'sent' && reachedAt !== undefined && reachedAt <= now
}
