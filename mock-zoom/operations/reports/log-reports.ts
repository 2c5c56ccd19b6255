import { dateRangeIn } from '../../date-range.ts'
import { dayMs, zoomTime } from '../../dates.ts'
import { invalid } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { DeliveryRecord } from '../../resources/subscription.ts'

// The labels of all of these: [unverified].

export const operationLogReport: Operation = {
  name: 'operation-log-report',
  method: 'GET',
  path: '/videosdk/report/operationlogs',
  label: 'Medium',
  status: 200,
  handle: ({ world, query }) => {
    const { from, to, since, until } = dateRangeIn(query, world.now())
    const category = query.get('category_type')
    const { items, ...page } = pageOf(world, {
      items: world.operationLogs
        .map((log, place) => ({ ...log, place }))
        .filter(
          log =>
            log.at >= since &&
            log.at < until + dayMs &&
            (category === null || category === '' || log.category === category)
        ),
      key: ({ place }) => String(place),
      query,
      usualSize: 30,
      mostSize: 300
    })
    const logs = items.map(({ at, operator, category, action, detail }) => ({
      time: zoomTime(at),
      operator,
      category_type: category,
      action,
      operation_detail: detail
    }))
    return { from, to, ...page, operation_logs: logs }
  }
}

/** Who dialled in. Nothing is charged here. */
export const telephoneReport: Operation = {
  name: 'telephone-report',
  method: 'GET',
  path: '/videosdk/report/telephone',
  label: 'Heavy',
  status: 200,
  handle: ({ world, query }) => {
    const { from, to, since, until } = dateRangeIn(query, world.now())
    const type = query.get('type') ?? '1'
    if (!['1', '2', '3'].includes(type)) {
      throw invalid({ field: 'type', message: 'The value is 1, 2 or 3.' })
    }
    const calls = [...world.sessions.values()].flatMap(session =>
      session.users
        .filter(
          ({ phoneNumber, joinedAt }) =>
            phoneNumber !== null && joinedAt >= since && joinedAt < until + dayMs
        )
        .map(user => ({ session, user }))
    )
    const { items, ...page } = pageOf(world, {
      items: type === '1' ? calls : [],
      key: ({ session, user }) => `${session.id}/${user.id}`,
      query,
      usualSize: 30,
      mostSize: 300
    })
    const usage = items.map(({ session, user }) => {
      const end = user.leftAt ?? world.now()
      return {
        session_id: session.id,
        phone_number: user.phoneNumber,
        signaled_number: user.phoneNumber,
        start_time: zoomTime(user.joinedAt),
        end_time: zoomTime(end),
        duration: Math.ceil((end - user.joinedAt) / 60_000),
        total: 0,
        country_name: 'United States',
        call_in_number: '+16015550190',
        type: 'call-in',
        rate: 0
      }
    })
    return { from, to, ...page, telephony_usage: usage }
  }
}

/** What went out and what came of it. The fields are [unverified]: no client of Zoom's types them. */
export const webhookLogReport: Operation = {
  name: 'webhook-log-report',
  method: 'GET',
  path: '/videosdk/report/webhook_logs',
  label: 'Medium',
  status: 200,
  handle: ({ world, query }) => {
    const { from, to, since, until } = dateRangeIn(query, world.now())
    const event = query.get('event')
    const { items, ...page } = pageOf(world, {
      items: [...world.deliveries.values()].filter(
        one =>
          one.createdAt >= since &&
          one.createdAt < until + dayMs &&
          (event === null || event === '' || one.event === event)
      ),
      key: ({ id }) => id,
      query,
      usualSize: 30,
      mostSize: 300
    })
    return { from, to, ...page, webhook_logs: items.flatMap(shownAttempts) }
  }
}

function shownAttempts({ event, attempts, body }: DeliveryRecord) {
  return attempts.map(({ at, requestId, result }, place) => ({
    date_time: zoomTime(at),
    event,
    trace_id: requestId,
    http_status: result ?? 0,
    retry_number: place,
    request_body: body
  }))
}
