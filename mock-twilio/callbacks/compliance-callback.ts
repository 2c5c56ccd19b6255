import type { CallbackSender } from '../../simulator/callback-sender.ts'
import type { EffectOf } from '../../simulator/fault-schema.ts'
import { drawMs } from '../../simulator/faults.ts'
import type { Plan, PlanHandlers } from '../../simulator/agenda.ts'
import type { World } from '../world.ts'
import { distorted } from './distorted.ts'
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
  /** A document instead of a form. */
  json?: unknown
}

const late = 'compliance-callback'

export class ComplianceCallbacks {
  readonly #sender: CallbackSender

  constructor(sender: CallbackSender, planned: PlanHandlers<World>) {
    this.#sender = sender
    planned.on(late, (world, plan) => {
      if (isLate(plan)) void this.#send(world, plan.callback)
    })
  }

  tell(world: World, callback: ComplianceCallback): void {
    if (!world.callsBack) return
    const { sid, status } = callback
    const effect = world.faults.isEmpty
      ? undefined
      : world.faults.take('callback', { operation: 'compliance-callback', to: sid, status })
    switch (effect?.fault) {
      case 'drop':
        world.journal.append({ kind: 'callback.dropped', sid, status })
        break
      case 'duplicate':
        for (let time = 0; time < (effect.times ?? 2); time++) void this.#send(world, callback)
        break
      case 'delay':
      case 'reorder': {
        const ms = drawMs(effect.ms ?? 30_000, world.randomFor(`${sid}/${status}`))
        world.plan(ms, { kind: late, callback })
        break
      }
      case undefined:
      case 'wrong_signature':
      case 'wrong_method':
      case 'missing_parameter':
      case 'extra_parameter':
        void this.#send(world, callback, effect)
    }
  }

  async #send(
    world: World,
    { sid, status, url, parameters, json }: ComplianceCallback,
    effect?: EffectOf<'callback'>
  ): Promise<void> {
    const plain = { method: 'POST', parameters, isForged: false } as const
    const release = world.hold()
    try {
      const { answer, attempts, alertCode } = await sendSigned(world, this.#sender, {
        url,
        ...(effect === undefined ? plain : distorted(plain, effect, 'Status')),
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
