import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { drawMs } from '../../simulator/faults.ts'
import type { Plan, PlanHandlers } from '../../simulator/agenda.ts'
import type { World } from '../world.ts'
import { sendSigned } from './signed-request.ts'
import type { FormParameter } from './signature.ts'

/*
 * Telling the application what became of a bundle, a brand or a campaign. Each request is independent of
 * the ones before, as Twilio's are: that the application refused one does not keep the next from coming.
 */

export interface ComplianceCallback {
  /** Whose status it is, for the journal and for faults. */
  sid: string
  status: string
  url: string
  parameters: FormParameter[]
  method?: 'GET' | 'POST'
  /** A document instead of a form. */
  json?: unknown
}

const late = 'compliance-callback'

export class ComplianceCallbacks {
  readonly #sender: CallbackSender

  constructor(sender: CallbackSender, planned: PlanHandlers<World>) {
    this.#sender = sender
    planned.on(late, (world, plan) => {
      if (isLate(plan)) void this.#send(world, plan.callback, false)
    })
  }

  tell(world: World, callback: ComplianceCallback): void {
    if (!world.callsBack) return
    const { sid, status } = callback
    const effect = world.faults.isEmpty
      ? undefined
      : world.faults.take('callback', { operation: 'compliance-callback', to: sid, status })
    switch (effect?.fault) {
      case undefined:
        void this.#send(world, callback, false)
        break
      case 'drop':
        world.journal.append({ kind: 'callback.dropped', sid, status })
        break
      case 'duplicate':
        void this.#send(world, callback, false)
        void this.#send(world, callback, false)
        break
      case 'wrong_signature':
        void this.#send(world, callback, true)
        break
      case 'wrong_method':
        void this.#send(world, { ...callback, method: 'GET' }, false)
        break
      case 'missing_parameter': {
        const { parameter = 'Status' } = effect
        const parameters = callback.parameters.filter(([name]) => name !== parameter)
        void this.#send(world, { ...callback, parameters }, false)
        break
      }
      case 'extra_parameter': {
        const { parameter = 'NewParameter', value = 'of a fault' } = effect
        const parameters: FormParameter[] = [...callback.parameters, [parameter, value]]
        void this.#send(world, { ...callback, parameters }, false)
        break
      }
      case 'delay':
      case 'reorder': {
        const ms = drawMs(effect.ms ?? 30_000, world.randomFor(`${sid}/${status}`))
        world.plan(ms, { kind: late, callback })
        break
      }
    }
  }

  async #send(
    world: World,
    { sid, status, url, parameters, method = 'POST', json }: ComplianceCallback,
    isForged: boolean
  ): Promise<void> {
    const release = world.hold()
    try {
      const { answer, attempts, alertCode } = await sendSigned(world, this.#sender, {
        url,
        method,
        parameters,
        isForged,
        ...(json === undefined ? {} : { json })
      })
      const fields = { sid, status, url, attempts }
      if (alertCode === undefined) {
        world.journal.append({ kind: 'callback.delivered', ...fields })
        return
      }
      const reason = answer.ok ? `answered ${answer.status}` : answer.message
      world.journal.append({ kind: 'callback.failed', ...fields, code: alertCode, reason })
      world.alert(alertCode, `status callback: ${reason}`, fields)
    } finally {
      release()
    }
  }
}

interface LateCallback extends Plan {
  readonly callback: ComplianceCallback
}

function isLate(plan: Plan): plan is LateCallback {
  return plan.kind === late && 'callback' in plan
}
