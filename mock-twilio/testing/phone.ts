import type { MockTwilio } from '../app.ts'
import { conversationOf, type ConversationEntry } from '../carrier/conversation.ts'
import type { World } from '../world.ts'

/*
 * A person's phone, for tests that tell what people do:
 *   await phone(mock, '+16015550123').texts('+16015550100', 'STOP')
 *   phone(mock, '+16015550123').expects('unsubscribed')
 */

export interface Phone {
  number: string
  /** Sends a text, and settles when the application has answered. */
  texts: (to: string, body: string) => Promise<string>
  conversation: () => ConversationEntry[]
  /** The newest text on the screen that holds these words; without one, says what is there. */
  expects: (words: string) => ConversationEntry
}

export function phone(mock: MockTwilio, number: string, accountSid?: string): Phone {
  const world: World = mock.world(accountSid)
  const conversation = () => conversationOf(world, number)
  return {
    number,
    conversation,
    texts: async (to, body) => {
      const { sid } = mock.inbound.receive(world, { from: number, to, body, media: [] })
      await mock.clock.advance(0)
      return sid
    },
    expects: words => {
      const found = conversation().findLast(
        ({ direction, status, body }) =>
          direction === 'received' &&
          (status === 'delivered' || status === 'sent') &&
          body.includes(words)
      )
      if (found !== undefined) return found
      const screen = conversation().map(
        ({ direction, body, status }) => `  ${direction === 'sent' ? '>' : '<'} ${body} (${status})`
      )
      throw new Error(`${number} has no text with "${words}":\n${screen.join('\n') || '  nothing'}`)
    }
  }
}
