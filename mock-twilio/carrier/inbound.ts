import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { ControlRefusal } from '../../simulator/control.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import { sendSigned } from '../callbacks/signed-request.ts'
import { move } from '../lifecycles/message.ts'
import type { MediaRecord, MessageRecord } from '../resources/message.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import { mediaPath } from '../resources/message.ts'
import type { World } from '../world.ts'
import type { Delivery } from './delivery.ts'
import { newMessage } from './new-message.ts'
import { keywordIn, keywordReplies, type Keyword } from './opt-outs.ts'
import { sendReply } from './reply.ts'
import { parseTwiml, type MessageVerb, type Twiml } from './twiml.ts'

/*
 * A person sends a text to one of the application's numbers. Twilio keeps it, minds the keywords, asks the
 * application what to do, and does it.
 * https://www.twilio.com/docs/messaging/guides/webhook-request
 */

export interface IncomingText {
  from: string
  to: string
  body: string
  media: readonly Pick<MediaRecord, 'contentType' | 'source'>[]
}

export interface InboundServices {
  sender: CallbackSender
  delivery: Delivery
  mediaBaseUrl: () => string
}

/** Where an inbound message is told, and where when that goes wrong. */
interface Destination {
  url: string
  method: 'GET' | 'POST'
  fallbackUrl: string | null
  fallbackMethod: 'GET' | 'POST'
}

/** What one inbound message has set off so far. */
interface Session {
  world: World
  message: MessageRecord
  number: NumberRecord
  documents: number
  replies: number
}

const mostDocuments = 50
const mostReplies = 10

export class InboundMessages {
  readonly #services: InboundServices

  constructor(services: InboundServices) {
    this.#services = services
  }

  receive(world: World, text: IncomingText): MessageRecord {
    const number = world.numbersByPhone.get(text.to)
    if (number === undefined) {
      const owned = [...world.numbersByPhone.keys()].join(', ')
      throw new ControlRefusal(404, `${text.to} is no number of ${world.name}, which has ${owned}`)
    }
    const message = keep(world, number, text)
    this.#mindKeyword(world, number, message)
    void this.#tellApplication({ world, message, number, documents: 0, replies: 0 })
    return message
  }

  /** Twilio minds STOP, START and HELP by itself, whether or not the application listens. */
  #mindKeyword(world: World, number: NumberRecord, { from, body }: MessageRecord): void {
    if (from === null) return
    const keyword = keywordIn(body, number.phoneNumber, world.limits)
    if (keyword === undefined) return
    const sender = number.serviceSid ?? number.phoneNumber
    const isNews = changeOptOut(world, { keyword, handset: from, sender, word: body })
    if (!isNews) return
    const reply = {
      seq: world.messages.nextSeq(),
      from: number.phoneNumber,
      to: from,
      body: keywordReplies[keyword],
      at: world.now()
    }
    world.providerReplies.set(from, [...(world.providerReplies.get(from) ?? []), reply])
    world.journal.append({
      kind: 'provider.reply',
      keyword,
      from: reply.from,
      to: from,
      body: reply.body
    })
  }

  async #tellApplication(session: Session): Promise<void> {
    const { world, message, number } = session
    const destination = destinationOf(world, number)
    if (destination === undefined) {
      const { sid } = message
      world.journal.append({ kind: 'inbound.unclaimed', sid, number: number.phoneNumber })
      return
    }
    const release = world.hold()
    try {
      await this.#askInTurn(session, destination)
    } finally {
      release()
    }
  }

  async #askInTurn(session: Session, destination: Destination): Promise<void> {
    const { url, method, fallbackUrl, fallbackMethod } = destination
    const parameters = this.#parametersOf(session)
    const failure = await this.#ask(session, url, method, parameters)
    if (failure === undefined || fallbackUrl === null) return
    const told: FormParameter[] = [...parameters, ['ErrorCode', String(failure)], ['ErrorUrl', url]]
    await this.#ask(session, fallbackUrl, fallbackMethod, told)
  }

  /** One document, and what it leads to. Gives the code of what went wrong. */
  async #ask(
    session: Session,
    url: string,
    method: 'GET' | 'POST',
    parameters: readonly FormParameter[]
  ): Promise<number | undefined> {
    const { world, message } = session
    const about = { sid: message.sid, from: message.from, to: message.to, url }
    if (++session.documents > mostDocuments) {
      world.alert(14106, `more than ${mostDocuments} documents for one message`, about)
      return 14106
    }
    const { answer, alertCode, attempts } = await sendSigned(world, this.#services.sender, {
      url,
      method,
      parameters
    })
    if (!answer.ok || alertCode !== undefined) {
      const code = alertCode ?? 11200
      const reason = answer.ok ? `answered ${answer.status}` : answer.message
      world.journal.append({ kind: 'inbound.failed', ...about, code, reason, attempts })
      world.alert(code, `inbound message: ${reason}`, about)
      return code
    }
    world.journal.append({ kind: 'inbound.delivered', ...about, status: answer.status, attempts })
    const twiml = readAnswer(answer.contentType, answer.body)
    if ('code' in twiml) {
      world.alert(twiml.code, twiml.message, about)
      return twiml.code
    }
    for (const warning of twiml.warnings) world.alert(warning.code, warning.message, about)
    return this.#execute(session, twiml, answer.url)
  }

  async #execute(
    session: Session,
    { verbs }: Twiml,
    documentUrl: string
  ): Promise<number | undefined> {
    for (const verb of verbs) {
      if (verb.verb === 'Redirect') {
        const url = URL.parse(verb.url, documentUrl)
        if (url === null) {
          session.world.alert(11100, `no URL to redirect to: ${verb.url}`)
          return 11100
        }
        return await this.#ask(session, url.href, methodOf(verb), this.#parametersOf(session))
      }
      const reply = this.#reply(session, verb, documentUrl)
      if (verb.action !== undefined && verb.action !== '') {
        return await this.#handOver(session, verb, verb.action, documentUrl, reply)
      }
    }
    return undefined
  }

  #reply(session: Session, verb: MessageVerb, documentUrl: string): MessageRecord | undefined {
    const { world, message, number } = session
    if (++session.replies > mostReplies) {
      world.alert(14109, `more than ${mostReplies} replies to one message`, { sid: message.sid })
      return undefined
    }
    return sendReply(world, this.#services.delivery, {
      to: verb.to ?? message.from ?? '',
      from: verb.from ?? number.phoneNumber,
      body: verb.body,
      mediaUrls: verb.media,
      statusCallback: absolute(verb.statusCallback, documentUrl)
    })
  }

  /** With an action, the rest of the document is not reached: the action's answer goes on instead. */
  #handOver(
    session: Session,
    verb: MessageVerb,
    action: string,
    documentUrl: string,
    reply: MessageRecord | undefined
  ): Promise<number | undefined> {
    const url = absolute(action, documentUrl) ?? documentUrl
    return this.#ask(session, url, methodOf(verb), [
      ['AccountSid', session.world.accountSid],
      ['From', verb.from ?? session.number.phoneNumber],
      ['MessageSid', reply?.sid ?? ''],
      ['MessageStatus', reply === undefined ? 'invalid' : 'queued'],
      ['To', verb.to ?? session.message.from ?? '']
    ])
  }

  #parametersOf({ world, message, number }: Session): FormParameter[] {
    const country = (phoneNumber: string) => (phoneNumber.startsWith('+1') ? 'US' : '')
    const from = message.from ?? ''
    const parameters: FormParameter[] = [
      ['ToCountry', country(message.to)],
      ['ToState', ''],
      ['SmsMessageSid', message.sid],
      ['NumMedia', String(message.media.length)],
      ['ToCity', ''],
      ['FromZip', ''],
      ['SmsSid', message.sid],
      ['FromState', ''],
      ['SmsStatus', 'received'],
      ['FromCity', ''],
      ['Body', message.body],
      ['FromCountry', country(from)],
      ['To', message.to],
      ['ToZip', ''],
      ['NumSegments', String(message.numSegments)],
      ['MessageSid', message.sid],
      ['AccountSid', world.accountSid],
      ['From', from],
      ['ApiVersion', '2010-04-01']
    ]
    if (number.serviceSid !== undefined) parameters.push(['MessagingServiceSid', number.serviceSid])
    for (const [index, media] of message.media.entries()) {
      const url = this.#services.mediaBaseUrl() + mediaPath(world, message, media)
      parameters.push([`MediaContentType${index}`, media.contentType], [`MediaUrl${index}`, url])
    }
    return parameters
  }
}

function keep(world: World, number: NumberRecord, text: IncomingText): MessageRecord {
  const message = newMessage(world, {
    direction: 'inbound',
    status: 'receiving',
    to: text.to,
    from: text.from,
    body: text.body,
    media: text.media,
    messagingServiceSid: number.serviceSid ?? null
  })
  move(message, 'arrived', world.now())
  world.messages.noteDone(message)
  world.journal.append({
    kind: 'message.received',
    sid: message.sid,
    from: text.from,
    to: text.to,
    body: text.body,
    status: message.status
  })
  return message
}

/** A service's own address counts, unless it leaves the matter to its numbers. */
function destinationOf(world: World, number: NumberRecord): Destination | undefined {
  if (!world.callsBack) return undefined
  const service = world.serviceOf(number)
  if (service !== undefined && !service.useInboundWebhookOnNumber) {
    const { inboundRequestUrl: url, inboundMethod: method, fallbackUrl, fallbackMethod } = service
    return url ? { url, method, fallbackUrl, fallbackMethod } : undefined
  }
  const application = world.applications.get(number.smsApplicationSid ?? '')
  const {
    smsUrl: url,
    smsMethod: method,
    smsFallbackUrl,
    smsFallbackMethod
  } = application ?? number
  if (url === '') return undefined
  return { url, method, fallbackUrl: smsFallbackUrl || null, fallbackMethod: smsFallbackMethod }
}

/** Whether the person hears of it: a second STOP, or a YES that answers some other question, is silent. */
function changeOptOut(
  world: World,
  change: { keyword: Keyword; handset: string; sender: string; word: string }
): boolean {
  const { keyword, handset, sender, word } = change
  if (keyword === 'HELP') return true
  const hasChanged =
    keyword === 'STOP'
      ? world.optOuts.add({ handset, sender, at: world.now(), keyword: word.trim() })
      : world.optOuts.remove(handset, sender)
  if (hasChanged) {
    const kind = keyword === 'STOP' ? 'opt-out' : 'opt-in'
    world.journal.append({ kind, number: handset, sender, keyword: word.trim() })
  }
  return hasChanged || word.trim().toUpperCase() === 'START'
}

function readAnswer(contentType: string, body: string): ReturnType<typeof parseTwiml> | Unreadable {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (body.trim() === '') return { verbs: [], warnings: [] }
  if (type === 'text/plain') return { verbs: [plainReply(body)], warnings: [] }
  if (type === 'text/xml' || type === 'application/xml' || type === 'text/html') {
    return parseTwiml(body)
  }
  return { code: 12300, message: `an answer is text/xml or text/plain, got "${contentType}"` }
}

interface Unreadable {
  code: 12300
  message: string
}

function plainReply(body: string): MessageVerb {
  return {
    verb: 'Message',
    to: undefined,
    from: undefined,
    action: undefined,
    method: 'POST',
    statusCallback: undefined,
    body,
    media: []
  }
}

function methodOf({ method }: { method: string }): 'GET' | 'POST' {
  return method === 'GET' ? 'GET' : 'POST'
}

function absolute(url: string | undefined, base: string): string | undefined {
  return url === undefined || url === '' ? undefined : (URL.parse(url, base)?.href ?? undefined)
}
