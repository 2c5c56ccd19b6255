import { recordOptIn, recordOptOut } from '../../carrier/inbound-keywords.ts'
import { refusal } from '../../errors.ts'
import { isForm, texts, type Form } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { isPhoneNumber } from '../../phone-number.ts'
import type { World } from '../../world.ts'

/*
 * Who agreed to be written to, and who took that back, up to 25 at a time. What is wrong with one is told of
 * that one; the others count.
 * https://www.twilio.com/docs/messaging/features/bulk-upsert-consents-api, https://www.twilio.com/docs/api/errors/30646
 */

const mostItems = 25
const statuses = new Set(['opt-in', 'opt-out'])
const sources = new Set(['website', 'offline', 'opt-in-message', 'opt-out-message', 'others'])
// A date alone is none: Twilio's own example refuses 2025-03-25.
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/

export const createBulkConsents: Operation = {
  name: 'create-bulk-consents',
  method: 'POST',
  path: '/accounts/v1/Consents/Bulk',
  status: 201,
  handle: ({ world, form }) => {
    const items = itemsOf(form)
    if (items.length === 0) throw refusal(20001, 'Items is required')
    if (items.length > mostItems) {
      throw refusal(20001, `Items holds at most ${mostItems}, got ${items.length}`)
    }
    const seen = new Set<string>()
    return { items: items.map(item => upsert(world, item, seen)) }
  }
}

/** Repeated and each of them JSON text, as the SDKs send it; or objects, in a request that is JSON itself. */
function itemsOf(form: Form): Form[] {
  const given = form['Items']
  const list: unknown[] = Array.isArray(given) ? given : texts(form, 'Items')
  return list.flatMap((item: unknown) => (isForm(item) ? [item] : itemsIn(String(item))))
}

/** One object, or a whole list of them in one text. */
function itemsIn(json: string): Form[] {
  try {
    const value: unknown = JSON.parse(json)
    const all: unknown[] = Array.isArray(value) ? value : [value]
    if (all.every(isForm)) return all
  } catch {
    // Told below, like any other value that is no object.
  }
  throw refusal(20001, 'Items holds JSON objects')
}

function upsert(world: World, item: Form, seen: Set<string>): Record<string, unknown> {
  const { correlation_id: id, contact_id: handset, status } = item
  const sender = senderOf(world, item['sender_id'])
  const flaws = [
    isCorrelationId(id) && !seen.has(id) ? '' : 'INVALID_CORRELATION_ID',
    sender === undefined ? 'INVALID_SENDER_ID' : '',
    isText(handset) && isPhoneNumber(handset) ? '' : 'INVALID_CONTACT_ID',
    isText(status) && statuses.has(status) ? '' : 'INVALID_STATUS',
    isText(item['source']) && sources.has(item['source']) ? '' : 'INVALID_SOURCE',
    isDate(item['date_of_consent'], world.now()) ? '' : 'INVALID_DATE_OF_CONSENT'
  ].filter(flaw => flaw !== '')
  if (isText(id)) seen.add(id)
  const told = isText(id) ? id : null
  if (flaws.length > 0 || sender === undefined || !isText(handset)) {
    return { correlation_id: told, error_code: 30646, error_messages: flaws }
  }
  const change = { handset, sender, keyword: `consent: ${String(item['source'])}` }
  if (status === 'opt-out') recordOptOut(world, change)
  else recordOptIn(world, change)
  return { correlation_id: told, error_code: 0, error_messages: [] }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** 32 characters; Twilio's own examples hold other letters than hexadecimal digits. */
function isCorrelationId(value: unknown): value is string {
  return isText(value) && /^[0-9a-zA-Z]{32}$/.test(value)
}

/** A service or a number of the account, or anything that looks like a short code. */
function senderOf(world: World, value: unknown): string | undefined {
  if (!isText(value)) return undefined
  if (world.services.has(value) || /^\d{5,8}$/.test(value)) return value
  const number = world.numbersByPhone.get(value)
  return number === undefined ? undefined : (number.serviceSid ?? number.phoneNumber)
}

function isDate(value: unknown, now: number): boolean {
  if (value === undefined || value === null || value === '') return true
  return isText(value) && dateTime.test(value) && Date.parse(value) <= now
}
