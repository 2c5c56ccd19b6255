import { oneOf, text } from '../../forms.ts'
import { callStatuses } from '../../lifecycles/call.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import { callResource } from '../../resources/call.ts'
import type { CallRecord } from '../../voice/call-record.ts'
import { dateFilter } from '../messages/date-filter.ts'

/** Newest first. A call that has not been dialled has no StartTime, and is in no range of it. */
export const listCalls: Operation = {
  name: 'list-calls',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const to = text(query, 'To') || undefined
    const from = text(query, 'From') || undefined
    const parent = text(query, 'ParentCallSid') || undefined
    const status = oneOf(query, 'Status', callStatuses)
    const startedInTime = dateFilter(query, 'StartTime')
    const endedInTime = dateFilter(query, 'EndTime')
    const isMeant = (call: CallRecord): boolean =>
      (parent === undefined || call.parentCallSid === parent) &&
      (to === undefined || call.to === to) &&
      (from === undefined || call.from === from) &&
      (status === undefined || call.status === status) &&
      startedInTime(call.startTime) &&
      endedInTime(call.endTime)
    const page = takePage(
      pageRequest(query),
      before => world.calls.newestFirst(before).filter(isMeant),
      call => call.seq
    )
    return envelope('calls', path, query, page, call => callResource(world, call))
  }
}
