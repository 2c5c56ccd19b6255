import { rfc2822 } from '../dates.ts'
import { nationalFormat } from '../inventory/available-number.ts'
import type { CallRecord } from '../voice/call-record.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

/** The phone of the person, whichever way the call goes. */
export function handsetOf({ direction, to, from }: CallRecord): string {
  return direction === 'inbound' ? from : to
}

export function durationSeconds({
  answeredAt,
  endTime
}: Pick<CallRecord, 'answeredAt' | 'endTime'>): number {
  if (answeredAt === null || endTime === null) return 0
  return Math.round((endTime - answeredAt) / 1000)
}

/** Numbers that look like text are text there: duration, queue_time, price. */
export function callResource(world: World, call: CallRecord): Record<string, unknown> {
  const uri = `/${apiVersion}/Accounts/${world.accountSid}/Calls/${call.sid}`
  const { startTime, endTime } = call
  return {
    account_sid: world.accountSid,
    answered_by: call.answeredBy,
    api_version: apiVersion,
    caller_name: null,
    date_created: rfc2822(call.dateCreated),
    date_updated: rfc2822(call.dateUpdated),
    direction: call.direction,
    // The documentation says "empty" of calls that nobody answered, and real answers say "0".
    duration: endTime === null ? null : String(durationSeconds(call)),
    end_time: endTime === null ? null : rfc2822(endTime),
    forwarded_from: null,
    from: call.from,
    from_formatted: nationalFormat(call.from),
    group_sid: null,
    parent_call_sid: call.parentCallSid,
    phone_number_sid: call.phoneNumberSid,
    price: priceOf(call),
    price_unit: 'USD',
    queue_time: String(call.queueMs),
    sid: call.sid,
    start_time: startTime === null ? null : rfc2822(startTime),
    status: call.status,
    subresource_uris: Object.fromEntries(
      subresources.map(([name, path]) => [name, `${uri}/${path}.json`])
    ),
    to: call.to,
    to_formatted: nationalFormat(call.to),
    trunk_sid: null,
    uri: `${uri}.json`
  }
}

const subresources = [
  ['events', 'Events'],
  ['notifications', 'Notifications'],
  ['payments', 'Payments'],
  ['recordings', 'Recordings'],
  ['siprec', 'Siprec'],
  ['streams', 'Streams'],
  ['transcriptions', 'Transcriptions'],
  ['user_defined_message_subscriptions', 'UserDefinedMessageSubscriptions'],
  ['user_defined_messages', 'UserDefinedMessages']
] as const

/** A round price of our own for each minute begun. */
function priceOf(call: CallRecord): string | null {
  if (call.status !== 'completed') return null
  return (-0.014 * billedMinutes(call)).toFixed(5)
}

export function billedMinutes(call: CallRecord): number {
  return Math.ceil(durationSeconds(call) / 60)
}
