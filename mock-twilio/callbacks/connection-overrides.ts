/*
 * How a URL's fragment changes the way Twilio calls it: `#rc=3&rp=4xx,5xx,ct,rt&ct=1000&rt=5000`. The
 * fragment is neither sent nor signed. Without one, Twilio connects within 5 s, reads within 15 s, and tries
 * once more only when it could not connect: an answer of 500 is not retried.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */

export interface ConnectionOverrides {
  connectTimeoutMs: number
  readTimeoutMs: number
  retries: number
  policies: ReadonlySet<string>
}

const defaults: ConnectionOverrides = {
  connectTimeoutMs: 5000,
  readTimeoutMs: 15_000,
  retries: 1,
  policies: new Set(['ct'])
}

export function connectionOverrides(url: string): ConnectionOverrides {
  const start = url.indexOf('#')
  if (start === -1) return defaults
  const values = new URLSearchParams(url.slice(start + 1))
  const policies = values.get('rp')
  return {
    connectTimeoutMs: bounded(values.get('ct'), 100, 10_000, defaults.connectTimeoutMs),
    readTimeoutMs: bounded(
      values.get('rt') ?? values.get('tt'),
      100,
      15_000,
      defaults.readTimeoutMs
    ),
    retries: bounded(values.get('rc'), 0, 5, defaults.retries),
    policies: policies === null ? defaults.policies : new Set(policies.split(','))
  }
}

function bounded(text: string | null, least: number, most: number, fallback: number): number {
  if (text === null || !/^\d+$/.test(text)) return fallback
  return Math.min(most, Math.max(least, Number(text)))
}
