import { type RawBuilder, sql } from 'kysely'
import type { ProviderMessage, SendOutcome, TwilioGateway } from '../../providers/twilio/gateway.ts'
import type { MessageRow } from './message-row.ts'

/** How messages reach people, and how one is found again whose sending was cut short. */
export interface Channel {
  /** For the metrics. */
  readonly operation: string
  /** @param statusCallback carries our id, so that a callback finds its message though the answer was lost */
  send(
    deps: { twilio: TwilioGateway; publicUrl: string },
    row: MessageRow,
    statusCallback: string
  ): Promise<SendOutcome>
  /** What the provider has that may be this message, newest first; rejects when it cannot be asked. */
  find(twilio: TwilioGateway, row: MessageRow, since: number): Promise<ProviderMessage[]>
  /** Which messages `e` to the same person from the same number the provider's could be as well. */
  isTwin(row: MessageRow): RawBuilder<unknown>
}

/** Two equal texts look alike at the provider. */
export const textChannel: Channel = {
  operation: 'send_text',
  send({ twilio }, row, statusCallback) {
    const mediaUrls: string[] = JSON.parse(row.media_urls)
    return twilio.sendText({
      to: row.receiver_number,
      from: row.sender_number,
      messagingServiceSid: row.messaging_service_sid ?? undefined,
      body: row.message_body,
      mediaUrls,
      asMms: row.message_type === 'mms' && mediaUrls.length === 0,
      statusCallback
    })
  },
  async find(twilio, row, since) {
    const texts = await twilio.findTexts(row.receiver_number, row.sender_number, since)
    return texts.filter(text => text.body === row.message_body && text.direction !== 'inbound')
  },
  isTwin: row => sql`e.message_type <> 'voice' and e.message_body = ${row.message_body}`
}
