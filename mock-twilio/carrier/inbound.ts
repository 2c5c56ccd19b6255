import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { ControlRefusal } from '../../simulator/control-refusal.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import { exchangeOf, sendSigned } from '../callbacks/signed-request.ts'
import { isWebUrl } from '../forms.ts'
import { move } from '../lifecycles/message.ts'
import type { MediaRecord, MessageRecord } from '../resources/message.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import type { Delivery } from './delivery.ts'
import { cookieHeader, keepCookies } from './cookies.ts'
import { mindKeyword } from './inbound-keywords.ts'
import { inboundParameters } from './inbound-parameters.ts'
import { newMessage } from './new-message.ts'
import type { Keyword } from './opt-outs.ts'
import { mayReply } from './reply-loop.ts'
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
  /** Told where advanced opt-out is on. */
  keyword: Keyword | undefined
  documents: number
  replies: number
}

/** What ended a document, and which one. */
interface Failure {
  code: number
  url: string
}

const mostDocuments = 50
const mostReplies = 10
/** A longer text arrives in several messages. (Where it is cut is our reading.) */
const mostCharacters = 1600

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
    const [first, ...others] = partsOf(text.body)
    const message = this.#receivePart(world, number, { ...text, body: first ?? '' })
    for (const body of others) this.#receivePart(world, number, { ...text, body, media: [] })
    return message
  }

  #receivePart(world: World, number: NumberRecord, text: IncomingText): MessageRecord {
    const message = keep(world, number, text)
    const keyword = mindKeyword(world, number, message)
    void this.#tellApplication({ world, message, number, keyword, documents: 0, replies: 0 })
    return message
  }

  async #tellApplication(session: Session): Promise<void> {
    const { world, message, number } = session
    const destination = world.status === 'active' ? destinationOf(world, number) : undefined
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
    // Who has had all the documents there are gets none from the fallback either.
    if (failure === undefined || fallbackUrl === null || failure.code === 14106) return
    const told: FormParameter[] = [
      ...parameters,
      ['ErrorCode', String(failure.code)],
      ['ErrorUrl', failure.url]
    ]
    await this.#ask(session, fallbackUrl, fallbackMethod, told)
  }

  /** One document, and what it leads to. Gives what went wrong. */
  async #ask(
    session: Session,
    url: string,
    method: 'GET' | 'POST',
    parameters: readonly FormParameter[]
  ): Promise<Failure | undefined> {
    const { world, message } = session
    const pair = pairOf(session)
    const about = { sid: message.sid, from: message.from, to: message.to, url }
    if (++session.documents > mostDocuments) {
      world.alert(14106, `more than ${mostDocuments} documents for one message`, about)
      return { code: 14106, url }
    }
    if (!isWebUrl(url)) {
      world.alert(11100, `no URL to ask: ${url}`, about)
      return { code: 11100, url }
    }
    const cookie = cookieHeader(world.cookieJars, pair, url, world.now())
    const result = await sendSigned(world, this.#services.sender, {
      url,
      method,
      parameters,
      about,
      ...(cookie === undefined ? {} : { cookie })
    })
    const { answer, alertCode, attempts, reason = 'no answer' } = result
    if (answer.ok && answer.headers['set-cookie'] !== undefined) {
      const { url: answeredUrl, headers } = answer
      // A single one is text and not a list of one.
      const setCookies = [headers['set-cookie'] ?? []].flat()
      keepCookies(world.cookieJars, pair, { url: answeredUrl, setCookies, now: world.now() })
    }
    if (!answer.ok || alertCode !== undefined) {
      const code = alertCode ?? 11200
      world.journal.append({ kind: 'inbound.failed', ...about, code, reason, attempts })
      // A request that was never made has its alert already.
      if (attempts > 0) world.alert(code, `inbound message: ${reason}`, about, exchangeOf(result))
      return { code, url }
    }
    world.journal.append({ kind: 'inbound.delivered', ...about, status: answer.status, attempts })
    if (answer.body === '' && answer.headers['transfer-encoding'] === 'chunked') {
      // https://www.twilio.com/docs/api/errors/11770
      world.alert(11770, 'an answer in chunks, of which there are none', about, exchangeOf(result))
    }
    const twiml = readAnswer(answer.contentType, answer.body)
    if ('code' in twiml) {
      world.alert(twiml.code, twiml.message, about)
      return { code: twiml.code, url }
    }
    for (const warning of twiml.warnings) world.alert(warning.code, warning.message, about)
    return this.#execute(session, twiml, answer.url)
  }

  async #execute(
    session: Session,
    { verbs }: Twiml,
    documentUrl: string
  ): Promise<Failure | undefined> {
    for (const verb of verbs) {
      if (verb.verb === 'Redirect') {
        const url = URL.parse(verb.url, documentUrl)
        if (url === null) {
          session.world.alert(11100, `no URL to redirect to: ${verb.url}`)
          return { code: 11100, url: documentUrl }
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
    const to = verb.to ?? message.from ?? ''
    const from = verb.from ?? number.phoneNumber
    if (!mayReply(world.replyTimes, `${from} ${to}`, world.now())) {
      world.alert(14107, `more than 15 replies to ${to} in 30 seconds`, {
        sid: message.sid,
        to,
        from
      })
      return undefined
    }
    const statusCallback = absolute(verb.statusCallback, documentUrl)
    if (verb.statusCallback && !isWebUrl(statusCallback ?? '')) {
      world.alert(14105, `no URL for the statusCallback: ${verb.statusCallback}`, { to, from })
    }
    return sendReply(world, this.#services.delivery, {
      to,
      from,
      body: verb.body,
      mediaUrls: verb.media.map(url => absolute(url, documentUrl) ?? url),
      statusCallback: statusCallback && isWebUrl(statusCallback) ? statusCallback : undefined
    })
  }

  /** With an action, the rest of the document is not reached: the action's answer goes on instead. */
  #handOver(
    session: Session,
    verb: MessageVerb,
    action: string,
    documentUrl: string,
    reply: MessageRecord | undefined
  ): Promise<Failure | undefined> {
    const url = absolute(action, documentUrl) ?? documentUrl
    return this.#ask(session, url, methodOf(verb), [
      ['AccountSid', session.world.accountSid],
      ['From', verb.from ?? session.number.phoneNumber],
      ['MessageSid', reply?.sid ?? ''],
      ['MessageStatus', reply === undefined ? 'invalid' : 'queued'],
      ['To', verb.to ?? session.message.from ?? '']
    ])
  }

  #parametersOf({ world, message, number, keyword }: Session): FormParameter[] {
    const mediaBaseUrl = this.#services.mediaBaseUrl()
    return inboundParameters(world, message, { number, keyword, mediaBaseUrl })
  }
}

function pairOf({ message, number }: Session): string {
  return `${number.phoneNumber} ${message.from ?? ''}`
}

function partsOf(body: string): string[] {
  const parts: string[] = []
  let rest = body
  while (rest.length > mostCharacters) {
    const splitsPair = /[\uD800-\uDBFF]/.test(rest.charAt(mostCharacters - 1))
    const end = splitsPair ? mostCharacters - 1 : mostCharacters
    parts.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...parts, rest]
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
