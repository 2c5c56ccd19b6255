import type { Answer, Built, FormValues } from '../judged-mock.ts'
import { account, firstNumber, person, refused, type ErrorCause } from './cause.ts'

const calls = `${account}/Calls.json`
const somewhere = 'https://example.com/voice'

export const callErrors: ErrorCause[] = [
  calling(21201, 'a call to nobody', { To: '' }),
  calling(21205, 'a call without anything to say', { Url: '' }),
  calling(21205, 'a Url that is none', { Url: 'nowhere' }),
  calling(21206, 'keys that no telephone has', { SendDigits: '12x' }),
  calling(21208, 'a phone that rings for an hour', { Timeout: 3600 }),
  calling(21209, 'a Method that is neither GET nor POST', { Method: 'PUT' }),
  calling(21210, 'a call from a number of somebody else', { From: '+16015550777' }),
  calling(21211, 'a call to what is no number', { To: 'school' }),
  calling(21212, 'a call from what is no number', { From: 'school' }),
  calling(21213, 'a call from nobody', { From: '' }),
  calling(21214, 'a number that cannot be reached (magic number)', { To: '+15005550002' }),
  calling(21215, 'a region that is not enabled (magic number)', { To: '+15005550003' }),
  calling(21216, 'a number that is blocked (magic number)', { To: '+15005550004' }),
  calling(21217, 'a number that seems to be none (magic number)', { To: '+15005550001' }),
  calling(21218, 'an application of nobody', { ApplicationSid: `AP${'9'.repeat(32)}` }),
  refused(21220, 400, 'a call that is over gets another document', async built => {
    const { body } = await call(built, {})
    await built.mock.clock.advance('1 h')
    const path = `${account}/Calls/${body.sid}.json`
    return built.request('POST', path, { Twiml: '<Response/>' })
  }),
  calling(21221, 'a SIP user name of 300 characters', { SipAuthUsername: 'a'.repeat(300) }),
  calling(21223, 'a SIP password of 300 characters', { SipAuthPassword: 'a'.repeat(300) }),
  calling(21226, 'a call to a SIP address', { To: 'sip:ada@example.com' }),
  calling(21234, 'a way of detecting machines that does not exist', { MachineDetection: 'Yes' }),
  calling(21263, 'a detection that may take an hour', {
    MachineDetection: 'Enable',
    MachineDetectionTimeout: 3600
  }),
  calling(21626, 'an event of calls that does not exist', { StatusCallbackEvent: 'hung-up' }),
  calling(20001, 'a call over a trunk of nobody', { Byoc: `BY${'9'.repeat(32)}` }),
  calling(21658, 'a CallReason of 51 characters', { CallReason: 'a'.repeat(51) }),
  calling(21658, 'a document of 4001 characters', { Url: '', Twiml: 'a'.repeat(4001) })
]

function calling(code: number, cause: string, form: FormValues): ErrorCause {
  return refused(code, 400, cause, built => call(built, form))
}

function call({ request }: Built, form: FormValues): Promise<Answer> {
  return request('POST', calls, { To: person, From: firstNumber, Url: somewhere, ...form })
}
