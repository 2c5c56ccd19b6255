import { development } from '../../server/seed.ts'
import { numberAt } from './recipients.ts'
import type { System } from './system.ts'

/** The body of POST /messages to the recipient at a place. */
export const messageTo = (place: number, more: object = {}): object => ({
  message: {
    sender_number: development.numbers[0].number,
    receiver_number: numberAt(place),
    message_body: 'Your child was not in school today.',
    ...more
  }
})

/** Sends a message to the recipient at a place. @throws when it is not accepted */
export async function sendMessage(
  system: System,
  place: number,
  more: object = {},
  token?: string
): Promise<void> {
  const { status, body } = await system.request('POST', '/messages', {
    body: messageTo(place, more),
    ...(token !== undefined && { token })
  })
  if (status !== 201) throw new Error(`POST /messages answered ${status}: ${JSON.stringify(body)}`)
}
