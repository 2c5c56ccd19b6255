import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { drawMs } from '../../simulator/faults.ts'
import { deliveryErrors } from '../errors.ts'
import type { MessageStatus } from '../lifecycles/message.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'
import { sendSigned, type SignedRequest } from './signed-request.ts'
import type { FormParameter } from './signature.ts'

/*
 * Telling the application what became of a message. Each callback is a request of its own: they may overlap
 * and arrive out of order when the application is slow.
 * https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
 */
export class StatusCallbacks {
  readonly #sender: CallbackSender
  /** Callbacks that a fault keeps back until the next one of the same message has gone. */
  readonly #keptBack = new WeakMap<MessageRecord, () => Promise<void>>()

  constructor(sender: CallbackSender) {
    this.#sender = sender
  }

  tell(world: World, message: MessageRecord): void {
    if (message.statusCallback === null || !world.callsBack) return
    const { status } = message
    const subject = { to: message.to, from: message.from ?? '', body: message.body, status }
    const effect = world.faults.isEmpty ? undefined : world.faults.take('callback', subject)
    const parameters = parametersOf(world, message)
    const url = message.statusCallback
    const post = (isForged = false) =>
      this.#send(world, message, { url, status, parameters, isForged })
    switch (effect?.fault) {
      case undefined:
        this.#inTurn(message, post())
        break
      case 'drop':
        world.journal.append({ kind: 'callback.dropped', sid: message.sid, to: message.to, status })
        break
      case 'duplicate':
        this.#inTurn(message, post())
        void post()
        break
      case 'wrong_signature':
        this.#inTurn(message, post(true))
        break
      case 'delay':
        world.later(
          drawMs(effect.ms ?? 30_000, world.randomFor(`${message.sid}/${status}`)),
          () => {
            void post()
          }
        )
        break
      case 'reorder':
        this.#keptBack.set(message, post)
        break
    }
  }

  /** What was kept back goes out when the application has answered the one that overtook it. */
  #inTurn(message: MessageRecord, posted: Promise<void>): void {
    const keptBack = this.#keptBack.get(message)
    if (keptBack === undefined) return
    this.#keptBack.delete(message)
    void posted.then(keptBack)
  }

  async #send(
    world: World,
    message: MessageRecord,
    callback: Pick<SignedRequest, 'url' | 'parameters' | 'isForged'> & { status: MessageStatus }
  ): Promise<void> {
    const { status, ...request } = callback
    const { sid, to, from } = message
    const release = world.hold()
    try {
      const { answer, attempts, alertCode } = await sendSigned(world, this.#sender, {
        ...request,
        method: 'POST'
      })
      const fields = { sid, to, from, status, url: request.url, attempts }
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

/** Without an order of meaning: receivers must not count on one, nor on the list staying as it is. */
function parametersOf(world: World, message: MessageRecord): FormParameter[] {
  const { status } = message
  const parameters: FormParameter[] = [
    ['AccountSid', world.accountSid],
    ['ApiVersion', '2010-04-01'],
    ['From', message.from ?? ''],
    ['MessageSid', message.sid],
    ['MessageStatus', status],
    ['SmsSid', message.sid],
    ['SmsStatus', status],
    ['To', message.to]
  ]
  if (message.messagingServiceSid !== null) {
    parameters.push(['MessagingServiceSid', message.messagingServiceSid])
  }
  if (message.errorCode !== null) {
    parameters.push(['ErrorCode', String(message.errorCode)])
    const text = deliveryErrors.get(message.errorCode)
    if (text !== undefined) parameters.push(['ErrorMessage', text])
  }
  if (status === 'delivered' || status === 'undelivered') {
    parameters.push(['RawDlrDoneDate', receiptDate(world.now())])
  }
  return parameters
}

/** YYMMDDhhmm, as carriers write it. */
function receiptDate(at: number): string {
  return new Date(at).toISOString().replace(/\D/g, '').slice(2, 12)
}
