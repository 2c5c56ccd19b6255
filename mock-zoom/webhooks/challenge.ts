import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackAnswer, CallbackSender } from '../../simulator/callback-sender.ts'
import type { SubscriptionRecord } from '../resources/subscription.ts'
import type { World } from '../world.ts'
import { sendWebhook } from './deliver.ts'
import { encryptedToken } from './signature.ts'
import { written } from './tell.ts'

/*
 * Whether the endpoint is still the application's: when it is added, when somebody asks, and every 72 hours. After
 * two and four failures in a row the owner gets an e-mail, here an alert; after six the subscription is shut off
 * until a challenge is answered. https://developers.zoom.us/docs/api/webhooks#validate-your-webhook-endpoint
 */

const failuresUntilMail = new Set([2, 4])
const failuresUntilOff = 6

export class Challenges {
  readonly #sender: CallbackSender

  constructor(sender: CallbackSender, planned: PlanHandlers<World>) {
    this.#sender = sender
    planned.on('webhook.validate', (world, { subscriptionId, round }) => {
      const subscription = world.subscriptions.get(String(subscriptionId))
      if (subscription === undefined || subscription.round !== round) return
      void this.challenge(world, subscription)
    })
  }

  /** Settles when the application has answered. Gives whether it did as it should. */
  async challenge(world: World, subscription: SubscriptionRecord): Promise<boolean> {
    const release = world.hold()
    try {
      const round = ++subscription.round
      const plainToken = world.webhookIds.token()
      const { url, secretToken, authorization } = subscription
      const { answer } = await sendWebhook(world, this.#sender, {
        url,
        secretToken,
        authorization,
        method: 'POST',
        requestId: world.webhookIds.requestId(),
        body: written(world, {
          payload: { plainToken },
          event_ts: world.now(),
          event: 'endpoint.url_validation'
        })
      })
      if (world.isOver) return false
      const problem = whatIsWrong(answer, plainToken, encryptedToken(secretToken, plainToken))
      if (problem === undefined) pass(world, subscription)
      else fail(world, subscription, problem)
      const plan = { kind: 'webhook.validate', subscriptionId: subscription.id, round }
      world.plan(world.settings.validationIntervalMs, plan)
      return problem === undefined
    } finally {
      release()
    }
  }
}

function pass(world: World, subscription: SubscriptionRecord): void {
  subscription.status = 'active'
  subscription.failures = 0
  subscription.validatedAt = world.now()
  note(world, subscription, 'webhook.validated')
}

function fail(world: World, subscription: SubscriptionRecord, reason: string): void {
  const failures = ++subscription.failures
  note(world, subscription, 'webhook.validation_failed', { reason, failures })
  const { id, url } = subscription
  const about = { subscription: id, url, failures }
  if (failuresUntilMail.has(failures)) {
    world.alert(
      failures,
      `e-mail: ${failures} validations of the endpoint failed: ${reason}`,
      about
    )
  }
  if (failures < failuresUntilOff || subscription.status === 'disabled') return
  subscription.status = 'disabled'
  note(world, subscription, 'webhook.disabled')
  world.alert(failures, `the subscription is shut off: ${reason}`, about)
}

function note(
  world: World,
  { id, url }: SubscriptionRecord,
  kind: string,
  fields: Readonly<Record<string, unknown>> = {}
): void {
  world.journal.append({ kind, subscription: id, url, ...fields })
}

/** In a sentence, so that nobody has to guess. */
function whatIsWrong(
  answer: CallbackAnswer,
  plainToken: string,
  encrypted: string
): string | undefined {
  if (!answer.ok) return answer.message
  if (answer.status !== 200) return `answered ${answer.status} and not 200 with both tokens`
  const told = recordIn(answer.body)
  if (told === undefined) return 'the answer is no JSON object'
  if (told['plainToken'] !== plainToken) return 'plainToken is not the one that was sent'
  if (told['encryptedToken'] !== encrypted) {
    return 'encryptedToken is not the HMAC-SHA256 of plainToken with the secret token, in hexadecimal'
  }
  return undefined
}

function recordIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
