import { type Deps, startWorkers } from '../app.ts'
import type { TwilioGateway } from '../providers/twilio/gateway.ts'

/** Does something while the lanes are consumed. */
export async function whileWorking(deps: Deps, work: () => Promise<void>): Promise<void> {
  const workers = startWorkers(deps)
  try {
    await work()
  } finally {
    await workers.stop()
  }
}

/** A gateway that keeps each answer of the provider until it is let go. */
export function holdAnswers(gateway: TwilioGateway): {
  gateway: TwilioGateway
  held: ReadonlyMap<string, () => void>
} {
  const held = new Map<string, () => void>()
  return {
    held,
    gateway: {
      ...gateway,
      async sendText(text) {
        const outcome = await gateway.sendText(text)
        const uuid = text.statusCallback.split('message_uuid=')[1] ?? ''
        await new Promise<void>(resolve => {
          held.set(uuid, () => {
            held.delete(uuid)
            resolve()
          })
        })
        return outcome
      }
    }
  }
}
