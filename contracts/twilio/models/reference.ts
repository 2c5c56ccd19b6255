/*
 * What Twilio's documents promise about messages, numbers, services and opt-outs, as a small state machine that
 * knows nothing of the mock. Where the documents leave something open, it answers with a set of possibilities.
 * https://www.twilio.com/docs/messaging/api/message-resource
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 * https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
 */

export interface ReferenceMessage {
  readonly sid: string
  readonly direction: 'inbound' | 'outbound-api'
  readonly to: string
  from: string | null
  body: string
  readonly segments: number
  readonly media: number
  readonly serviceSid: string | null
  /** Of a message that is on its way, as it was last seen. */
  status: string
  /** Statuses and errors it may have next, or must have when there is one. */
  expected: Expectation[]
  dueAt: number | undefined
  /** The numbers of which a service chooses one; undefined where the sender is known. */
  choice: ReadonlySet<string> | undefined
}

export interface OwnedNumber {
  readonly sid: string
  serviceSid: string | undefined
}

export interface Expectation {
  status: string
  /** Any, when undefined. */
  code?: number | null | undefined
}

export interface Reference {
  now: number
  /** Whether the carrier takes no time, so that nothing is between two statuses when time has passed. */
  readonly isInstant: boolean
  isSuspended: boolean
  /** The numbers of the account, short codes among them, and the service that each is in. */
  readonly numbers: Map<string, OwnedNumber>
  readonly services: Set<string>
  /** The service that has it to the sid of its name for a sender. */
  readonly alphaSenders: Map<string, string>
  /** "handset sender", where the sender is a number or a service. */
  readonly blocks: Set<string>
  /** Oldest first. */
  messages: ReferenceMessage[]
  /** "service handset" to the number that was last chosen. */
  readonly sticky: Map<string, string>
  /** How many texts the provider itself has sent to a handset. */
  readonly replies: Map<string, number>
}

export interface Sending {
  to: string
  from?: string | undefined
  serviceSid?: string | undefined
  body: string
  segments: number
  media: number
  sendAt?: number | undefined
}

export const alphaSender = 'DISTRICT'
export const unreachableHandset = '+16015530003'
const mostWaitMs = 35 * 24 * 3_600_000

const progress = ['accepted', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed']
const final = new Set(['delivered', 'undelivered', 'failed', 'canceled', 'received'])

export function isFinal({ status }: ReferenceMessage): boolean {
  return final.has(status)
}

/** A carrier's last word may never come, so that `sent` counts as an end or does not. */
export function mayBeFinal({ status }: ReferenceMessage): boolean {
  return status === 'sent'
}

export function poolOf(model: Reference, serviceSid: string): string[] {
  return [...model.numbers]
    .filter(([, number]) => number.serviceSid === serviceSid)
    .map(([phoneNumber]) => phoneNumber)
}

/** The best first. */
const senderTypes = ['shortCode', 'longCode', 'tollFree'] as const

function typeOf(number: string): (typeof senderTypes)[number] {
  if (!number.startsWith('+')) return 'shortCode'
  return /^\+18(?:00|33|44|55|66|77|88)/.test(number) ? 'tollFree' : 'longCode'
}

/** A service answers for all its numbers: whoever said STOP to one of them said it to all. */
function senderScope(model: Reference, phoneNumber: string): string {
  return model.numbers.get(phoneNumber)?.serviceSid ?? phoneNumber
}

/** Every code that the request deserves; none when it is in order. */
export function refusalsOf(model: Reference, sending: Sending): number[] {
  const { from, serviceSid, sendAt } = sending
  const codes: number[] = []
  if (model.isSuspended) return [20005, 10001]
  if (serviceSid !== undefined) {
    const pool = poolOf(model, serviceSid)
    if (!model.services.has(serviceSid)) codes.push(21701)
    const hasName = model.alphaSenders.has(serviceSid)
    if (model.services.has(serviceSid) && pool.length === 0 && !hasName) codes.push(21704)
    // North America takes no names.
    if (from === alphaSender && hasName) codes.push(21612)
    else if (from !== undefined && !pool.includes(from)) codes.push(21606, 21712)
  } else if (from === undefined) codes.push(21603)
  else if (!model.numbers.has(from)) codes.push(21606, 21212)
  if (sendAt !== undefined) {
    const wait = sendAt - model.now
    if (serviceSid === undefined) codes.push(35118)
    if (wait <= 300_000 || wait > mostWaitMs) codes.push(35114, 35115, 35117)
  }
  if (isBlocked(model, sending)) codes.push(21610)
  return codes
}

function isBlocked(
  model: Reference,
  { to, from, serviceSid }: Pick<Sending, 'to' | 'from' | 'serviceSid'>
): boolean {
  const scope = serviceSid ?? senderScope(model, from ?? '')
  return model.blocks.has(`${to} ${scope}`)
}

/** A message that was taken begins in this status. */
export function firstStatus({ serviceSid, sendAt }: Sending): string {
  if (sendAt !== undefined) return 'scheduled'
  return serviceSid === undefined ? 'queued' : 'accepted'
}

export function recordSent(model: Reference, sid: string, sending: Sending): void {
  model.messages.push({
    sid,
    direction: 'outbound-api',
    to: sending.to,
    from: sending.from ?? null,
    body: sending.body,
    segments: sending.segments,
    media: sending.media,
    serviceSid: sending.serviceSid ?? null,
    status: firstStatus(sending),
    expected: [],
    dueAt: sending.sendAt,
    choice: undefined
  })
}

export function recordReceived(
  model: Reference,
  sid: string,
  text: { from: string; to: string; body: string }
): void {
  model.messages.push({
    sid,
    direction: 'inbound',
    ...text,
    segments: 1,
    media: 0,
    serviceSid: model.numbers.get(text.to)?.serviceSid ?? null,
    status: 'received',
    expected: [],
    dueAt: undefined,
    choice: undefined
  })
  hearKeyword(model, text)
}

const stopWords = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']
const startWords = ['START', 'YES', 'UNSTOP']
const helpWords = ['HELP', 'INFO']

function hearKeyword(model: Reference, text: { from: string; to: string; body: string }): void {
  // A short code stands for itself: its owner minds the words.
  if (typeOf(text.to) === 'shortCode') return
  const word = text.body.trim().toUpperCase()
  const isTollFree = typeOf(text.to) === 'tollFree'
  const block = `${text.from} ${senderScope(model, text.to)}`
  if ((isTollFree ? ['STOP'] : stopWords).includes(word)) {
    // Who has said it before hears nothing more.
    if (!model.blocks.has(block)) hearReply(model, text.from)
    model.blocks.add(block)
  } else if ((isTollFree ? ['START', 'UNSTOP'] : startWords).includes(word)) {
    // YES and UNSTOP mean something only after STOP; START is answered always.
    if (model.blocks.delete(block) || word === 'START') hearReply(model, text.from)
  } else if (helpWords.includes(word)) hearReply(model, text.from)
}

function hearReply(model: Reference, handset: string): void {
  model.replies.set(handset, (model.replies.get(handset) ?? 0) + 1)
}

/** Time passes; `isLong` when whatever is on its way has surely arrived. */
export function advance(model: Reference, ms: number, isLong: boolean): void {
  model.now += ms
  for (const message of model.messages) {
    if (isFinal(message)) continue
    const isScheduled = message.status === 'scheduled'
    if (isScheduled && (message.dueAt ?? 0) > model.now) continue
    const hasTime = isLong && model.now - (message.dueAt ?? 0) >= 60_000
    const mayStillMove = !model.isInstant && !hasTime
    message.choice = choiceFor(model, message)
    message.expected = mayStillMove ? onTheWay(model, message) : ends(model, message)
  }
}

/** How it may end, with the world as it is now. */
function ends(model: Reference, message: ReferenceMessage): Expectation[] {
  const good: Expectation =
    message.to === unreachableHandset
      ? { status: 'undelivered', code: 30003 }
      : { status: 'delivered', code: null }
  const troubles = troublesOf(model, message)
  const mustFail = troubles.some(({ isCertain }) => isCertain)
  return [
    ...troubles.map(({ code }) => ({ status: 'failed', code })),
    ...(mustFail ? [] : [good]),
    // It had the carrier's word before the trouble began.
    ...(message.status === 'sent' ? [good] : [])
  ]
}

function troublesOf(
  model: Reference,
  message: ReferenceMessage
): { code: number | undefined; isCertain: boolean }[] {
  const troubles: { code: number | undefined; isCertain: boolean }[] = []
  // What is checked when its time comes; what has left that point behind is not looked at again.
  const isUnchecked = message.status === 'scheduled' || message.status === 'accepted'
  const isCertain = isUnchecked && model.isInstant
  const { serviceSid, from, to } = message
  if (model.isSuspended) troubles.push({ code: 30002, isCertain: model.isInstant })
  if (isUnchecked && serviceSid !== null) {
    const pool = poolOf(model, serviceSid)
    if (from === null && pool.length === 0) {
      troubles.push({ code: 21703, isCertain }, { code: 21704, isCertain })
      // A service that is gone altogether may be called that.
      if (!model.services.has(serviceSid)) troubles.push({ code: 21701, isCertain })
    }
    if (from !== null && !pool.includes(from)) troubles.push({ code: undefined, isCertain: false })
    if (isBlocked(model, { to, from: from ?? undefined, serviceSid })) {
      troubles.push({ code: 21610, isCertain })
    }
  }
  // Its number went back while it was on its way.
  if (from !== null && !model.numbers.has(from)) {
    troubles.push({ code: undefined, isCertain: false })
  }
  return troubles
}

/** Any status that is not behind the one it was seen in. */
function onTheWay(model: Reference, message: ReferenceMessage): Expectation[] {
  const reached = message.status === 'scheduled' ? 0 : progress.indexOf(message.status)
  return [
    { status: message.status, code: null },
    ...progress.slice(reached, 4).map(status => ({ status, code: null })),
    ...ends(model, message)
  ]
}

/**
 * The numbers that a service may send from now: the one this person knows, if it is still there; else a short
 * code before a long code, and that before a toll-free number (no document gives their order); among those
 * of a type the ones of the person's area code.
 */
function choiceFor(model: Reference, message: ReferenceMessage): ReadonlySet<string> | undefined {
  const { serviceSid, from, to } = message
  if (serviceSid === null || from !== null) return undefined
  const pool = poolOf(model, serviceSid)
  const known = model.sticky.get(`${serviceSid} ${to}`)
  if (known !== undefined && pool.includes(known)) return new Set([known])
  const best = senderTypes
    .map(type => pool.filter(number => typeOf(number) === type))
    .find(numbers => numbers.length > 0)
  const near = best?.filter(number => number.slice(0, 5) === to.slice(0, 5)) ?? []
  return new Set(near.length > 0 ? near : best)
}

/** What was seen of a message becomes what is known of it. */
export function learn(
  model: Reference,
  message: ReferenceMessage,
  seen: { status: string; from: string | null }
): void {
  message.status = seen.status
  message.expected = []
  if (message.from !== null || seen.from === null) return
  message.from = seen.from
  if (message.serviceSid !== null) {
    model.sticky.set(`${message.serviceSid} ${message.to}`, seen.from)
  }
}

export function joinService(model: Reference, phoneNumber: string, serviceSid: string): void {
  const number = model.numbers.get(phoneNumber)
  if (number !== undefined) number.serviceSid = serviceSid
}

/** The service forgets whom it wrote to from there. */
export function leaveService(model: Reference, phoneNumber: string): void {
  const number = model.numbers.get(phoneNumber)
  if (number === undefined) return
  for (const [key, known] of model.sticky) {
    if (known === phoneNumber && key.startsWith(`${number.serviceSid} `)) model.sticky.delete(key)
  }
  number.serviceSid = undefined
}

export function releaseNumber(model: Reference, phoneNumber: string): void {
  leaveService(model, phoneNumber)
  model.numbers.delete(phoneNumber)
}

export function deleteService(model: Reference, serviceSid: string): void {
  for (const phoneNumber of poolOf(model, serviceSid)) leaveService(model, phoneNumber)
  model.services.delete(serviceSid)
  model.alphaSenders.delete(serviceSid)
}
