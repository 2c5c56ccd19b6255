import { developmentAccount } from '../../../mock-twilio/development-account.ts'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import type { Answer, Built, FormValues } from '../judged-mock.ts'

/** One way into one error, as Twilio documents it. */
export interface ErrorCause {
  readonly code: number
  /** Of the answer; or the message fails later; or Twilio's debugger has an alert. */
  readonly status: number | 'later' | 'debugger'
  readonly cause: string
  /** Nothing but a fault of the control API brings it about here: its cause lies in a network that is not simulated. */
  readonly byRule?: true
  readonly provoke: (built: Built) => Promise<Observed>
}

export interface Observed {
  code: number
  status: ErrorCause['status']
}

export const account = `/2010-04-01/Accounts/${developmentAccount.accountSid}`
export const messages = `${account}/Messages.json`
export const numbers = `${account}/IncomingPhoneNumbers.json`
export const services = '/messaging/v1/Services'
export const service = developmentAccount.messagingServiceSid
export const [firstNumber] = developmentAccount.phoneNumbers
export const person = '+16015550123'

/** The name that a test and the printed list give it. */
export function titleOf({ code, cause }: ErrorCause): string {
  return `${code}: ${cause}`
}

export function refused(
  code: number,
  status: number,
  cause: string,
  ask: (built: Built) => Promise<Answer>,
  byRule?: true
): ErrorCause {
  return {
    code,
    status,
    cause,
    ...(byRule ? { byRule } : {}),
    provoke: async built => {
      const { body, status } = await ask(built)
      return { code: Number(body['code']), status }
    }
  }
}

/** The request succeeds, and the answer says within itself what is wrong. */
export function told(
  code: number,
  status: number,
  cause: string,
  ask: (built: Built) => Promise<Answer>
): ErrorCause {
  return {
    code,
    status,
    cause: `${cause}, told inside the answer`,
    provoke: async built => {
      const { body, status } = await ask(built)
      return { code: codesWithin(body).find(found => found === code) ?? 0, status }
    }
  }
}

function codesWithin(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    /^(?:error_)?code$/.test(name) ? [Number(inner)] : codesWithin(inner)
  )
}

/** A message is taken, and ends badly: the resource and the last callback say so alike. */
export function later(
  code: number,
  cause: string,
  send: (built: Built) => Promise<Answer>,
  byRule?: true
): ErrorCause {
  return {
    code,
    status: 'later',
    cause,
    ...(byRule ? { byRule } : {}),
    provoke: async built => {
      const { status, body } = await send(built)
      if (status !== 201) throw new Error(`refused at once: ${JSON.stringify(body)}`)
      await built.mock.clock.advance('1 h')
      // Where the account was suspended on the way: a suspended one may not ask.
      built.mock.world().status = 'active'
      const { body: ended } = await built.request('GET', `${account}/Messages/${body.sid}.json`)
      const told = built.receiver.received.findLast(({ form }) => form['MessageSid'] === body.sid)
      if (told?.form['ErrorCode'] !== String(ended['error_code'])) {
        throw new Error(
          `the callback said ${told?.form['ErrorCode']}, the resource ${String(ended['error_code'])}`
        )
      }
      return { code: Number(ended['error_code']), status: 'later' }
    }
  }
}

export function debugged(
  code: number,
  cause: string,
  provoke: (built: Built) => Promise<unknown>
): ErrorCause {
  return {
    code,
    status: 'debugger',
    cause,
    provoke: async built => {
      await provoke(built)
      const codes = built.mock.world().alerts.map(alert => alert.code)
      if (!codes.every(found => found === code)) throw new Error(`alerts: ${codes.join(', ')}`)
      return { code: codes[0] ?? 0, status: 'debugger' }
    }
  }
}

/** The application answers a person's text with this. */
export async function answersWith(
  { mock, receiver }: Built,
  body: string,
  contentType = 'text/xml'
): Promise<void> {
  receiver.answers(() => ({ body, contentType }))
  await phone(mock, person).texts(firstNumber, 'Is school open?')
}

export function post({ request }: Built, form: FormValues): Promise<Answer> {
  return request('POST', messages, form)
}

/** As another account than the development account. */
export async function postAs(
  { mock }: Built,
  { sid, token }: { sid: string; token: unknown },
  url: string,
  payload: object = {}
): Promise<Answer> {
  const headers = { authorization: basicOf(sid, String(token)) }
  const answer = await mock.app.inject({ method: 'POST', url, headers, payload })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

export async function aSubaccount({ request }: Built): Promise<Answer['body']> {
  return (await request('POST', '/2010-04-01/Accounts.json')).body
}

export async function aNumber({ request }: Built, phoneNumber: string): Promise<string> {
  return (await request('POST', numbers, { PhoneNumber: phoneNumber })).body.sid
}

/** The world is made again, with this in it. */
export async function withWorld(built: Built, seed: object): Promise<void> {
  const { status, body } = await built.control('POST', '/_mock/reset', seed)
  if (status !== 200) throw new Error(JSON.stringify(body))
}

/** Beside the one of the judged mock, which only a test may load. */
export function basicOf(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
