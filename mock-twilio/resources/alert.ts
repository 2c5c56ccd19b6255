import type { Alert } from '../../simulator/alerts.ts'
import { iso8601 } from '../dates.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

/** Where alerts live, for the links in them. */
export const monitorHost = 'https://monitor.twilio.com'

/** https://www.twilio.com/docs/usage/monitor-alert */
export function alertResource(world: World, alert: Alert): Record<string, unknown> {
  const { code, message, severity } = alert
  const at = iso8601(Date.parse(alert.at))
  const request = recordIn(alert, 'request')
  const sid = textIn(alert, 'alert_sid')
  return {
    account_sid: world.accountSid,
    alert_text: `Msg=${encodeURIComponent(message.toWellFormed())}&ErrorCode=${code}&LogLevel=${severity.toUpperCase()}`,
    api_version: apiVersion,
    date_created: at,
    date_generated: at,
    date_updated: at,
    error_code: String(code),
    log_level: severity,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    request_method: methodIn(request),
    request_url: textIn(request, 'url') ?? textIn(alert, 'url') ?? null,
    resource_sid: textIn(alert, 'sid') ?? null,
    service_sid: null,
    sid: sid ?? null,
    url: `${monitorHost}/v1/Alerts/${sid}`
  }
}

/** What a list leaves out. */
export function wholeAlertResource(world: World, alert: Alert): Record<string, unknown> {
  const request = recordIn(alert, 'request')
  const response = recordIn(alert, 'response')
  return {
    ...alertResource(world, alert),
    request_headers: headersIn(request),
    request_variables: textIn(request, 'body') ?? null,
    response_body: textIn(response, 'body') ?? null,
    response_headers: headersIn(response)
  }
}

function methodIn(request: Readonly<Record<string, unknown>>): string | null {
  const method = textIn(request, 'method')
  return method === 'GET' || method === 'POST' ? method : null
}

function headersIn(exchange: Readonly<Record<string, unknown>>): string | null {
  const headers = exchange['headers']
  if (!isRecord(headers)) return null
  const parameters = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    String(value)
  ])
  return new URLSearchParams(parameters).toString()
}

function textIn(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' ? value : undefined
}

function recordIn(alert: Alert, name: string): Readonly<Record<string, unknown>> {
  const value = alert[name]
  return isRecord(value) ? value : {}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
