import type { FormValues } from '../judged-mock.ts'
import { account, firstNumber, person, post, refused, service, type ErrorCause } from './cause.ts'

/** The tests begin at this moment. */
const noon = Date.UTC(2026, 10, 23, 12)
const good: FormValues = {
  To: person,
  Body: 'School is closed',
  MessagingServiceSid: service,
  ScheduleType: 'fixed',
  SendAt: at(3_600_000)
}

export const schedulingErrors: ErrorCause[] = [
  refused(30409, 409, 'a message that is not scheduled is canceled', async ({ send, request }) => {
    const { body } = await send()
    return request('POST', `${account}/Messages/${body.sid}.json`, { Status: 'canceled' })
  }),
  wrong(35111, 'a scheduled message that names no time', { SendAt: '' }),
  wrong(35114, 'a time that is less than five minutes away', { SendAt: at(299_000) }),
  wrong(35114, 'a time that is more than 35 days away', { SendAt: at(36 * 86_400_000) }),
  wrong(35115, 'a time that is none', { SendAt: 'tomorrow' }),
  refused(35118, 400, 'a scheduled message from a number instead of a service', built => {
    const { MessagingServiceSid: _, ...form } = good
    return post(built, { ...form, From: firstNumber })
  }),
  refused(35125, 400, 'the 500,001st message that waits for its time', built => {
    const { carrier, limits } = built.mock.world()
    carrier.scheduled = limits.scheduling.mostPending
    return post(built, good)
  }),
  wrong(35126, 'a schedule that is not fixed', { ScheduleType: 'weekly' })
]

function wrong(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, built => post(built, { ...good, ...fields }))
}

function at(laterMs: number): string {
  return new Date(noon + laterMs).toISOString()
}
