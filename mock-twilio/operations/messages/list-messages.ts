import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import type { MessageRecord } from '../../resources/message.ts'
import { messageResource } from '../../resources/message.ts'

/** Newest first. */
export const listMessages: Operation = {
  name: 'list-messages',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const to = text(query, 'To') || undefined
    const from = text(query, 'From') || undefined
    const isInTime = dateFilter(query)
    const page = takePage(
      pageRequest(query),
      before => filtered(world.messages.newestFirst({ to, from, before }), isInTime),
      message => message.seq
    )
    return envelope('messages', path, query, page, message => messageResource(world, message))
  }
}

function* filtered(
  messages: Iterable<MessageRecord>,
  isInTime: (message: MessageRecord) => boolean
) {
  for (const message of messages) if (isInTime(message)) yield message
}

const dayMs = 86_400_000

/**
 * DateSent is a whole day in UTC, or a moment; `DateSent<` and `DateSent>` take in the bound itself. A message
 * that has not been sent has no date and is in no range.
 */
function dateFilter(query: Form): (message: MessageRecord) => boolean {
  const on = bound(query, 'DateSent')
  const until = bound(query, 'DateSent<')
  const since = bound(query, 'DateSent>')
  if (on === undefined && until === undefined && since === undefined) return () => true
  return ({ dateSent }) => {
    if (dateSent === null) return false
    const second = Math.floor(dateSent / 1000) * 1000
    if (on !== undefined && (second < on.at || second >= on.at + on.length)) return false
    if (until !== undefined && second > until.at) return false
    return since === undefined || second >= since.at
  }
}

function bound(query: Form, name: string): { at: number; length: number } | undefined {
  const value = text(query, name)
  if (value === undefined || value === '') return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const at = Date.parse(isDay ? `${value}T00:00:00Z` : value)
  if (Number.isNaN(at)) throw refusal(20001, `${name} is a date or a time, got ${value}`)
  return { at, length: isDay ? dayMs : 1000 }
}
