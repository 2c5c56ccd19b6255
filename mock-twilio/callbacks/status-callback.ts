import type { PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import type { EffectOf } from '../../simulator/fault-schema.ts'
import { drawMs } from '../../simulator/faults.ts'
import { deliveryErrors } from '../errors.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'
import { distorted } from './distorted.ts'
import { exchangeOf, sendSigned, type SignedRequestResult } from './signed-request.ts'
import type { FormParameter } from './signature.ts'

/** One callback as data, complete, so that it can wait: what became of the message since does not change it. */
export interface StatusCallback {
  sid: string
  to: string
  from: string | null
  status: string
  url: string
  method: 'GET' | 'POST'
  parameters: readonly FormParameter[]
  isForged: boolean
  /** Of the request that created the message. */
  requestId: string | null
}

function isStatusCallback(value: unknown): value is StatusCallback {
  return typeof value === 'object' && value !== null && 'parameters' in value && 'url' in value
}

/*
 * Telling the application what became of a message. Each callback is a request of its own: they may overlap
 * and arrive out of order when the application is slow.
 * https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
 */
export class StatusCallbacks {
  readonly #sender: CallbackSender

  constructor(sender: CallbackSender, planned: PlanHandlers<World>) {
    this.#sender = sender
    planned.on('callback.delayed', (world, { callback }) => {
      if (isStatusCallback(callback)) void this.#send(world, callback)
    })
    planned.on('callback.kept-back', (world, { sid }) => {
      if (typeof sid === 'string') this.#letGo(world, sid)
    })
  }

  tell(world: World, message: MessageRecord): void {
    if (message.statusCallback === null || !world.callsBack) return
    const callback = callbackOf(world, message, message.statusCallback)
    if (world.faults.isEmpty) {
      this.#sendInTurn(world, callback)
      return
    }
    const { to, from, body, status, messagingServiceSid } = message
    const effect = world.faults.take('callback', {
      to,
      from: from ?? '',
      body,
      status,
      service: messagingServiceSid ?? undefined
    })
    this.#tellUnder(effect, world, callback)
  }

  /** A callback that is about something else than a message. */
  tellOf(world: World, callback: StatusCallback): void {
    if (!world.callsBack) return
    const { to, from, status } = callback
    const effect = world.faults.isEmpty
      ? undefined
      : world.faults.take('callback', { to, from: from ?? '', status })
    this.#tellUnder(effect, world, callback)
  }

  #tellUnder(
    effect: EffectOf<'callback'> | undefined,
    world: World,
    callback: StatusCallback
  ): void {
    const { sid, to, status } = callback
    switch (effect?.fault) {
      case undefined:
        this.#sendInTurn(world, callback)
        break
      case 'drop':
        world.journal.append({ kind: 'callback.dropped', sid, to, status })
        break
      case 'duplicate':
        this.#sendInTurn(world, callback)
        for (let time = 1; time < (effect.times ?? 2); time++) void this.#send(world, callback)
        break
      case 'delay': {
        const wait = drawMs(effect.ms ?? 30_000, world.randomFor(`${sid}/${status}`))
        world.plan(wait, { kind: 'callback.delayed', callback })
        break
      }
      case 'reorder': {
        const kept = world.keptBackCallbacks.get(sid) ?? []
        world.keptBackCallbacks.set(sid, [...kept, callback])
        // If nothing more is told of this message, nothing overtakes it, and it must not be lost.
        const wait = drawMs(effect.ms ?? 60_000, world.randomFor(`${sid}/${status}`))
        world.plan(wait, { kind: 'callback.kept-back', sid })
        break
      }
      case 'wrong_signature':
      case 'wrong_method':
      case 'missing_parameter':
      case 'extra_parameter':
        this.#sendInTurn(world, { ...callback, ...distorted(callback, effect, 'MessageStatus') })
        break
    }
  }

  /** What was kept back goes out when the application has answered the one that overtook it. */
  #sendInTurn(world: World, callback: StatusCallback): void {
    const sent = this.#send(world, callback)
    if (!world.keptBackCallbacks.has(callback.sid)) return
    void sent.then(() => this.#letGo(world, callback.sid))
  }

  #letGo(world: World, sid: string): void {
    const kept = world.keptBackCallbacks.get(sid) ?? []
    world.keptBackCallbacks.delete(sid)
    for (const callback of kept) void this.#send(world, callback)
  }

  async #send(world: World, callback: StatusCallback): Promise<void> {
    const { sid, to, from, status, url, method, parameters, isForged, requestId } = callback
    const release = world.hold()
    try {
      const about = { sid, to, from }
      const result = await sendSigned(world, this.#sender, {
        url,
        method,
        parameters,
        isForged,
        about
      })
      if (world.isOver) return
      const { attempts, alertCode: code, reason } = result
      const fields = { sid, to, from, status, url, attempts, request_id: requestId ?? undefined }
      if (code === undefined) {
        world.journal.append({ kind: 'callback.delivered', ...fields })
        warnOfContent(world, result, fields)
        return
      }
      world.journal.append({ kind: 'callback.failed', ...fields, code, reason })
      // What is wrong with the URL's fragment has been told already, and nothing was sent.
      if (attempts > 0) {
        world.alert(code, `status callback: ${reason}`, fields, exchangeOf(result))
      }
    } finally {
      release()
    }
  }
}

function callbackOf(world: World, message: MessageRecord, url: string): StatusCallback {
  return {
    sid: message.sid,
    to: message.to,
    from: message.from,
    status: message.status,
    url,
    method: 'POST',
    parameters: parametersOf(world, message),
    isForged: false,
    requestId: message.requestId
  }
}

/** TwiML in the answer is ignored, and anything but TwiML or nothing is worth a warning. */
function warnOfContent(
  world: World,
  result: SignedRequestResult,
  fields: Record<string, unknown>
): void {
  const { answer } = result
  if (!answer.ok || answer.body === '') return
  const type = answer.contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (understoodTypes.has(type)) return
  const message = `status callback: an answer is empty or text/xml, got "${answer.contentType}"`
  world.alert(12300, message, { ...fields, severity: 'warning' }, exchangeOf(result))
}

const understoodTypes = new Set(['text/xml', 'application/xml', 'text/html', 'text/plain'])

/**
 * Without an order of meaning: receivers must not count on one, nor on the list staying as it is. It is sorted
 * by name because that is how it is signed.
 */
function parametersOf(world: World, message: MessageRecord): FormParameter[] {
  const { sid, status, errorCode, messagingServiceSid } = message
  const parameters: FormParameter[] = [
    ['AccountSid', world.accountSid],
    ['ApiVersion', '2010-04-01']
  ]
  if (errorCode !== null) {
    parameters.push(['ErrorCode', String(errorCode)])
    const text = deliveryErrors.get(errorCode)
    if (text !== undefined) parameters.push(['ErrorMessage', text])
  }
  parameters.push(['From', message.from ?? ''], ['MessageSid', sid], ['MessageStatus', status])
  if (messagingServiceSid !== null) parameters.push(['MessagingServiceSid', messagingServiceSid])
  if (status === 'delivered' || status === 'undelivered') {
    parameters.push(['RawDlrDoneDate', receiptDate(world.now())])
  }
  parameters.push(['SmsSid', sid], ['SmsStatus', status], ['To', message.to])
  return parameters
}

/** YYMMDDhhmm, as carriers write it. */
function receiptDate(at: number): string {
  const minute = Math.floor(at / 60_000)
  if (minute !== lastMinute) {
    lastMinute = minute
    lastDate = new Date(at).toISOString().replace(/\D/g, '').slice(2, 12)
  }
  return lastDate
}

// Most receipts are of the same minute as the one before.
let lastMinute = Number.NaN
let lastDate = ''
