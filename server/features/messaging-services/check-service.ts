import { type ErrorDetail, invalidValues } from '../../platform/errors.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import { numberTypeOf } from '../../telephony/sending-rate.ts'
import type { NumberAttributes, ServiceFields } from './schemas.ts'

/** https://www.twilio.com/docs/glossary/what-is-a-sid */
const twilioServiceSid = /^MG[0-9a-fA-F]{32}$/

/** What a service is to be after a change: the parts that depend on each other. */
export interface ServiceIdentity {
  providerName: string
  providerMessagingSid: string
  twilioMessagingSid: string | null
}

/**
 * The ids of a service at its provider: of one at Twilio both are the same, and Twilio's.
 *
 * @throws 422 naming the id at fault
 */
export function identityOf(
  given: ServiceFields,
  known: ServiceIdentity | undefined,
  path: string
): ServiceIdentity {
  const problems: ErrorDetail[] = []
  const complain = (field: string, message: string): void => {
    problems.push({ field: `${path}${field}`, message })
  }
  const providerName = given.provider_name ?? known?.providerName ?? 'twilio'
  const mustBeSid = (field: string, sid: string): void => {
    if (!twilioServiceSid.test(sid))
      complain(
        field,
        `must be MG and 32 hexadecimal digits, got ${JSON.stringify(sid.slice(0, 40))}`
      )
  }
  if (typeof given.twilio_messaging_sid === 'string')
    mustBeSid('twilio_messaging_sid', given.twilio_messaging_sid)
  const isTwilio = providerName === 'twilio'
  const ofTwilio = isTwilio ? given.twilio_messaging_sid : undefined
  const providerMessagingSid =
    given.provider_messaging_sid ?? ofTwilio ?? known?.providerMessagingSid
  if (providerMessagingSid === undefined) complain('provider_messaging_sid', 'is required')
  else if (isTwilio) mustBeSid('provider_messaging_sid', providerMessagingSid)
  if (
    isTwilio &&
    typeof given.twilio_messaging_sid === 'string' &&
    given.twilio_messaging_sid !== providerMessagingSid
  )
    complain('twilio_messaging_sid', 'must be the provider_messaging_sid of a service at Twilio')
  if (problems.length > 0) throw invalidValues(withoutRepeats(problems))
  return {
    providerName,
    providerMessagingSid: providerMessagingSid ?? '',
    twilioMessagingSid: isTwilio
      ? (providerMessagingSid ?? null)
      : given.twilio_messaging_sid === undefined
        ? (known?.twilioMessagingSid ?? null)
        : given.twilio_messaging_sid
  }
}

const withoutRepeats = (problems: readonly ErrorDetail[]): ErrorDetail[] => [
  ...new Map(problems.map(problem => [problem.field, problem])).values()
]

/** A number as it is to be. */
export interface CheckedNumber {
  number: string
  sid: string | undefined
  stateCode: string | null | undefined
  isAnnouncementNumber: boolean | undefined
  numberType: string | undefined
  leaves: boolean
}

const numberFields = ['provider_numbers_attributes', 'provider_numbers', 'twilio_numbers'] as const

/**
 * The numbers of a request, under whichever of their three names.
 *
 * @throws 422 naming each number at fault: no number, given twice, or of another state than the customer
 */
export function numbersOf(
  given: ServiceFields,
  stateCode: string | null,
  path: string
): CheckedNumber[] {
  const problems: ErrorDetail[] = []
  const checked = new Map<string, CheckedNumber>()
  for (const field of numberFields) {
    const list = given[field]
    if (list === undefined) continue
    const places = Array.isArray(list)
      ? list.map((item, place): [string, NumberAttributes] => [`[${place}]`, item])
      : Object.entries(list).map(([name, item]): [string, NumberAttributes] => [`.${name}`, item])
    for (const [place, item] of places) {
      const complain = (what: string, message: string): void => {
        problems.push({ field: `${path}${field}${place}.${what}`, message })
      }
      const type = numberTypeOf(item.number)
      const problem = type === 'short_code' ? undefined : phoneNumberProblem(item.number)
      if (problem !== undefined) complain('number', problem)
      if (checked.has(item.number)) complain('number', 'is given twice')
      if (
        stateCode !== null &&
        typeof item.state_code === 'string' &&
        item.state_code !== stateCode
      )
        complain(
          'state_code',
          `must be the customer's state ${stateCode}, got ${JSON.stringify(item.state_code)}`
        )
      checked.set(item.number, {
        number: item.number,
        sid: item.sid,
        stateCode: item.state_code,
        isAnnouncementNumber: item.announcement_number,
        numberType: item.number_type,
        leaves: item._destroy === true
      })
    }
  }
  if (problems.length > 0) throw invalidValues(problems)
  return [...checked.values()]
}
