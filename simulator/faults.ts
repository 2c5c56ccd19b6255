import { Type, type Static } from '@sinclair/typebox'

import { Random } from './random.ts'

/*
 * What goes wrong, as data. A rule says what it applies to, what happens then, how often (`count`) and how
 * likely (`probability`, drawn from the world's seed). The first rule that applies wins.
 */

const strict = { additionalProperties: false }

const FaultMatch = Type.Object(
  {
    operation: Type.Optional(Type.String({ description: 'name of an operation: create-message' })),
    to: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    to_suffix: Type.Optional(Type.String()),
    body_contains: Type.Optional(Type.String())
  },
  strict
)

const Milliseconds = Type.Union([
  Type.Integer({ minimum: 0 }),
  Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })])
])

const OutcomeEffect = Type.Object(
  {
    type: Type.Literal('outcome'),
    status: Type.String({ description: 'where it ends: delivered, undelivered, failed, sent' }),
    error_code: Type.Optional(Type.Integer())
  },
  strict
)

const DelayEffect = Type.Object(
  { type: Type.Literal('delay'), ms: Milliseconds },
  { ...strict, description: 'the provider or the carrier takes this much longer, in virtual time' }
)

const HttpEffect = Type.Object(
  {
    type: Type.Literal('http'),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.Optional(Type.Integer()),
    retry_after: Type.Optional(Type.Integer({ minimum: 0, description: 'seconds' }))
  },
  { ...strict, description: "the request is not processed and gets the provider's error body" }
)

const ConnectionEffect = Type.Object(
  {
    type: Type.Literal('connection'),
    fault: Type.Union([Type.Literal('reset'), Type.Literal('answer_lost')])
  },
  {
    ...strict,
    description: 'reset: cut before anything is done. answer_lost: done, but the answer never comes'
  }
)

const CallbackEffect = Type.Object(
  {
    type: Type.Literal('callback'),
    fault: Type.Union([
      Type.Literal('drop'),
      Type.Literal('duplicate'),
      Type.Literal('reorder'),
      Type.Literal('delay'),
      Type.Literal('wrong_signature')
    ]),
    status: Type.Optional(Type.String({ description: 'only callbacks that tell this status' })),
    ms: Type.Optional(Milliseconds)
  },
  strict
)

export const FaultEffect = Type.Union([
  OutcomeEffect,
  DelayEffect,
  HttpEffect,
  ConnectionEffect,
  CallbackEffect
])

export const NewFault = Type.Object(
  {
    match: Type.Optional(FaultMatch),
    effect: FaultEffect,
    count: Type.Optional(Type.Integer({ minimum: 1 })),
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 }))
  },
  strict
)

export type FaultMatch = Static<typeof FaultMatch>
export type FaultEffect = Static<typeof FaultEffect>
export type NewFault = Static<typeof NewFault>
export type EffectOf<T extends FaultEffect['type']> = Extract<FaultEffect, { type: T }>

export interface Fault extends NewFault {
  id: string
  /** How many times it took effect. */
  applied: number
}

/** What a rule is held against. */
export interface FaultSubject {
  operation?: string | undefined
  to?: string | undefined
  from?: string | undefined
  body?: string | undefined
  status?: string | undefined
  /** For faults of the connection: which of them could happen now. */
  phase?: 'reset' | 'answer_lost'
}

interface Rule {
  fault: Fault
  random: Random
}

export class FaultRules {
  readonly #seed: string
  #rules: Rule[] = []
  #added = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  add(fault: NewFault): Fault {
    const id = `fault-${++this.#added}`
    const added: Fault = { id, ...fault, applied: 0 }
    this.#rules.push({ fault: added, random: new Random(`${this.#seed}/${id}`) })
    return added
  }

  list(): Fault[] {
    return this.#rules.map(({ fault }) => fault)
  }

  remove(id: string): boolean {
    const before = this.#rules.length
    this.#rules = this.#rules.filter(({ fault }) => fault.id !== id)
    return this.#rules.length < before
  }

  clear(): void {
    this.#rules = []
  }

  /** The effect of the first rule of this type that applies, counted as applied. */
  take<T extends FaultEffect['type']>(
    type: T,
    subject: FaultSubject,
    isMeant: (effect: EffectOf<T>) => boolean = () => true
  ): EffectOf<T> | undefined {
    for (const { fault, random } of this.#rules) {
      const { effect } = fault
      if (!isOfType(effect, type) || !isMeant(effect)) continue
      if (fault.count !== undefined && fault.applied >= fault.count) continue
      if (!applies(fault, subject)) continue
      if (fault.probability !== undefined && !random.chance(fault.probability)) continue
      fault.applied++
      return effect
    }
    return undefined
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

function applies({ match = {}, effect }: Fault, subject: FaultSubject): boolean {
  if (match.operation !== undefined && match.operation !== subject.operation) return false
  if (match.to !== undefined && match.to !== subject.to) return false
  if (match.from !== undefined && match.from !== subject.from) return false
  if (match.to_suffix !== undefined && !subject.to?.endsWith(match.to_suffix)) return false
  if (match.body_contains !== undefined && !subject.body?.includes(match.body_contains))
    return false
  if (effect.type === 'connection') return effect.fault === subject.phase
  if (effect.type !== 'callback' || effect.status === undefined) return true
  return effect.status === subject.status
}
