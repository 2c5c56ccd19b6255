import type { FormValues } from '../judged-mock.ts'
import {
  account,
  firstNumber,
  person,
  post,
  refused,
  service,
  services,
  withWorld,
  type ErrorCause
} from './cause.ts'

const good: FormValues = { To: person, From: firstNumber, Body: 'Your bus is late' }
const ofService: FormValues = { To: person, Body: 'Hello', MessagingServiceSid: service }
const picture = 'https://example.com/a.png'

export const messageErrors: ErrorCause[] = [
  wrong(21211, 'a To that is no phone number', { To: '5550123' }),
  wrong(21212, 'a From that is neither number, short code nor name', { From: 'no sender at all' }),
  wrong(21218, 'an application that does not exist', { ApplicationSid: `AP${'0'.repeat(32)}` }),
  wrong(21266, 'To and From are the same number', { To: firstNumber }),
  wrong(21408, 'a region that is not enabled (magic number)', { To: '+15005550003' }),
  wrong(21602, 'neither text nor media', { Body: '' }),
  refused(21603, 400, 'neither a sender nor a service', built =>
    post(built, { To: person, Body: 'Hello' })
  ),
  wrong(21604, 'no receiver', { To: '' }),
  wrong(21606, 'a sender that belongs to somebody else', { From: '+16015550777' }),
  wrong(21609, 'a status callback that is no URL', { StatusCallback: 'nowhere' }),
  refused(21610, 400, 'a receiver who said STOP', async built => {
    const { control } = built
    await control('POST', `/_mock/handsets/${person}/messages`, { to: firstNumber, body: 'STOP' })
    return post(built, good)
  }),
  wrong(21611, 'a sender whose queue is full (magic number)', { From: '+15005550008' }),
  refused(21611, 400, 'a sender who has more than ten hours of texts in its queue', async built => {
    // As slow as this, 36 segments are ten hours: three texts of ten fit, and a fourth does not.
    await withWorld(built, {
      throughput: 'realistic',
      sender_rates: [{ sender: firstNumber, segments_per_second: 0.001 }]
    })
    const long = { ...good, Body: 'a'.repeat(1500) }
    for (let sent = 0; sent < 3; sent++) await post(built, long)
    return post(built, long)
  }),
  wrong(21612, 'a pair that no carrier connects (magic number)', { To: '+15005550002' }),
  refused(21612, 400, 'a name as the sender of a text to North America', async built => {
    const AlphaSender = 'SCHOOL'
    await built.request('POST', `${services}/${service}/AlphaSenders`, { AlphaSender })
    return post(built, { ...ofService, From: AlphaSender })
  }),
  refused(21614, 400, 'a landline outside North America', async built => {
    const To = '+442079460123'
    await withWorld(built, { line_types: [{ phone_number: To, type: 'landline' }] })
    return post(built, { ...good, To })
  }),
  wrong(21614, 'a receiver who is no mobile (magic number)', { To: '+15005550009' }),
  wrong(21617, 'a text of 1601 characters', { Body: 'a'.repeat(1601) }),
  wrong(21619, 'a text of nothing but blanks', { Body: ' \n' }),
  wrong(21620, 'media that lie at no web address', { MediaUrl: 'ftp://example.com/a.png' }),
  refused(21621, 400, 'a picture from a number without MMS', built => {
    const { phoneNumber } = built.mock.world().addNumber({
      phone_number: '+16015550199',
      mms: false
    })
    return post(built, { ...good, From: phoneNumber, MediaUrl: picture })
  }),
  wrong(21623, 'eleven pictures', { MediaUrl: Array.from({ length: 11 }, () => picture) }),
  wrong(21624, 'a validity period of ten hours and a second', { ValidityPeriod: 36_001 }),
  wrong(21627, 'a highest price that is no price', { MaxPrice: 'cheap' }),
  wrong(21655, 'a content template that does not exist', { ContentSid: `HX${'0'.repeat(32)}` }),
  wrong(63007, 'a sender of another channel', { From: 'whatsapp:+16015550100' }),
  refused(30400, 400, 'an update of a message that asks for nothing', async ({ send, request }) => {
    const { body } = await send()
    return request('POST', `${account}/Messages/${body.sid}.json`)
  }),
  refused(20009, 409, 'a message that is deleted while under way', async ({ send, request }) => {
    const { body } = await send()
    return request('DELETE', `${account}/Messages/${body.sid}.json`)
  }),
  refused(21701, 404, 'a messaging service that does not exist', built =>
    post(built, { ...ofService, MessagingServiceSid: `MG${'9'.repeat(32)}` })
  ),
  refused(21712, 409, 'a service sends from a number of another service', async built => {
    const other = await built.request('POST', services, { FriendlyName: 'Other' })
    const { sid } = built.mock.world().addNumber({ phone_number: '+16015550199' })
    await built.request('POST', `${services}/${other.body.sid}/PhoneNumbers`, {
      PhoneNumberSid: sid
    })
    return post(built, { ...ofService, From: '+16015550199' })
  }),
  refused(21704, 400, 'a messaging service without numbers', async built => {
    const made = await built.request('POST', services, { FriendlyName: 'Empty' })
    return post(built, { ...ofService, MessagingServiceSid: made.body.sid })
  }),
  refused(21705, 400, 'a messaging service whose sid is none', built =>
    post(built, { ...ofService, MessagingServiceSid: 'MG1' })
  )
]

function wrong(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, built => post(built, { ...good, ...fields }))
}
