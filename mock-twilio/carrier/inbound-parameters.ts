import type { FormParameter } from '../callbacks/signature.ts'
import { mediaPath, type MessageRecord } from '../resources/message.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import type { Keyword } from './opt-outs.ts'
import { placeOf } from './places.ts'

/**
 * What the application is told of a text.
 * https://www.twilio.com/docs/messaging/guides/webhook-request
 */
export function inboundParameters(
  world: World,
  message: MessageRecord,
  about: { number: NumberRecord; keyword: Keyword | undefined; mediaBaseUrl: string }
): FormParameter[] {
  const from = message.from ?? ''
  const here = placeOf(message.to)
  const there = placeOf(from)
  const parameters: FormParameter[] = [
    ['ToCountry', here.country],
    ['ToState', here.state],
    ['SmsMessageSid', message.sid],
    ['NumMedia', String(message.media.length)],
    ['ToCity', here.city],
    ['FromZip', there.zip],
    ['SmsSid', message.sid],
    ['FromState', there.state],
    ['SmsStatus', 'received'],
    ['FromCity', there.city],
    ['Body', message.body],
    ['FromCountry', there.country],
    ['To', message.to],
    ['ToZip', here.zip],
    ['NumSegments', String(message.numSegments)],
    ['MessageSid', message.sid],
    ['AccountSid', world.accountSid],
    ['From', from],
    ['ApiVersion', '2010-04-01']
  ]
  const { serviceSid } = about.number
  if (serviceSid !== undefined) parameters.push(['MessagingServiceSid', serviceSid])
  if (about.keyword !== undefined) parameters.push(['OptOutType', about.keyword])
  if (world.origin.add_ons) parameters.push(['AddOns', JSON.stringify(world.origin.add_ons)])
  for (const [index, media] of message.media.entries()) {
    const url = about.mediaBaseUrl + mediaPath(world, message, media)
    parameters.push([`MediaContentType${index}`, media.contentType], [`MediaUrl${index}`, url])
  }
  return parameters
}
