import type { TestContext } from 'node:test'

import {
  account,
  build,
  firstNumber,
  person,
  type Answer,
  type Built,
  type FormValues
} from './judged-mock.ts'
import { phone, type Phone } from '../../mock-twilio/testing/phone.ts'
import type { ReceivedCallback } from '../../mock-twilio/testing/receiver.ts'

/** A school that calls, and is called, with what it answers at each path. Callbacks go to paths with /status or /leg. */
export interface School extends Built {
  parent: Phone
  /** The forms that were posted to addresses that begin so. */
  about: (path: string) => Record<string, string>[]
  /** Calls the parent; gives the sid. */
  call: (form?: FormValues) => Promise<string>
  read: (sid: string) => Promise<Answer['body']>
  update: (sid: string, form: FormValues) => Promise<Answer>
}

export async function aSchool(
  t: TestContext,
  document: (callback: ReceivedCallback) => string
): Promise<School> {
  const built = await build(t)
  const { receiver, mock, request } = built
  receiver.answers(callback =>
    /^\/(?:status|leg|recording)/.test(callback.url)
      ? { status: 204 }
      : { body: document(callback), contentType: 'text/xml' }
  )
  const number = mock.world().numbersByPhone.get(firstNumber)
  if (number !== undefined) number.voiceUrl = `${receiver.url}/voice`
  return {
    ...built,
    parent: phone(mock, person),
    about: path =>
      receiver.received.filter(({ url }) => url.startsWith(path)).map(({ form }) => form),
    call: async (form = {}) => {
      const { body } = await request('POST', `${account}/Calls.json`, {
        To: person,
        From: firstNumber,
        Url: `${receiver.url}/voice`,
        StatusCallback: `${receiver.url}/status`,
        StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
        ...form
      })
      return body.sid
    },
    read: async sid => (await request('GET', `${account}/Calls/${sid}.json`)).body,
    update: (sid, form) => request('POST', `${account}/Calls/${sid}.json`, form)
  }
}
