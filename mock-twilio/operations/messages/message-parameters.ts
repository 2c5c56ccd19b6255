import { refusal } from '../../errors.ts'
import { isWebUrl, oneOf, text, texts, type Form } from '../../forms.ts'
import { isSid } from '../../ids.ts'
import { isPhoneNumber } from '../../phone-number.ts'
import type { ApplicationRecord } from '../../resources/application.ts'
import type { ServiceRecord } from '../../resources/messaging-service.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'
import type { World } from '../../world.ts'

/*
 * The checks of a new message, each with the code that Twilio gives for it.
 * https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
 * https://www.twilio.com/docs/iam/test-credentials#test-sms-messages
 */

const magicSender = '+15005550006'

const refusedSenders = new Map<string, 21212 | 21606 | 21611>([
  ['+15005550001', 21212],
  ['+15005550007', 21606],
  ['+15005550008', 21611]
])

const refusedReceivers = new Map<string, 21211 | 21612 | 21408 | 21610 | 21614>([
  ['+15005550001', 21211],
  ['+15005550002', 21612],
  ['+15005550003', 21408],
  ['+15005550004', 21610],
  ['+15005550009', 21614]
])

const shortCode = /^\d{3,8}$/
const alphanumericSender = /^(?=.*[a-z])[a-z0-9 &+_-]{1,11}$/i

export function readReceiver(form: Form): string {
  const to = text(form, 'To')
  if (to === undefined || to === '') throw refusal(21604)
  if (!isPhoneNumber(to)) throw refusal(21211, to)
  return to
}

export interface Sender {
  from: string | null
  service: ServiceRecord | undefined
  number: NumberRecord | undefined
}

export function readSender(world: World, form: Form): Sender {
  const from = text(form, 'From') || undefined
  const serviceSid = text(form, 'MessagingServiceSid') || undefined
  if (serviceSid !== undefined) {
    const service = readService(world, serviceSid)
    const number = from === undefined ? undefined : world.numbersByPhone.get(from)
    const isAlpha = service.alphaSenders.some(({ alphaSender }) => alphaSender === from)
    // Twilio has several codes around senders and pools; "not a valid sender" is the one that fits.
    if (from !== undefined && number?.serviceSid !== serviceSid && !isAlpha) {
      throw refusal(21606, from)
    }
    return { from: from ?? null, service, number }
  }
  if (from === undefined) throw refusal(21603)
  const number = world.numbersByPhone.get(from)
  if (number === undefined && from !== magicSender) throw refuseSender(from)
  if (number?.sms === false) throw refusal(21606, from)
  return { from, service: undefined, number }
}

function readService(world: World, sid: string): ServiceRecord {
  if (!isSid(sid, 'MG')) throw refusal(21705, sid)
  const service = world.services.get(sid)
  if (service === undefined) throw refusal(21701, sid)
  if (service.pool.length + service.alphaSenders.length === 0) throw refusal(21704, sid)
  return service
}

function refuseSender(from: string): Error {
  const magic = refusedSenders.get(from)
  if (magic !== undefined) return refusal(magic, from)
  if (from.includes(':')) return refusal(63007, from)
  const isPlausible = isPhoneNumber(from) || shortCode.test(from) || alphanumericSender.test(from)
  return refusal(isPlausible ? 21606 : 21212, from)
}

/** Who may not be written to, from a sender that is in order. */
export function refuseMagicReceiver(to: string, from: string | null): void {
  const code = refusedReceivers.get(to)
  if (code !== undefined) throw refusal(code, to, from ?? '')
  // North American carriers take no names for senders.
  if (from !== null && to.startsWith('+1') && !/^\+?\d+$/.test(from)) throw refusal(21612, to, from)
}

export function readMediaUrls(form: Form): string[] {
  const urls = texts(form, 'MediaUrl')
  if (urls.length > 10) throw refusal(21623, urls.length)
  for (const url of urls) if (!isWebUrl(url)) throw refusal(21620, url)
  return urls
}

export function readBody(form: Form, hasMedia: boolean): string {
  const body = text(form, 'Body') ?? ''
  if (body.length > 1600) {
    const characters = Array.from(body).length
    if (characters > 1600) throw refusal(21617, characters)
  }
  if (!hasMedia) {
    if (body === '') throw refusal(21602)
    if (body.trim() === '') throw refusal(21619)
  }
  return body
}

/** An application comes before the service, and after an address that the request itself gives. */
export function readStatusCallback(
  form: Form,
  service: ServiceRecord | undefined,
  application?: ApplicationRecord
): string | null {
  const given = text(form, 'StatusCallback')
  if (given === undefined || given === '') {
    return application?.messageStatusCallback || service?.statusCallback || null
  }
  if (!isWebUrl(given)) throw refusal(21609, given)
  return given
}

export function readValidityMs(form: Form, service: ServiceRecord | undefined): number {
  const given = text(form, 'ValidityPeriod')
  if (given === undefined || given === '') return (service?.validityPeriod ?? 36_000) * 1000
  const seconds = /^\d{1,6}$/.test(given) ? Number(given) : 0
  if (seconds < 1 || seconds > 36_000) throw refusal(21624, given)
  return seconds * 1000
}

const leastWaitMs = 300_000
const mostWaitMs = 3_024_000_000
// The SDKs write 2026-11-24T10:00:00Z; an offset and fractions of a second are ISO 8601 as well.
const iso8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/

/** When a scheduled message is due, or undefined for one that goes now. */
export function readSendAt(
  form: Form,
  service: ServiceRecord | undefined,
  now: number
): number | undefined {
  const type = text(form, 'ScheduleType') || undefined
  const sendAt = text(form, 'SendAt') || undefined
  if (type === undefined && sendAt === undefined) return undefined
  if (type !== 'fixed') throw refusal(35126, type ?? 'none')
  if (service === undefined) throw refusal(35118)
  if (sendAt === undefined) throw refusal(35111)
  const at = iso8601.test(sendAt) ? Date.parse(sendAt) : Number.NaN
  if (Number.isNaN(at)) throw refusal(35115, sendAt)
  const wait = at - now
  if (wait <= leastWaitMs || wait > mostWaitMs) throw refusal(35114, sendAt)
  return at
}

export function readApplication(world: World, form: Form): ApplicationRecord | undefined {
  const sid = text(form, 'ApplicationSid')
  if (!sid) return undefined
  const application = world.applications.get(sid)
  if (application === undefined) throw refusal(21218, sid)
  return application
}

/** Parameters that change nothing here, but whose values Twilio checks. */
export function checkSideParameters(form: Form): void {
  oneOf(form, 'ContentRetention', ['retain', 'discard'])
  oneOf(form, 'AddressRetention', ['retain', 'obfuscate'])
  oneOf(form, 'TrafficType', ['free'])
  oneOf(form, 'RiskCheck', ['enable', 'disable'])
  const contentSid = text(form, 'ContentSid')
  if (contentSid) throw refusal(21655, contentSid)
}
