import type { Answer, Built, FormValues } from '../judged-mock.ts'
import {
  aNumber,
  firstNumber,
  later,
  person,
  post,
  service,
  services,
  withWorld,
  type ErrorCause
} from './cause.ts'

const tollFree = '+18005550134'
const enforced = { registration: 'enforced' }
const ofService: FormValues = { MessagingServiceSid: service }

export const deliveryFailures: ErrorCause[] = [
  later(21610, 'the receiver says STOP before a scheduled message goes out', async built => {
    const message = await schedule(built)
    await built.control('POST', `/_mock/handsets/${person}/messages`, {
      to: firstNumber,
      body: 'STOP'
    })
    return message
  }),
  later(21701, 'the service is deleted before a scheduled message goes out', async built => {
    const message = await schedule(built)
    await built.request('DELETE', `${services}/${service}`)
    return message
  }),
  later(21704, 'the numbers leave the service before a scheduled message goes out', async built => {
    const message = await schedule(built)
    for (const sid of built.mock.world().numbers.keys()) {
      await built.request('DELETE', `${services}/${service}/PhoneNumbers/${sid}`)
    }
    return message
  }),
  later(21703, 'a picture from a service of which no number takes pictures', async built => {
    const { sid } = built.mock.world().addService({ phone_numbers: [] })
    const { sid: number } = built.mock
      .world()
      .addNumber({ phone_number: '+16015550199', mms: false, sid: `PN${'8'.repeat(32)}` })
    await built.request('POST', `${services}/${sid}/PhoneNumbers`, { PhoneNumberSid: number })
    await built.request('POST', `${services}/${sid}`, { MmsConverter: false })
    return built.send({ MessagingServiceSid: sid, MediaUrl: 'https://example.com/a.png' })
  }),
  later(30001, 'a service whose numbers have ten hours of texts in their queues', async built => {
    const { phoneNumbers } = await slowNumbers(built, 0.001)
    for (const From of phoneNumbers) {
      for (let sent = 0; sent < 3; sent++) await silently(built, { From, Body: 'a'.repeat(1500) })
    }
    return built.send({ ...ofService, Body: 'a'.repeat(1500) })
  }),
  later(30002, 'the account is suspended while the message waits', async built => {
    const message = await built.send()
    built.mock.world().status = 'suspended'
    return message
  }),
  ...[
    { code: 30003, condition: 'unreachable', cause: 'the handset cannot be reached' },
    { code: 30003, condition: 'full', cause: 'the handset takes nothing more' },
    { code: 30004, condition: 'blocked', cause: 'the receiver has blocked the sender' },
    { code: 30005, condition: 'inactive', cause: 'the handset is nobody’s any more' }
  ].map(({ code, condition, cause }) =>
    later(code, cause, async built => {
      await withWorld(built, { handsets: [{ number: person, persona: { condition } }] })
      return built.send()
    })
  ),
  later(30006, 'the receiver is a landline of North America', async built => {
    await withWorld(built, { line_types: [{ phone_number: person, type: 'landline' }] })
    return built.send()
  }),
  later(30007, 'the carrier minds a public link shortener', async built => {
    await withWorld(built, { profile: 'realistic', throughput: 'unlimited' })
    const sent: Answer[] = []
    for (let index = 0; index < 10; index++) {
      sent.push(await built.send({ To: `+1310555${1000 + index}`, Body: 'See https://bit.ly/3a' }))
    }
    await built.mock.clock.advance('1 h')
    // Carriers let one in ten pass.
    const filtered = built.receiver.received.find(({ form }) => form['ErrorCode'] === '30007')
    return sent.find(({ body }) => body.sid === filtered?.form['MessageSid']) ?? built.send()
  }),
  ...[
    { code: 30003, cause: 'the handset is switched off (as its number says)' },
    { code: 30005, cause: 'the handset is unknown (as its number says)' },
    { code: 30006, cause: 'the line is a landline (as its number says)' },
    { code: 30007, cause: 'the carrier takes the text for spam (as the number says)' },
    { code: 30008, cause: 'the carrier does not say why (as the number says)' }
  ].map(({ code, cause }) => later(code, cause, ({ send }) => send({ To: `+160155${code}` }))),
  later(30017, 'the carrier is down', built => duringOutage(built, {})),
  later(30410, 'the carrier does not answer in time', built =>
    duringOutage(built, { error_code: 30410 })
  ),
  later(30019, 'a text of more parts than the carrier puts together', async built => {
    await withWorld(built, { profile: 'realistic', throughput: 'unlimited' })
    return built.send({ Body: '中'.repeat(700) })
  }),
  later(30022, 'the numbers of a campaign together send faster than it may', async built => {
    await withWorld(built, {
      throughput: 'realistic',
      campaigns: [{ service_sid: service, segments_per_second: 0.1 }]
    })
    await silently(built, ofService)
    return built.send(ofService)
  }),
  later(30023, 'a campaign has sent its segments of the day', async built => {
    await withWorld(built, {
      throughput: 'realistic',
      campaigns: [{ service_sid: service, daily_segments: 1 }]
    })
    await silently(built, ofService)
    return built.send(ofService)
  }),
  later(30032, 'a toll-free number that is not verified, where that is minded', async built => {
    await withWorld(built, enforced)
    await aNumber(built, tollFree)
    return built.send({ From: tollFree })
  }),
  later(30034, 'a number without a campaign, where that is minded', async built => {
    await withWorld(built, enforced)
    return built.send()
  }),
  later(30036, 'the message waits in line for longer than its validity period', async built => {
    await slowNumbers(built, 0.1)
    await silently(built, { From: firstNumber, Body: 'First' })
    return built.send({ ValidityPeriod: 5 })
  }),
  later(63017, 'the account sends more than 2000 messages in a second', async built => {
    await withWorld(built, { throughput: 'realistic' })
    for (let sent = 0; sent < 2000; sent++) {
      await silently(built, { From: firstNumber, To: `+1310555${1000 + sent}` })
    }
    return built.send()
  }),
  ...[
    { code: 11751, cause: 'the media are too large for the carrier', status: 'failed' },
    { code: 12300, cause: 'the media are of a type that cannot be sent', status: 'failed' },
    { code: 30450, cause: 'the traffic looks like SMS pumping', status: 'undelivered' }
  ].map(({ code, cause, status }) =>
    later(
      code,
      cause,
      async ({ control, send }) => {
        await control('POST', '/_mock/faults', {
          effect: { type: 'outcome', status, error_code: code }
        })
        return send()
      },
      true
    )
  )
]

function schedule(built: Built): Promise<Answer> {
  const SendAt = new Date(built.mock.clock.now() + 900_000).toISOString()
  return built.send({ ...ofService, ScheduleType: 'fixed', SendAt })
}

/** One of those that stand in the way; nobody is told of it. */
async function silently(built: Built, form: FormValues): Promise<void> {
  const { status, body } = await post(built, { To: person, Body: 'Hello', ...form })
  if (status !== 201) throw new Error(JSON.stringify(body))
}

async function slowNumbers(built: Built, segmentsPerSecond: number) {
  const phoneNumbers = [...built.mock.world().numbersByPhone.keys()]
  await withWorld(built, {
    throughput: 'realistic',
    sender_rates: phoneNumbers.map(sender => ({ sender, segments_per_second: segmentsPerSecond }))
  })
  return { phoneNumbers }
}

async function duringOutage(built: Built, fields: object): Promise<Answer> {
  await built.control('POST', '/_mock/outages', { effect: 'undelivered', ...fields })
  return built.send()
}
