/*
 * How fast a number may send, in segments a second, by what kind of number it is.
 * https://www.twilio.com/docs/messaging/guides/understanding-twilio-rate-limits-and-message-queues
 */

export type NumberType = 'long_code' | 'toll_free' | 'short_code'

export type SendingRates = Readonly<Record<NumberType, number>>

/** What carriers grant to those who have registered nothing. */
export const usualSendingRates: SendingRates = { long_code: 1, toll_free: 3, short_code: 100 }

const tollFree = /^\+18(00|33|44|55|66|77|88)\d{7}$/
const shortCode = /^\d{3,8}$/

export function numberTypeOf(number: string): NumberType {
  if (shortCode.test(number)) return 'short_code'
  return tollFree.test(number) ? 'toll_free' : 'long_code'
}

/** `long_code=1,toll_free=3`: what is not named is as usual. */
export function parseSendingRates(text: string): SendingRates {
  const rates = { ...usualSendingRates }
  for (const part of text.split(',')) {
    const [name = '', rate = ''] = part.split('=')
    if (isNumberType(name) && Number(rate) > 0) rates[name] = Number(rate)
  }
  return rates
}

/** Calls that a number begins in a second. https://www.twilio.com/docs/voice/api/call-resource */
export const callsPerSecond = 1

/** The number's own rate where it has one: carriers grant registered campaigns more. */
export function sendingRate(rates: SendingRates, type: string, ownRate: number | null): number {
  if (ownRate !== null && ownRate > 0) return ownRate
  return isNumberType(type) ? rates[type] : rates.long_code
}

const isNumberType = (text: string): text is NumberType => Object.hasOwn(usualSendingRates, text)
