import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackFailure } from '../../simulator/callback-failures.ts'
import type { CallbackAnswer, CallbackSender } from '../../simulator/callback-sender.ts'
import type {
  AttemptRecord,
  DeliveryRecord,
  SubscriptionRecord
} from '../resources/subscription.ts'
import type { World } from '../world.ts'
import { signature } from './signature.ts'
import { letGo } from './tell.ts'

/*
 * Bringing webhooks to the application. It has three seconds for a 200 or a 204. After an answer of 500 or more,
 * or none, there are three further attempts, 5, 20 and 60 minutes each after the one before, and any 2xx does
 * then. What is answered with 3xx or 4xx is never sent again.
 * https://developers.zoom.us/docs/api/webhooks#notification-delivery
 *
 * [unverified]: that another 2xx at the first attempt is a failure that is not retried, and that each attempt has
 * a timestamp of its own. Whether x-zm-request-id is the same in all attempts is not documented: a setting.
 */

/** What is sent with everything that goes to a subscription. */
export interface SignedWebhook {
  url: string
  body: string
  method: 'GET' | 'POST'
  secretToken: string
  authorization: string | null
  requestId: string
}

export interface SentWebhook {
  answer: CallbackAnswer
  timestamp: string
  signature: string
}

/** One request, signed at this moment. */
export async function sendWebhook(
  world: World,
  sender: CallbackSender,
  { url, body, method, secretToken, authorization, requestId }: SignedWebhook
): Promise<SentWebhook> {
  const timestamp = String(Math.floor(world.now() / 1000))
  const signed = signature(secretToken, timestamp, body)
  const { webhookTimeoutMs } = world.settings
  const { answer } = await world.inTurn(
    sender.send({
      url,
      method,
      body: method === 'POST' ? body : undefined,
      connectTimeoutMs: webhookTimeoutMs,
      readTimeoutMs: webhookTimeoutMs,
      totalTimeoutMs: webhookTimeoutMs,
      followsRedirects: false,
      headers: {
        accept: '*/*',
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Zoom Marketplace/1.0a',
        'x-zm-signature': signed,
        'x-zm-request-timestamp': timestamp,
        'x-zm-request-id': requestId,
        ...(authorization === null ? {} : { authorization })
      }
    })
  )
  return { answer, timestamp, signature: signed }
}

export class Webhooks {
  readonly #sender: CallbackSender

  constructor(sender: CallbackSender, planned: PlanHandlers<World>) {
    this.#sender = sender
    planned.on('webhook.attempt', (world, { deliveryId }) => {
      const delivery = world.deliveries.get(String(deliveryId))
      if (delivery !== undefined) this.post(world, delivery)
    })
    planned.on('webhook.kept-back', (world, { sessionId }) => letGo(world, String(sessionId)))
  }

  /** Begins an attempt now. */
  post(world: World, delivery: DeliveryRecord): void {
    const subscription = world.subscriptions.get(delivery.subscriptionId)
    if (subscription === undefined || subscription.status !== 'active') {
      delivery.status = 'dropped'
      note(world, delivery, 'webhook.dropped', { reason: 'the subscription is not active' })
      return
    }
    void this.#attempt(world, delivery, subscription)
  }

  async #attempt(
    world: World,
    delivery: DeliveryRecord,
    subscription: SubscriptionRecord
  ): Promise<void> {
    const release = world.hold()
    try {
      const { secretToken, url, authorization } = subscription
      const attempt = newAttempt(world, delivery)
      delivery.attempts.push(attempt)
      const sent = await sendWebhook(world, this.#sender, {
        url,
        authorization,
        body: delivery.body,
        method: delivery.method,
        secretToken: delivery.isForged ? `not ${secretToken}` : secretToken,
        requestId: attempt.requestId
      })
      if (world.isOver) return
      attempt.timestamp = sent.timestamp
      attempt.signature = sent.signature
      attempt.result = resultOf(sent.answer)
      attempt.words = wordsOf(sent.answer)
      conclude(world, delivery, attempt, url)
    } finally {
      release()
    }
  }
}

function newAttempt(world: World, { attempts }: DeliveryRecord): AttemptRecord {
  const [first] = attempts
  const isSame = world.settings.webhookRequestIds === 'per_event' && first !== undefined
  return {
    at: world.now(),
    timestamp: '',
    signature: '',
    requestId: isSame ? first.requestId : world.webhookIds.requestId(),
    result: null,
    words: null
  }
}

function conclude(
  world: World,
  delivery: DeliveryRecord,
  { result, words }: AttemptRecord,
  url: string
): void {
  const number = delivery.attempts.length
  const status = result ?? 0
  const isFirst = number === 1
  const isGood = isFirst ? status === 200 || status === 204 : status >= 200 && status < 300
  const fields = { url, attempts: number, answered: status }
  if (isGood) {
    delivery.status = 'delivered'
    note(world, delivery, 'webhook.delivered', fields)
    return
  }
  const isRetried = status < 0 || status >= 500
  const delayMs = isRetried ? world.settings.webhookRetriesMs[number - 1] : undefined
  if (delayMs === undefined) delivery.status = 'failed'
  else world.plan(delayMs, { kind: 'webhook.attempt', deliveryId: delivery.id })
  const retryAt = delayMs === undefined ? undefined : new Date(world.now() + delayMs).toISOString()
  note(world, delivery, 'webhook.failed', {
    ...fields,
    code: status,
    reason: words,
    retry_at: retryAt
  })
  const { event, sessionId, sessionName } = delivery
  const about = { event, sid: sessionId, session_name: sessionName, url, retry_at: retryAt }
  world.alert(
    status,
    `webhook ${event}: ${words}`,
    about,
    retryAt === undefined ? 'error' : 'warning'
  )
}

function note(
  world: World,
  { id, event, sessionId: sid, sessionName }: DeliveryRecord,
  kind: string,
  fields: Readonly<Record<string, unknown>>
): void {
  world.journal.append({ kind, event, sid, session_name: sessionName, delivery: id, ...fields })
}

/** Zoom's own codes of what is no answer. */
const failureCodes = {
  refused: -2,
  connect_timeout: -2,
  connect: -7,
  timeout: -1,
  total_timeout: -1,
  dns: -13,
  tls: -7,
  tls_domain: -7,
  tls_expired: -7,
  tls_path: -7,
  protocol: -7,
  redirects: -7,
  too_large: -7
} as const satisfies Record<CallbackFailure, number>

function resultOf(answer: CallbackAnswer): number {
  return answer.ok ? answer.status : failureCodes[answer.failure]
}

function wordsOf(answer: CallbackAnswer): string {
  return answer.ok ? `answered ${answer.status}` : answer.message
}
