import type { Plan, PlanHandlers } from '../../simulator/agenda.ts'
import { copyPlain } from '../../simulator/plain-data.ts'
import type { Random } from '../../simulator/random.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { LineType } from '../seeds.ts'
import type { World } from '../world.ts'
import type { IncomingText } from './inbound.ts'
import type { HandsetOutcome } from './outcome.ts'
import {
  checkPersona,
  checkRule,
  drawDelay,
  holds,
  offFor,
  repliesOf,
  type CallHabits,
  type Delay,
  type HandsetMedia,
  type HandsetReply,
  type HandsetRule,
  type Persona,
  type When
} from './persona.ts'

/*
 * The phones of the people outside, as far as somebody said what they are like. How a message to one ends is
 * told to the delivery engine; what the person answers is planned in the world.
 */

export interface Handset {
  readonly number: string
  /** Of which persona it is; what an earlier one was going to say is not said. */
  readonly life: number
  persona: Persona
  /** How many messages a carrier has taken for it. */
  carried: number
  received: number
  /** How many texts its rules and script have sent. */
  sent: number
  /** The step of the script that it is at. */
  step: number
  /** How often each rule has answered, by its place. */
  answered: number[]
}

export interface HandsetsState {
  lives: number
  handsets: Handset[]
}

/** As long as a message is valid unless it says otherwise. */
const usualValidityMs = 36_000_000
const usualReplyDelay: Delay = 2000
const mostReplies = 100
/** It takes a moment after switching on. */
const switchOnMs = 1000

const errorsOfConditions = { unreachable: 30003, inactive: 30005, blocked: 30004, full: 30003 }

export class Handsets {
  /** Plain data, in the order of being given. */
  readonly byNumber = new Map<string, Handset>()
  /** How many personas were given so far. */
  lives = 0
  readonly #randomFor: (name: string) => Random
  readonly #alsoAnswers: () => boolean

  /** `alsoAnswers` says whether everybody hears what they receive, persona or not. */
  constructor(randomFor: (name: string) => Random, alsoAnswers: () => boolean = () => false) {
    this.#randomFor = randomFor
    this.#alsoAnswers = alsoAnswers
  }

  has(phoneNumber: string): boolean {
    return this.byNumber.has(phoneNumber) || this.#alsoAnswers()
  }

  get(phoneNumber: string): Handset | undefined {
    return this.byNumber.get(phoneNumber)
  }

  /** What a lookup says of it. */
  lineTypeOf(phoneNumber: string): LineType | undefined {
    const line = this.byNumber.get(phoneNumber)?.persona.line
    return line === 'voip' ? 'nonFixedVoip' : line
  }

  /** A persona in the place of the one before, with nothing received. */
  give(phoneNumber: string, persona: Persona): Handset {
    checkPersona(persona)
    const handset = {
      number: phoneNumber,
      life: ++this.lives,
      persona: structuredClone(persona),
      carried: 0,
      received: 0,
      sent: 0,
      step: 0,
      answered: []
    }
    this.byNumber.set(phoneNumber, handset)
    return handset
  }

  /** Changes what is said of it, and leaves the rest as it is. */
  change(phoneNumber: string, change: Persona): Handset {
    const handset = this.byNumber.get(phoneNumber)
    if (handset === undefined) return this.give(phoneNumber, change)
    const persona = { ...handset.persona, ...structuredClone(change) }
    checkPersona(persona)
    handset.persona = persona
    return handset
  }

  /** Changes what it does about calls, and leaves the rest as it is. */
  changeCalls(phoneNumber: string, change: CallHabits): Handset {
    const calls = { ...this.byNumber.get(phoneNumber)?.persona.calls, ...change }
    return this.change(phoneNumber, { calls })
  }

  /** At that place among the rules, or behind them. Gives the place. */
  setRule(phoneNumber: string, rule: HandsetRule, place?: number): number {
    checkRule(rule)
    const { persona } = this.byNumber.get(phoneNumber) ?? this.give(phoneNumber, {})
    persona.rules ??= []
    const index = place ?? persona.rules.length
    persona.rules[index] = rule
    return index
  }

  remove(phoneNumber: string): boolean {
    return this.byNumber.delete(phoneNumber)
  }

  save(): HandsetsState {
    return copyPlain({ lives: this.lives, handsets: [...this.byNumber.values()] })
  }

  restore(state: HandsetsState): void {
    this.lives = state.lives
    for (const handset of copyPlain(state.handsets)) {
      checkPersona(handset.persona)
      this.byNumber.set(handset.number, handset)
    }
  }

  /** How a message ends that a carrier takes for this handset now. undefined: as anybody's. */
  outcomeOf(
    phoneNumber: string,
    now: number,
    validityMs = usualValidityMs
  ): HandsetOutcome | undefined {
    const handset = this.byNumber.get(phoneNumber)
    if (handset === undefined) return undefined
    const { persona } = handset
    // https://www.twilio.com/docs/api/errors/30006
    if (persona.line === 'landline') return { status: 'undelivered', errorCode: 30006 }
    const { condition = 'reachable' } = persona
    if (condition !== 'reachable') {
      return { status: 'undelivered', errorCode: errorsOfConditions[condition] }
    }
    const offMs = offFor(persona.off, now)
    if (offMs > validityMs) {
      return { status: 'undelivered', errorCode: 30003, afterMs: validityMs }
    }
    return this.#arrival(handset, offMs)
  }

  /** Chance of its own for the nth thing that happens to a handset. */
  randomOf({ number }: Handset, what: string, nth: number): Random {
    return this.#randomFor(`handset/${number}/${what}/${nth}`)
  }

  #arrival(handset: Handset, offMs: number): HandsetOutcome {
    const { arrives_after: delay, receipts = 'usual' } = handset.persona
    const random = this.randomOf(handset, 'arrival', ++handset.carried)
    const isPlain = offMs === 0 && delay === undefined
    // What was held arrives at once, in the order in which the carrier took it.
    const arrival =
      offMs > 0 ? offMs + switchOnMs : delay === undefined ? 0 : drawDelay(delay, random)
    const when = isPlain ? {} : { afterMs: arrival }
    if (receipts === 'none') return { status: 'sent', ...when, reachedAfterMs: arrival }
    if (receipts === 'usual') return { status: 'delivered', ...when }
    return {
      status: 'delivered',
      afterMs: arrival + drawDelay(receipts.after, random),
      reachedAfterMs: arrival
    }
  }
}

/** What becomes due for handsets. `receive` is how a text of theirs comes in. */
export function handleHandsetPlans(
  planned: PlanHandlers<World>,
  receive: (world: World, text: IncomingText) => unknown
): void {
  planned.on('handset.received', (world, { sid }) => {
    const message = world.messages.find(String(sid))
    if (message !== undefined) hear(world, message)
  })
  planned.on('handset.replies', (world, plan) => {
    const { number, to, body, media, life } = readReply(plan)
    const handset = world.handsets.get(number)
    if (life !== undefined && handset?.life !== life) return
    const offMs = offFor(handset?.persona.off, world.now())
    if (offMs > 0) {
      world.plan(offMs + switchOnMs, plan)
      return
    }
    if (!world.numbersByPhone.has(to)) {
      world.journal.append({ kind: 'handset.unheard', from: number, to, body })
      return
    }
    receive(world, { from: number, to, body, media: media.map(sourceOf) })
  })
}

export function sourceOf(media: HandsetMedia): IncomingText['media'][number] {
  return 'url' in media
    ? { contentType: media.content_type ?? 'image/jpeg', source: { url: media.url } }
    : {
        contentType: media.content_type,
        source: { bytes: Buffer.from(media.base64, 'base64') }
      }
}

/** The person looks at the screen, and answers what the first rule says that holds. */
function hear(world: World, message: MessageRecord): void {
  const handset = world.handsets.get(message.to)
  if (handset === undefined) {
    if (world.isGemCompatible) answerAsTheGem(world, message)
    return
  }
  handset.received++
  const replies = answersOf(handset, message)
  let wait = 0
  for (const reply of replies) {
    const { most_replies: most = mostReplies } = handset.persona
    if (handset.sent >= most) {
      world.journal.append({ kind: 'handset.tired', number: handset.number, most_replies: most })
      return
    }
    const random = world.handsets.randomOf(handset, 'reply', ++handset.sent)
    wait += drawDelay(reply.after ?? usualReplyDelay, random)
    for (const text of textsOf(reply)) {
      const { number, life } = handset
      const to = message.from ?? ''
      world.plan(wait, { kind: 'handset.replies', number, life, to, ...text })
    }
  }
}

function answersOf(handset: Handset, { body, from }: MessageRecord): HandsetReply[] {
  const { script = [], rules = [] } = handset.persona
  const text = { body, from, nth: handset.received }
  const step = script[handset.step]
  if (step !== undefined && holds(whenOf(step.expects), text)) {
    handset.step++
    return repliesOf(step.replies ?? [])
  }
  const index = rules.findIndex(
    ({ when = {}, times = 'always' }, place) =>
      (handset.answered[place] ?? 0) < timesOf(times) && holds(when, text)
  )
  const rule = rules[index]
  if (rule === undefined) return []
  while (handset.answered.length <= index) handset.answered.push(0)
  handset.answered[index] = (handset.answered[index] ?? 0) + 1
  return repliesOf(rule.replies)
}

function whenOf(expects: string | When): When {
  return typeof expects === 'string' ? { contains: expects } : expects
}

function timesOf(times: 'once' | 'always' | number): number {
  if (times === 'always') return Number.POSITIVE_INFINITY
  return times === 'once' ? 1 : times
}

/** A person who opts out and has something to say does both, the words first. */
function textsOf({ body, media = [], opts_out: out, opts_in: back }: HandsetReply) {
  return [
    ...(body !== undefined || media.length > 0 ? [{ body: body ?? '', media }] : []),
    ...(out ? [{ body: 'STOP', media: [] }] : []),
    ...(back ? [{ body: 'START', media: [] }] : [])
  ]
}

/** Whether the world behaves as the Ruby gem mock-twilio did, where its tests count on it. */
/** In the gem, a message that holds the word "inbound" is followed by one that comes in. */
function answerAsTheGem(world: World, { body, to, from }: MessageRecord): void {
  if (!body.includes('inbound')) return
  const text = 'This is an inbound message'
  world.plan(500, { kind: 'handset.replies', number: to, to: from ?? '', body: text })
}

interface PlannedReply {
  number: string
  life: number | undefined
  to: string
  body: string
  media: HandsetMedia[]
}

/** Written by `hear`, and perhaps to a file since. */
function readReply({ number, life, to, body, media }: Plan): PlannedReply {
  return {
    number: String(number),
    life: typeof life === 'number' ? life : undefined,
    to: String(to),
    body: String(body),
    media: Array.isArray(media) ? media.filter(isMedia) : []
  }
}

function isMedia(value: unknown): value is HandsetMedia {
  return typeof value === 'object' && value !== null && ('url' in value || 'base64' in value)
}
