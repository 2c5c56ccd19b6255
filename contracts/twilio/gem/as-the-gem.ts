import { request } from 'node:http'
import type { TestContext } from 'node:test'

import twilio from 'twilio'

import type { AccountSeed } from '../../../mock-twilio/seeds.ts'
import { aReceiver } from '../../../mock-twilio/testing/receiver.ts'
import { basic, build, type Answer, type Built, type FormValues } from '../judged-mock.ts'
import { MockedTransport } from '../mocked-sdk.ts'

/*
 * The account of the Ruby gem's own tests, reached in two ways: through the official SDK, and as the gem
 * does it, which is a client of an HTTP proxy: an absolute request target that names no host of Twilio's.
 * https://github.com/schoolstatus/mock-twilio
 */

export const gem = {
  accountSid: `AC${'F'.repeat(32)}`,
  authToken: `SK${'X'.repeat(32)}`,
  number: '+13212855389',
  numberSid: 'PN09b2256564096ff183b0238a545e22f2',
  serviceSid: `MG${'F'.repeat(32)}`,
  receiver: '+593978613041',
  body: 'RB This is the ship that made the Kesssssel Run in fourteen parsecs?'
} as const

export const gemAccount = `/2010-04-01/Accounts/${gem.accountSid}`

export interface GemBuilt extends Pick<Built, 'mock' | 'receiver' | 'control'> {
  sdk: twilio.Twilio
  /** A request as the gem makes it. */
  ask: (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    form?: FormValues,
    headers?: Record<string, string>
  ) => Promise<Pick<Answer, 'status' | 'body'>>
}

export async function asTheGem(t: TestContext): Promise<GemBuilt> {
  const receiver = await aReceiver()
  t.after(() => receiver.close())
  const { mock, control } = await build(t, [
    seedOf(`${receiver.url}/api/v1/twilio_requests/inbound`)
  ])
  const url = await mock.app.listen({ host: '127.0.0.1', port: 0 })
  return {
    mock,
    receiver,
    control,
    sdk: twilio(gem.accountSid, gem.authToken, { httpClient: new MockedTransport(url) }),
    ask: (method, path, form, headers) => send(url, method, path, form ?? {}, headers ?? {})
  }
}

function seedOf(smsUrl: string): AccountSeed {
  return {
    account_sid: gem.accountSid,
    auth_token: gem.authToken,
    numbers: [
      { phone_number: gem.number, sid: `PN${'1'.repeat(32)}`, sms_url: smsUrl },
      { phone_number: '+16015550142', sid: gem.numberSid }
    ],
    messaging_services: [
      {
        sid: gem.serviceSid,
        phone_numbers: [gem.number],
        use_inbound_webhook_on_number: true
      }
    ]
  }
}

function send(
  mockUrl: string,
  method: string,
  path: string,
  form: FormValues,
  headers: Record<string, string>
): Promise<Pick<Answer, 'status' | 'body'>> {
  const { hostname, port } = new URL(mockUrl)
  const encoded = encodeLikeFaraday(form)
  const query = method === 'GET' && encoded !== '' ? `?${encoded}` : ''
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path: `http://twilio_mock_server:4010${path}${query}`,
        headers: {
          host: 'twilio_mock_server:4010',
          accept: 'application/json',
          'accept-charset': 'utf-8',
          'user-agent': 'twilio-ruby/7.0.0 (linux x86_64) Ruby/3.3.0',
          authorization: basic(gem.accountSid, gem.authToken),
          ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...headers
        }
      },
      answer => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: answer.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) })
        })
      }
    )
    sent.on('error', reject)
    sent.end(method === 'POST' ? encoded : undefined)
  })
}

/** Names in the order of the alphabet, lists as a repeated name, a blank as +. */
function encodeLikeFaraday(form: FormValues): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(form).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    for (const single of Array.isArray(value) ? value : [value])
      parameters.append(name, String(single))
  }
  return parameters.toString()
}
