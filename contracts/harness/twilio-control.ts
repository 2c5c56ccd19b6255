import { createHmac } from 'node:crypto'
import { request } from 'undici'
import { isRecord, type Json, list } from './json.ts'
import { simulatorAccount, simulatorToken } from './options.ts'

/** The provider, driven from its own side: time, people, signatures. */
export interface TwilioControl {
  now(): Promise<number>
  freeze(): Promise<void>
  run(): Promise<void>
  /** Moves time forward; whatever comes due on the way happens. */
  advance(ms: number): Promise<void>
  /** Moves time forward at one go: what comes due on the way happens at its end. */
  skip(ms: number): Promise<void>
  /** A person writes to one of our numbers. */
  write(handset: string, to: string, body: string, mediaUrls?: string[]): Promise<void>
  /** A messaging service, made as its owner makes one. Its SID. */
  createService(name: string): Promise<string>
  journal(query: Readonly<Record<string, string>>): Promise<Json[]>
  addFault(fault: Json): Promise<string>
  removeFault(id: string): Promise<void>
}

/** Speaks to the control API of mock-twilio. */
export function connectTwilioControl(url: string): TwilioControl {
  async function ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown
  ): Promise<unknown> {
    const answer = await request(`${url}/_mock${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body)
      }),
      headersTimeout: 60_000
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300)
      throw new Error(`mock-twilio answered ${method} ${path} with ${answer.statusCode}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const clock = async (change?: Json): Promise<number> => {
    const state = await ask(change ? 'POST' : 'GET', '/clock', change)
    return isRecord(state) ? Number(state['now_ms']) : Number.NaN
  }
  return {
    now: () => clock(),
    async freeze() {
      await clock({ mode: 'frozen' })
    },
    async run() {
      await clock({ mode: 'real' })
    },
    async advance(ms) {
      await clock({ advance: Math.max(0, Math.ceil(ms)) })
    },
    async skip(ms) {
      await clock({ set: (await clock()) + Math.ceil(ms) })
    },
    async write(handset, to, body, mediaUrls = []) {
      const text = { to, body, ...(mediaUrls.length > 0 && { media_urls: mediaUrls }) }
      await ask('POST', `/handsets/${encodeURIComponent(handset)}/messages`, text)
    },
    async createService(name) {
      const answer = await request(`${url}/messaging/v1/Services`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${simulatorAccount}:${simulatorToken}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded'
        },
        body: new URLSearchParams({ FriendlyName: name }).toString()
      })
      const service: unknown = await answer.body.json()
      if (!isRecord(service) || answer.statusCode !== 201)
        throw new Error(`mock-twilio made no messaging service: ${answer.statusCode}`)
      return String(service['sid'])
    },
    async journal(query) {
      return list(await ask('GET', `/journal?${new URLSearchParams(query).toString()}`)).filter(
        isRecord
      )
    },
    async addFault(fault) {
      const added = await ask('POST', '/faults', fault)
      return isRecord(added) ? String(added['id']) : ''
    },
    async removeFault(id) {
      await ask('DELETE', `/faults/${id}`)
    }
  }
}

/**
 * Signs a form as Twilio does: HMAC-SHA1 of the URL and the sorted fields
 * (https://www.twilio.com/docs/usage/security#validating-requests).
 */
export function twilioSignature(authToken: string, url: string, form: Json): string {
  const fields = Object.keys(form)
    .toSorted()
    .map(name => name + String(form[name]))
  return createHmac('sha1', authToken)
    .update(url + fields.join(''))
    .digest('base64')
}
