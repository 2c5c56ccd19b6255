import { StatusCallbacks } from '../../mock-twilio/callbacks/status-callback.ts'
import { Delivery, messageStep } from '../../mock-twilio/carrier/delivery.ts'
import { newMessage } from '../../mock-twilio/carrier/new-message.ts'
import {
  developmentAccount,
  developmentAccountSeed
} from '../../mock-twilio/development-account.ts'
import { messageResource } from '../../mock-twilio/resources/message.ts'
import { Store } from '../../mock-twilio/store.ts'
import { inProcessCallbackSender } from '../../simulator/callback-sender.ts'
import { VirtualClock } from '../../simulator/clock.ts'

// Asked with a number, it creates so many messages, lets them end, and tells what it holds then. HTTP is left out,
// since nothing of it stays: the texts are read out of a form, and the journal is told of the request.
const [from] = developmentAccount.phoneNumbers
const clock = new VirtualClock({ mode: 'frozen' })
const retention = Number(process.env['RETENTION'])
const store = new Store({ clock, seed: 'memory', retention }, [developmentAccountSeed()])
const sender = inProcessCallbackSender(() => ({ status: 204 }))
const delivery = new Delivery(new StatusCallbacks(sender, store.planned))
store.planned.on(messageStep, (world, plan) => delivery.takeStep(world, plan))
const world = store.get(store.defaultName)
if (world === undefined) throw new Error('there is no world')
let created = 0

async function create(count: number): Promise<void> {
  if (world === undefined) return
  for (let index = 0; index < count; index++) {
    const form = formOf(created++)
    const requestId = world.requestIds.sid('RQ')
    const message = newMessage(world, {
      requestId,
      direction: 'outbound-api',
      status: 'queued',
      to: form.get('To') ?? '',
      from: form.get('From'),
      body: form.get('Body') ?? '',
      statusCallback: form.get('StatusCallback'),
      validityMs: 36_000_000
    })
    delivery.start(world, message)
    const { sid } = messageResource(world, message)
    world.journal.append({
      kind: 'request',
      operation: 'create-message',
      status: 201,
      sid,
      request_id: requestId
    })
    if (created % 5000 === 0) await clock.advance('1 min')
  }
  await clock.advance('1 h')
}

function formOf(number: number): URLSearchParams {
  const to = `%2B1602555${String(number % 10_000).padStart(4, '0')}`
  const body = 'Lincoln+Elementary%3A+school+starts+two+hours+late+tomorrow+because+of+the+ice.'
  const callback = 'http%3A%2F%2Fdistrict.invalid%2Fstatus'
  return new URLSearchParams(
    `To=${to}&From=%2B${from.slice(1)}&Body=${body}&StatusCallback=${callback}`
  )
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
