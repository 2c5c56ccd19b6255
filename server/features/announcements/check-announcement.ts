import { type ErrorDetail, invalidValues } from '../../platform/errors.ts'
import { parseInstant } from '../../platform/instant.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { findingsIn } from '../../platform/validation.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import { countCodePoints, textProblem } from '../../telephony/text.ts'
import { longestBody, mostMedia } from '../messages/check-message.ts'
import { unreadable } from './announcement-request.ts'
import { AnnouncementHeader } from './schemas.ts'

/** What all recipients of an announcement share, checked; as it is kept with every batch of them. */
export interface CheckedAnnouncement {
  clientAnnouncementId: string
  clientMessageId: string | null
  globalCustomerId: string
  type: AnnouncementHeader['type']
  body: string
  mediaUrls: string[]
  providerNumber: string | null
  callbackUrl: string | null
  sendAt: number | null
  voice: string | null
  language: string | null
}

/** Somebody to be reached. Without a text of their own they get the announcement's. */
export interface Recipient {
  number: string
  clientMessageId: string | null
  body: string | null
}

export interface Rejection {
  index: number
  recipient_number: string
  message: string
}

/** @throws 422 naming every field at fault */
export function checkAnnouncement(given: unknown, now: number): CheckedAnnouncement {
  const header = readHeader(given)
  const problems: ErrorDetail[] = []
  const complain = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ field: `announcement.${field}`, message: problem })
  }
  for (const [field, value] of Object.entries(header))
    if (typeof value === 'string') complain(field, textProblem(value))
  const mediaUrls = header.media_urls ?? []
  complain('body', bodyProblem(header.body, mediaUrls.length > 0))
  if (mediaUrls.length > mostMedia)
    complain('media_urls', `must have at most ${mostMedia} URLs, got ${mediaUrls.length}`)
  for (const [place, url] of mediaUrls.entries())
    complain(`media_urls[${place}]`, textProblem(url) ?? httpUrlProblem(url))
  if (header.callback_url !== undefined)
    complain('callback_url', httpUrlProblem(header.callback_url))
  if (header.provider_number !== undefined)
    complain('provider_number', phoneNumberProblem(header.provider_number))
  const sendAt = header.send_at === undefined ? null : parseInstant(header.send_at)
  if (sendAt === undefined)
    complain('send_at', 'must be an ISO 8601 time with a time zone, like 2026-11-23T16:00:00Z')
  else if (sendAt !== null && sendAt <= now) complain('send_at', 'must be in the future')
  if (problems.length > 0) throw invalidValues(problems)

  return {
    clientAnnouncementId: header.client_announcement_id,
    clientMessageId: header.client_message_id ?? null,
    globalCustomerId: header.global_customer_id,
    type: header.type,
    body: header.body,
    mediaUrls,
    providerNumber: header.provider_number ?? null,
    callbackUrl: header.callback_url ?? null,
    sendAt: sendAt ?? null,
    voice: header.voice ?? null,
    language: header.language ?? null
  }
}

/** The header as its schema wants it. */
function readHeader(given: unknown): AnnouncementHeader {
  const findings = findingsIn(AnnouncementHeader, given)
  if (findings.length === 0) return given as AnnouncementHeader
  throw invalidValues(
    findings.map(({ path, message }) => ({
      field: `announcement${path.replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')}`,
      message
    }))
  )
}

function bodyProblem(body: string, hasMedia: boolean): string | undefined {
  if (body.trim() === '' && !hasMedia) return 'must not be empty'
  const length = countCodePoints(body)
  return length > longestBody
    ? `must have at most ${longestBody} characters, got ${length}`
    : undefined
}

/** Checks one recipient: a plain number, or an object with one. */
export function checkRecipient(item: unknown, index: number): Recipient | Rejection {
  if (typeof item === 'string') {
    const problem = phoneNumberProblem(item)
    if (problem !== undefined) return rejection(index, item, `recipient_number ${problem}`)
    return { number: item, clientMessageId: null, body: null }
  }
  if (item === unreadable) return rejection(index, '', 'the line is not JSON')
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return rejection(index, '', 'must be a number or an object with recipient_number')
  return checkFields(new Map(Object.entries(item)), index)
}

function checkFields(fields: ReadonlyMap<string, unknown>, index: number): Recipient | Rejection {
  const number = fields.get('recipient_number')
  const shown = typeof number === 'string' ? number : ''
  const problem = phoneNumberProblem(number)
  if (problem !== undefined || typeof number !== 'string')
    return rejection(index, shown, `recipient_number ${problem}`)
  const clientMessageId = fields.get('client_message_id') ?? null
  if (clientMessageId !== null && typeof clientMessageId !== 'string')
    return rejection(index, shown, 'client_message_id must be a string')
  const body = fields.get('body') ?? null
  if (body !== null && typeof body !== 'string')
    return rejection(index, shown, 'body must be a string')
  const flaw =
    named('client_message_id', clientMessageId === null ? undefined : idProblem(clientMessageId)) ??
    named('body', body === null ? undefined : (textProblem(body) ?? bodyProblem(body, false)))
  if (flaw !== undefined) return rejection(index, shown, flaw)
  return { number, clientMessageId, body }
}

const longestId = 255

function idProblem(id: string): string | undefined {
  if (id === '') return 'must not be empty'
  if (id.length > longestId) return `must have at most ${longestId} characters, got ${id.length}`
  return textProblem(id)
}

const named = (field: string, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `${field} ${problem}`

export const isRejection = (checked: Recipient | Rejection): checked is Rejection =>
  'index' in checked

const longestShown = 40

const rejection = (index: number, number: string, message: string): Rejection => ({
  index,
  recipient_number: number.slice(0, longestShown).replaceAll('\0', '').toWellFormed(),
  message
})
