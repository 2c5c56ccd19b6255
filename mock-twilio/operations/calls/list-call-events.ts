import { rfc2822 } from '../../dates.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import type { CallRequest } from '../../voice/call-record.ts'
import { findCall } from './find-call.ts'

/**
 * What the application was asked for in the call, and what it answered.
 * https://www.twilio.com/docs/voice/api/call-event-resource
 */
export const listCallEvents: Operation = {
  name: 'list-call-events',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Events.json',
  status: 200,
  handle: asked => {
    const { query, path } = asked
    const { requests } = findCall(asked, 'CallSid')
    return envelope('events', path, query, pageOf(pageRequest(query), requests), eventResource)
  }
}

function eventResource(request: CallRequest): Record<string, unknown> {
  const { at, method, url, parameters, status, contentType, body, tookMs } = request
  return {
    request: {
      method,
      url,
      parameters: Object.fromEntries(parameters.map(([name, value]) => [snakeCase(name), value]))
    },
    response: {
      content_type: contentType,
      date_created: rfc2822(at),
      request_duration: Math.round(tookMs),
      response_body: body,
      response_code: status
    }
  }
}

/** CallSid is call_sid there. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, letter => `_${letter}`).toLowerCase()
}
