import { clockMs } from './clock-ms.ts'
import { type Latencies, latenciesOf } from './latencies.ts'
import { placeOf } from './recipients.ts'

/** A run of recipients who are each to be reached once. */
export interface Expectation {
  name: string
  /** The place of the first. */
  first: number
  count: number
  /** When the first was due, on the clock that all processes share. */
  startedAt: number
  /** How much later each further one was due; 0 for all at once. */
  intervalMs: number
}

/** What became of an expectation, to the last recipient. */
export interface Account {
  name: string
  expected: number
  /** Recipients whose text the provider has. */
  atProvider: number
  /** Texts at the provider beyond the first of a recipient. */
  doubledAtProvider: number
  /** Recipients of whose delivery the client was told. */
  told: number
  /** Events of a delivery that was told before, under another event id. */
  doubledEvents: number
  /** Events that came again under the same id, as at-least-once allows. */
  repeatedEvents: number
  /** Recipients of whom the client heard "sent" after it had heard "delivered". */
  backward: number
  /** Recipients whose message ended, for the client, in another way than delivered. */
  otherEndings: number
  lastToldAt: number
  toProvider: Latencies
  toClient: Latencies
}

/** How far things are at a moment. */
export interface Progress {
  at: number
  atProvider: number
  told: number
}

export interface Heard {
  number: string
  status: string
  eventId: string
}

const endings = new Set(['failed', 'undelivered', 'canceled', 'blocked', 'rejected'])

class Group {
  readonly expectation: Expectation
  /** NaN until it happens. */
  readonly reachedAt: Float64Array
  readonly toldAt: Float64Array
  readonly #eventIds: Uint32Array
  readonly #flags: Uint8Array
  atProvider = 0
  doubledAtProvider = 0
  told = 0
  doubledEvents = 0
  repeatedEvents = 0
  backward = 0
  otherEndings = 0
  lastToldAt = Number.NaN

  constructor(expectation: Expectation) {
    this.expectation = expectation
    this.reachedAt = new Float64Array(expectation.count).fill(Number.NaN)
    this.toldAt = new Float64Array(expectation.count).fill(Number.NaN)
    this.#eventIds = new Uint32Array(expectation.count)
    this.#flags = new Uint8Array(expectation.count)
  }

  reached(place: number): void {
    if (Number.isNaN(this.reachedAt[place])) {
      this.reachedAt[place] = clockMs()
      this.atProvider += 1
    } else this.doubledAtProvider += 1
  }

  heard(place: number, { status, eventId }: Heard): void {
    if (status === 'sent') this.#heardSent(place)
    else if (status === 'delivered') this.#heardDelivered(place, eventId)
    else if (endings.has(status)) this.otherEndings += 1
  }

  #heardSent(place: number): void {
    const isFirst = this.#flags[place] === 0
    this.#flags[place] = 1
    if (isFirst && !Number.isNaN(this.toldAt[place])) this.backward += 1
  }

  #heardDelivered(place: number, eventId: string): void {
    const id = hashOf(eventId)
    if (Number.isNaN(this.toldAt[place])) {
      this.toldAt[place] = clockMs()
      this.lastToldAt = clockMs()
      this.#eventIds[place] = id
      this.told += 1
    } else if (this.#eventIds[place] === id) this.repeatedEvents += 1
    else this.doubledEvents += 1
  }

  account(): Account {
    const { name, count } = this.expectation
    return {
      name,
      expected: count,
      atProvider: this.atProvider,
      doubledAtProvider: this.doubledAtProvider,
      told: this.told,
      doubledEvents: this.doubledEvents,
      repeatedEvents: this.repeatedEvents,
      backward: this.backward,
      otherEndings: this.otherEndings,
      lastToldAt: this.lastToldAt,
      toProvider: latenciesOf(this.#sinceDue(this.reachedAt)),
      toClient: latenciesOf(this.#sinceDue(this.toldAt))
    }
  }

  *#sinceDue(times: Float64Array): Generator<number> {
    const { startedAt, intervalMs } = this.expectation
    for (const [place, at] of times.entries()) yield at - startedAt - place * intervalMs
  }
}

/** Keeps the books of a run: who was reached, who was told of it, how often and when. */
export class Accounts {
  readonly #groups: Group[]
  /** Texts and events about nobody who was expected. */
  strangers = 0

  constructor(expectations: readonly Expectation[]) {
    this.#groups = expectations.map(expectation => new Group(expectation))
  }

  /** A run that began later than it was expected to: its latencies count from then. */
  postponed(name: string, startedAt: number): void {
    this.#named(name).expectation.startedAt = startedAt
  }

  /** The provider has taken a text to this number. */
  reached(number: string): void {
    const found = this.#find(number)
    if (found) found.group.reached(found.place)
    else this.strangers += 1
  }

  /** The client was told something about this number, and has taken note of it. */
  heard(event: Heard): void {
    const found = this.#find(event.number)
    if (found) found.group.heard(found.place, event)
    else this.strangers += 1
  }

  progress(): Progress {
    let atProvider = 0
    let told = 0
    for (const group of this.#groups) {
      atProvider += group.atProvider
      told += group.told
    }
    return { at: clockMs(), atProvider, told }
  }

  accounts(): Account[] {
    return this.#groups.map(group => group.account())
  }

  /** How many of another group reached the provider between a moment and the arrival of this one. */
  overtaken(by: string, place: number, since: number, name: string): number {
    const until = this.#named(by).reachedAt[place] ?? Number.NaN
    let count = 0
    for (const at of this.#named(name).reachedAt) if (at > since && at < until) count += 1
    return count
  }

  #named(name: string): Group {
    const group = this.#groups.find(({ expectation }) => expectation.name === name)
    if (!group) throw new Error(`Nobody expects ${name}`)
    return group
  }

  #find(number: string): { group: Group; place: number } | undefined {
    const place = placeOf(number)
    if (place < 0) return undefined
    for (const group of this.#groups) {
      const { first, count } = group.expectation
      if (place >= first && place < first + count) return { group, place: place - first }
    }
    return undefined
  }
}

/** FNV-1a: enough to tell two event ids of one recipient apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let place = 0; place < text.length; place++)
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193)
  return hash >>> 0
}
