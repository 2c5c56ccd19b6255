import type { Clock, Timer } from './clock.ts'

/*
 * What is going to happen in a world, as data and not as closures: so that it can be written to a file and
 * taken up again, and so that anybody can read what is due. What a plan leads to is said once, by kind.
 */

/** Data alone, as small as can be: what it is about is found again when it is due. */
export interface Plan {
  readonly kind: string
  readonly [field: string]: unknown
}

/** What becomes due in the world `W`, by the kind of the plan. */
export class PlanHandlers<W> {
  readonly #actions = new Map<string, (world: W, plan: Plan) => void>()

  on(kind: string, action: (world: W, plan: Plan) => void): void {
    if (this.#actions.has(kind)) throw new Error(`two handlers for plans of the kind ${kind}`)
    this.#actions.set(kind, action)
  }

  handles(kind: string): boolean {
    return this.#actions.has(kind)
  }

  carryOut(world: W, plan: Plan): void {
    const action = this.#actions.get(plan.kind)
    if (action === undefined) throw new Error(`nobody handles plans of the kind ${plan.kind}`)
    action(world, plan)
  }
}

export interface DuePlan {
  /** Virtual milliseconds of the epoch. */
  readonly at: number
  readonly plan: Plan
}

/** A plan apart from any clock. */
export interface SavedPlan {
  /** How far ahead it lies; below 0 when it is overdue. */
  readonly inMs: number
  readonly plan: Plan
}

export class Agenda {
  readonly #clock: Clock
  readonly #carryOut: (plan: Plan) => void
  /** In the order of planning, which decides between plans that are due at the same time. */
  readonly #pending = new Set<PendingPlan>()

  constructor(clock: Clock, carryOut: (plan: Plan) => void) {
    this.#clock = clock
    this.#carryOut = carryOut
  }

  get size(): number {
    return this.#pending.size
  }

  plan(delayMs: number, plan: Plan): Timer {
    return this.#add(this.#clock.now() + Math.max(0, delayMs), plan)
  }

  /** In the order of planning. */
  list(): DuePlan[] {
    return [...this.#pending].map(({ at, plan }) => ({ at, plan }))
  }

  /** Plans again what `list` gave; what is overdue is due now. */
  restore(plans: readonly DuePlan[]): void {
    for (const { at, plan } of plans) this.#add(at, plan)
  }

  /** In the order of coming due, for `takeUp`. */
  save(): SavedPlan[] {
    const now = this.#clock.now()
    const pending = [...this.#pending].toSorted((a, b) => a.at - b.at)
    return pending.map(({ at, plan }) => ({ inMs: at - now, plan }))
  }

  /** As far ahead as they were, wherever the clock stands. */
  takeUp(plans: readonly SavedPlan[]): void {
    const now = this.#clock.now()
    for (const { inMs, plan } of plans) this.#add(now + inMs, plan)
  }

  clear(): void {
    for (const pending of this.#pending) pending.timer?.cancel()
    this.#pending.clear()
  }

  #add(at: number, plan: Plan): Timer {
    const pending = new PendingPlan(at, plan, this.#pending)
    pending.timer = this.#clock.setTimer(at - this.#clock.now(), () => {
      this.#pending.delete(pending)
      this.#carryOut(plan)
    })
    this.#pending.add(pending)
    return pending
  }
}

class PendingPlan implements DuePlan, Timer {
  readonly at: number
  readonly plan: Plan
  timer: Timer | undefined
  readonly #others: Set<PendingPlan>

  constructor(at: number, plan: Plan, others: Set<PendingPlan>) {
    this.at = at
    this.plan = plan
    this.#others = others
  }

  cancel(): void {
    this.#others.delete(this)
    this.timer?.cancel()
  }
}
