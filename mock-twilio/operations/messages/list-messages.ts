import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import type { MessageRecord } from '../../resources/message.ts'
import { messageResource } from '../../resources/message.ts'
import { dateFilter } from './date-filter.ts'

/** Newest first. */
export const listMessages: Operation = {
  name: 'list-messages',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Messages.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const to = text(query, 'To') || undefined
    const from = text(query, 'From') || undefined
    const isInTime = dateFilter(query, 'DateSent')
    const page = takePage(
      pageRequest(query),
      before => filtered(world.messages.newestFirst({ to, from, before }), isInTime),
      message => message.seq
    )
    return envelope('messages', path, query, page, message => messageResource(world, message))
  }
}

function* filtered(messages: Iterable<MessageRecord>, isInTime: (at: number | null) => boolean) {
  for (const message of messages) if (isInTime(message.dateSent)) yield message
}
