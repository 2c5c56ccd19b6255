import { after, type TestContext } from 'node:test'

import { createMockTwilio, type MockTwilio } from '../../mock-twilio/app.ts'
import {
  developmentAccount,
  developmentAccountSeed
} from '../../mock-twilio/development-account.ts'
import type { AccountSeed } from '../../mock-twilio/seeds.ts'
import { aReceiver, type Receiver } from '../../mock-twilio/testing/receiver.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { judgeResponses, type Judge } from './openapi-judge.ts'

/** A mock with a frozen clock, whose every answer is judged, and an application for it to call. */

export interface Answer {
  status: number
  headers: Record<string, unknown>
  body: AnswerBody
}

/** JSON; a resource has a sid. */
export interface AnswerBody {
  readonly sid: string
  readonly [field: string]: unknown
}

export interface Built {
  mock: MockTwilio
  receiver: Receiver
  judge: Judge
  request: (method: 'GET' | 'POST' | 'DELETE', path: string, form?: FormValues) => Promise<Answer>
  /** Sends from the first development number, with a status callback to the receiver. */
  send: (form?: FormValues) => Promise<Answer>
  control: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object
  ) => Promise<Answer>
}

export type FormValues = Record<string, string | number | boolean | readonly string[]>

export const account = `/2010-04-01/Accounts/${developmentAccount.accountSid}`
export const [firstNumber, secondNumber] = developmentAccount.phoneNumbers
export const person = '+16015550123'
export const authorization = basic(developmentAccount.accountSid, developmentAccount.authToken)
export const startOfTest = Date.UTC(2026, 10, 23, 12)

const judges: Judge[] = []

after(() => {
  for (const judge of judges) judge.assertNoViolations()
})

export async function build(t: TestContext, accounts?: readonly AccountSeed[]): Promise<Built> {
  const receiver = await aReceiver()
  const mock = await createMockTwilio({
    clock: new VirtualClock({ mode: 'frozen', start: startOfTest }),
    seed: 'test',
    accounts: accounts ?? [developmentAccountSeed(`${receiver.url}/inbound`)]
  })
  const judge = judgeResponses(mock.app)
  judges.push(judge)
  t.after(async () => {
    await mock.close()
    await receiver.close()
  })

  const request: Built['request'] = async (method, path, form) => {
    const isPost = method === 'POST'
    const query = !isPost && form !== undefined ? `?${encode(form)}` : ''
    const answer = await mock.app.inject({
      method,
      url: path + query,
      headers: {
        authorization,
        ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {})
      },
      ...(isPost ? { payload: encode(form ?? {}) } : {})
    })
    return read(answer)
  }

  return {
    mock,
    receiver,
    judge,
    request,
    send: (form = {}) =>
      request('POST', `${account}/Messages.json`, {
        To: person,
        ...('MessagingServiceSid' in form ? {} : { From: firstNumber }),
        Body: 'Your bus is late',
        StatusCallback: `${receiver.url}/status`,
        ...form
      }),
    control: async (method, path, body) =>
      read(await mock.app.inject({ method, url: path, ...(body ? { payload: body } : {}) }))
  }
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function encode(form: FormValues): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const single of Array.isArray(value) ? value : [value])
      parameters.append(name, String(single))
  }
  return parameters.toString()
}

function read(answer: {
  statusCode: number
  headers: Record<string, unknown>
  body: string
}): Answer {
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  const body: unknown = isJson && answer.body !== '' ? JSON.parse(answer.body) : {}
  if (!isBody(body)) throw new Error(`an answer is a JSON object, got ${answer.body}`)
  return { status: answer.statusCode, headers: answer.headers, body }
}

function isBody(value: unknown): value is AnswerBody {
  return typeof value === 'object' && value !== null
}
