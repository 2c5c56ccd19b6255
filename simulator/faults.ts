import type { Static } from '@sinclair/typebox'

import { applies, differences, isItsTurn, type FaultSubject } from './fault-match.ts'
import { probabilityAt, scheduleOf, type FaultSchedule } from './fault-schedule.ts'
import type { EffectOf, FaultEffect, Milliseconds, NewFault } from './fault-schema.ts'
import { Random, type RandomState } from './random.ts'

/*
 * What goes wrong, as data. The first rule that applies wins; a rule that did not apply can say why. With no
 * rules there is nothing to pay: ask `isEmpty` first.
 */

export interface Fault extends NewFault {
  readonly id: string
  /** Virtual milliseconds of the epoch: what `after`, `for` and `curve` count from. */
  readonly added_at: number
  /** How often something matched while the rule was in force. */
  matched: number
  /** How many times it took effect. */
  applied: number
}

/** A rule as the control API shows it. */
export interface ListedFault extends Fault {
  /** Why it did not apply, the latest five times. */
  last_misses: Miss[]
}

export interface Miss {
  at: number
  because: string
}

/** Which rule was asked in vain, and why. */
export interface RuleMiss {
  rule: string
  because: string
}

export interface FaultRulesState {
  added: number
  rules: { fault: Fault; random: RandomState; misses: Miss[] }[]
  /** By the seq of a journal entry. */
  explanations?: [number, RuleMiss[]][]
}

interface Rule {
  fault: Fault
  schedule: FaultSchedule
  random: Random
  misses: KeptMiss[]
}

/** What differs is put into words only when somebody asks. */
interface KeptMiss {
  at: number
  subject: FaultSubject
  because: string | undefined
}

const keptMisses = 5
const keptExplanations = 500

export class FaultRules {
  readonly #seed: string
  readonly #now: () => number
  #rules: Rule[] = []
  #added = 0
  /** The rules asked in vain about what is going on now. */
  #inVain: { rule: Rule; miss: KeptMiss }[] = []
  /** Of the latest journal entries that no rule touched, by seq. */
  readonly #explanations = new Map<number, RuleMiss[]>()

  constructor(seed: string, now: () => number = () => 0) {
    this.#seed = seed
    this.#now = now
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /** @throws RangeError for a schedule that makes no sense */
  add(fault: NewFault): Fault {
    const addedAt = this.#now()
    const schedule = scheduleOf(fault, addedAt)
    const id = `fault-${++this.#added}`
    const added: Fault = { id, ...fault, added_at: addedAt, matched: 0, applied: 0 }
    const random = new Random(`${this.#seed}/${id}`)
    this.#rules.push({ fault: added, schedule, random, misses: [] })
    return added
  }

  list(): ListedFault[] {
    return this.#rules.map(({ fault, misses }) => ({
      ...fault,
      last_misses: misses.map(miss => ({ at: miss.at, because: inWords(fault, miss) }))
    }))
  }

  remove(id: string): boolean {
    const before = this.#rules.length
    this.#rules = this.#rules.filter(({ fault }) => fault.id !== id)
    return this.#rules.length < before
  }

  clear(): void {
    this.#rules = []
    this.#inVain = []
    this.#explanations.clear()
  }

  /** The effect of the first rule of this type that applies, counted as applied. */
  take<T extends FaultEffect['type']>(
    type: T,
    subject: FaultSubject,
    isMeant: (effect: EffectOf<T>) => boolean = () => true
  ): EffectOf<T> | undefined {
    for (const rule of this.#rules) {
      const { effect } = rule.fault
      if (!isOfType(effect, type) || !isMeant(effect) || !isItsTurn(effect, subject)) continue
      if (applies(rule.fault, subject)) {
        const because = this.#whyNotNow(rule)
        if (because === undefined) {
          rule.fault.applied++
          return effect
        }
        this.#noteMiss(rule, subject, because)
      } else {
        this.#noteMiss(rule, subject, undefined)
      }
    }
    return undefined
  }

  /** From here on, what is asked in vain is about one thing: see `explain`. */
  startExplaining(): void {
    this.#inVain = []
  }

  /**
   * The rule that came closest to touching what was asked about since `startExplaining`; all of them are
   * kept for the journal entry with this number.
   */
  explain(seq: number): RuleMiss | undefined {
    const told = this.#inVain
      .map(({ rule, miss }) => {
        const far = miss.because === undefined ? differences(rule.fault, miss.subject).length : 0
        return { far, rule: rule.fault.id, because: inWords(rule.fault, miss) }
      })
      .toSorted((a, b) => a.far - b.far)
      .map(({ rule, because }) => ({ rule, because }))
    this.#inVain = []
    if (told.length === 0) return undefined
    this.#explanations.set(seq, told)
    for (const oldest of this.#explanations.keys()) {
      if (this.#explanations.size <= keptExplanations) break
      this.#explanations.delete(oldest)
    }
    return told[0]
  }

  /** Why no rule touched what this journal entry tells, the closest rule first. */
  explanationOf(seq: number): readonly RuleMiss[] | undefined {
    return this.#explanations.get(seq)
  }

  save(): FaultRulesState {
    return {
      added: this.#added,
      rules: this.#rules.map(({ fault, random, misses }) => ({
        fault: structuredClone(fault),
        random: random.state,
        misses: misses.map(miss => ({ at: miss.at, because: inWords(fault, miss) }))
      })),
      explanations: structuredClone([...this.#explanations])
    }
  }

  restore({ added, rules, explanations = [] }: FaultRulesState): void {
    this.clear()
    for (const [seq, misses] of explanations) this.#explanations.set(seq, misses)
    this.#added = added
    this.#rules = rules.map(({ fault, random, misses }) => ({
      fault: structuredClone(fault),
      schedule: scheduleOf(fault, fault.added_at),
      random: Random.fromState(random),
      misses: misses.map(({ at, because }) => ({ at, because, subject: {} }))
    }))
  }

  /** A rule that is about this may still leave it alone: too early, too late, or not this time. */
  #whyNotNow({ fault, schedule, random }: Rule): string | undefined {
    const now = this.#now()
    if (now < schedule.from) return `it begins at ${told(schedule.from)}`
    if (now >= schedule.until) return `it ended at ${told(schedule.until)}`
    if (fault.count !== undefined && fault.applied >= fault.count) {
      return `it has been applied ${fault.applied} times, as often as it may`
    }
    const turn = ++fault.matched - (fault.skip ?? 0)
    if (turn <= 0) return `the first ${fault.skip} pass, and this was number ${fault.matched}`
    if (fault.every !== undefined && turn % fault.every !== 0) {
      return `one of ${fault.every} is hit, and this was number ${((turn - 1) % fault.every) + 1}`
    }
    const likely =
      (fault.probability ?? 1) * (schedule.curve ? probabilityAt(schedule.curve, now) : 1)
    if (likely >= 1 || random.chance(likely)) return undefined
    return `chance left it alone, at a probability of ${Number(likely.toFixed(4))}`
  }

  #noteMiss(rule: Rule, subject: FaultSubject, because: string | undefined): void {
    const miss = { at: this.#now(), subject, because }
    rule.misses.push(miss)
    if (rule.misses.length > keptMisses) rule.misses.shift()
    // Who never starts to explain must not pile up what nobody asks for.
    if (this.#inVain.length < 100) this.#inVain.push({ rule, miss })
  }
}

/** A duration of a rule: as given, or drawn between two bounds. */
export function drawMs(ms: Static<typeof Milliseconds>, random: Random): number {
  return typeof ms === 'number' ? ms : random.between(Math.min(...ms), Math.max(...ms))
}

function isOfType<T extends FaultEffect['type']>(
  effect: FaultEffect,
  type: T
): effect is EffectOf<T> {
  return effect.type === type
}

function inWords(fault: Fault, { because, subject }: KeptMiss): string {
  return because ?? differences(fault, subject).join('; ')
}

function told(at: number): string {
  return new Date(at).toISOString()
}
