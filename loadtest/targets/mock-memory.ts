import { createMockTwilio } from '../../mock-twilio/app.ts'
import { developmentAccount } from '../../mock-twilio/development-account.ts'
import { VirtualClock } from '../../simulator/clock.ts'

// Asked with a number, it creates so many messages, lets them end, and tells what it holds then.
const { accountSid, authToken, phoneNumbers } = developmentAccount
const mock = await createMockTwilio({
  clock: new VirtualClock({ mode: 'frozen' }),
  retention: Number(process.env['RETENTION']),
  transport: () => ({ status: 204 })
})
await mock.app.ready()
let created = 0

async function create(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const answer = await mock.app.inject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded'
      },
      payload: new URLSearchParams({
        To: `+1602555${String(created % 10_000).padStart(4, '0')}`,
        From: phoneNumbers[0],
        Body: 'Lincoln Elementary: school starts two hours late tomorrow because of the ice.',
        StatusCallback: 'http://district.invalid/status'
      }).toString()
    })
    if (answer.statusCode !== 201) throw new Error(answer.body)
    created++
    if (created % 1000 === 0) await mock.clock.advance('10 min')
  }
  await mock.clock.advance('1 h')
}

process.on('message', (count: string) => {
  void create(Number(count)).then(() => {
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    process.send?.({ created, rssMb: rss / 1_048_576, heapMb: heapUsed / 1_048_576 })
  })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ url: 'nowhere' })
