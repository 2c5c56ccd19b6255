import { countSegments } from './segments.ts'

export type MessageType = 'sms' | 'mms'

/** What makes a text too long for an SMS: more than 160 characters, or more than one segment. */
export type SmsToMmsRule = 'characters' | 'segments'

const longestSms = 160

/**
 * A long text arrives in one piece as an MMS, and costs less than many segments. The client may ask for
 * `mms`; asking for `sms` does not make media or a long text fit into one.
 */
export const messageTypeFor = (message: {
  body: string
  mediaCount: number
  requested?: MessageType | undefined
  rule: SmsToMmsRule
}): MessageType => {
  if (message.requested === 'mms' || message.mediaCount > 0) return 'mms'
  return isTooLong[message.rule](message.body) ? 'mms' : 'sms'
}

const isTooLong = {
  characters: body => hasMoreCodePoints(body, longestSms),
  segments: body => countSegments(body).count > 1
} satisfies Record<SmsToMmsRule, (body: string) => boolean>

// Characters are Unicode code points: an emoji outside the basic plane is one character in two units.
const hasMoreCodePoints = (text: string, limit: number) => {
  if (text.length <= limit) return false
  if (text.length > 2 * limit) return true
  let count = 0
  for (const _ of text) count++
  return count > limit
}
