import { sql } from 'kysely'
import type { Channel } from '../messages/channel.ts'

/** Where the provider asks what is to happen in a call. */
const voicePath = '/api/v1/twilio_announcements/voice'

/** A message that is read out. Any two calls look alike at the provider, whatever is said in them. */
export const callChannel: Channel = {
  operation: 'place_call',
  send: ({ twilio, publicUrl }, row, statusCallback) =>
    twilio.placeCall({
      to: row.receiver_number,
      from: row.sender_number,
      url: voiceUrl(publicUrl, row.uuid),
      // What is told late of an attempt in vain must not be taken for the next one's.
      statusCallback: row.call_attempts
        ? `${statusCallback}&attempt=${row.call_attempts}`
        : statusCallback,
      // A voicemail is spoken to when its greeting is over.
      machineDetection: 'DetectMessageEnd'
    }),
  async find(twilio, row, since) {
    const calls = await twilio.findCalls(row.receiver_number, row.sender_number, since)
    return calls.filter(call => call.direction === 'outbound-api')
  },
  isTwin: () => sql`e.message_type = 'voice'`
}

/** It carries our id, so that the answer is known before the provider's own id is. */
export const voiceUrl = (publicUrl: string, uuid: string): string =>
  `${publicUrl}${voicePath}?message_uuid=${uuid}`
