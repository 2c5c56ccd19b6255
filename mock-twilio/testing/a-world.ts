import { NetworkCallbackSender } from '../../simulator/callback-sender.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { StatusCallbacks } from '../callbacks/status-callback.ts'
import { Delivery, messageStep } from '../carrier/delivery.ts'
import { newMessage, type NewMessage } from '../carrier/new-message.ts'
import { outageStep } from '../carrier/outages.ts'
import { developmentAccountSeed } from '../development-account.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { WorldSeed } from '../seeds.ts'
import { Store } from '../store.ts'
import type { World } from '../world.ts'

/** A world with its network and nothing around it: no HTTP, no callbacks, time that stands still. */
export interface LoneWorld {
  world: World
  clock: VirtualClock
  delivery: Delivery
  /** From the first development number, or from a service when one is given. */
  send: (message?: Partial<NewMessage>, sendAt?: number) => MessageRecord
  /** What became of it, in a word and a code. */
  endOf: (message: MessageRecord) => [status: string, errorCode: number | null]
}

export function aWorld(seed: WorldSeed = {}, retention = 1_000_000): LoneWorld {
  const clock = new VirtualClock({ mode: 'frozen', start: Date.UTC(2026, 10, 23, 12) })
  const account = { ...developmentAccountSeed(), ...seed }
  const store = new Store({ clock, seed: 'test', retention }, [account])
  const delivery = new Delivery(new StatusCallbacks(new NetworkCallbackSender(), store.planned))
  store.planned.on(messageStep, (world, plan) => delivery.takeStep(world, plan))
  store.planned.on(outageStep, (world, plan) => delivery.takeOutageStep(world, plan))
  const world = store.get(account.account_sid)
  if (world === undefined) throw new Error('a store has the world that it was seeded with')
  return {
    world,
    clock,
    delivery,
    send: (fields = {}, sendAt) => {
      const hasService = fields.messagingServiceSid !== undefined
      const message = newMessage(world, {
        direction: 'outbound-api',
        status: hasService ? 'accepted' : 'queued',
        to: '+16015550123',
        from: hasService ? null : '+16015550100',
        body: 'Your bus is late',
        validityMs: world.limits.validitySeconds.usual * 1000,
        ...fields
      })
      delivery.start(world, message, sendAt)
      return message
    },
    endOf: ({ status, errorCode }) => [status, errorCode]
  }
}
