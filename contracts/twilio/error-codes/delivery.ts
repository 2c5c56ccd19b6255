import { firstNumber, later, person, service, type ErrorCause } from './cause.ts'

export const deliveryFailures: ErrorCause[] = [
  later(21610, 'the receiver says STOP before a scheduled message goes out', async built => {
    const message = await built.send({
      MessagingServiceSid: service,
      ScheduleType: 'fixed',
      SendAt: new Date(built.mock.clock.now() + 900_000).toISOString()
    })
    await built.control('POST', `/_mock/handsets/${person}/messages`, {
      to: firstNumber,
      body: 'STOP'
    })
    return message
  }),
  later(21703, 'a picture from a service of which no number takes pictures', async built => {
    const { sid } = built.mock.world().addService({ phone_numbers: [] })
    const { sid: number } = built.mock
      .world()
      .addNumber({ phone_number: '+16015550199', mms: false, sid: `PN${'8'.repeat(32)}` })
    await built.request('POST', `/messaging/v1/Services/${sid}/PhoneNumbers`, {
      PhoneNumberSid: number
    })
    await built.request('POST', `/messaging/v1/Services/${sid}`, { MmsConverter: false })
    return built.send({ MessagingServiceSid: sid, MediaUrl: 'https://example.com/a.png' })
  }),
  later(30002, 'the account is suspended while the message waits', async built => {
    const message = await built.send()
    built.mock.world().status = 'suspended'
    return message
  }),
  ...[
    { code: 30003, cause: 'the handset is switched off (as its number says)' },
    { code: 30005, cause: 'the handset is unknown (as its number says)' },
    { code: 30006, cause: 'the line is a landline (as its number says)' },
    { code: 30007, cause: 'the carrier takes the text for spam (as the number says)' },
    { code: 30008, cause: 'the carrier does not say why (as the number says)' }
  ].map(({ code, cause }) => later(code, cause, ({ send }) => send({ To: `+160155${code}` }))),
  later(30036, 'the message waits longer than its validity period', async built => {
    built.mock.world().faults.add({ effect: { type: 'delay', ms: 60_000 } })
    return built.send({ ValidityPeriod: 5 })
  }),
  ...[
    { code: 11751, cause: 'the media are too large for the carrier', status: 'failed' },
    { code: 12300, cause: 'the media are of a type that cannot be sent', status: 'failed' },
    { code: 30001, cause: 'the queue of the account overflows', status: 'failed' },
    { code: 30004, cause: 'the receiver has blocked the sender', status: 'undelivered' },
    { code: 30017, cause: 'the network of the carrier is congested', status: 'undelivered' },
    { code: 30022, cause: 'the rate of the campaign is exceeded', status: 'undelivered' },
    { code: 30023, cause: 'the daily cap of the campaign is reached', status: 'undelivered' },
    { code: 30032, cause: 'the toll-free number is not verified', status: 'undelivered' },
    { code: 30034, cause: 'the number belongs to no campaign', status: 'undelivered' },
    { code: 30410, cause: 'the carrier does not answer in time', status: 'failed' },
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
