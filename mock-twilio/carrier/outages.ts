import type { OutageSeed } from '../seeds.ts'
import type { World } from '../world.ts'

/*
 * A carrier that is down. What it holds back is `sent` and gets its receipt when the carrier is back, in order,
 * so many in a second; or it is told as undelivered at once.
 */

export interface Outage {
  readonly id: string
  readonly from: number
  /** null: until somebody ends it. */
  readonly until: number | null
  readonly carrier: string | null
  readonly prefix: string
  readonly effect: 'hold' | 'undelivered'
  readonly errorCode: number
  readonly recoveryPerSecond: number
  /** Sids, in the order of handing over. Those before `released` have gone on. */
  held: string[]
  released: number
  isOver: boolean
}

export const outageStep = 'outage.step'

export function addOutage(world: World, seed: OutageSeed): Outage {
  const now = world.now()
  const outage: Outage = {
    id: `outage-${++world.carrier.outagesSoFar}`,
    from: seed.from === undefined ? now : Date.parse(seed.from),
    until: seed.until === undefined ? null : Date.parse(seed.until),
    carrier: seed.carrier ?? null,
    prefix: seed.prefix ?? '+',
    effect: seed.effect,
    errorCode: seed.error_code ?? 30017,
    recoveryPerSecond: seed.recovery_per_second ?? 100,
    held: [],
    released: 0,
    isOver: false
  }
  world.carrier.outages.push(outage)
  if (outage.until !== null) {
    world.plan(outage.until - now, { kind: outageStep, id: outage.id })
  }
  return outage
}

export function findOutage(world: World, id: unknown): Outage | undefined {
  return world.carrier.outages.find(outage => outage.id === id)
}

/** The first outage that stands between the provider and this number now. */
export function outageBefore(world: World, to: string): Outage | undefined {
  const { outages } = world.carrier
  if (outages.length === 0) return undefined
  const now = world.now()
  return outages.find(
    outage =>
      !outage.isOver &&
      outage.from <= now &&
      (outage.until === null || now < outage.until) &&
      to.startsWith(outage.prefix) &&
      (outage.carrier === null || outage.carrier === carrierOf(to))
  )
}

/** The carrier is back: what it held goes on from now. */
export function endOutage(world: World, outage: Outage): void {
  if (outage.isOver) return
  outage.isOver = true
  world.journal.append({ kind: 'outage.over', id: outage.id, held: outage.held.length })
  world.plan(0, { kind: outageStep, id: outage.id })
}

/** The next message that may go on; plans the one after it. Undefined when there is none, and all is done. */
export function releaseNext(world: World, outage: Outage): string | undefined {
  const sid = outage.held[outage.released]
  if (sid === undefined) {
    world.carrier.outages = world.carrier.outages.filter(other => other !== outage)
    return undefined
  }
  outage.released++
  world.plan(Math.ceil(1000 / outage.recoveryPerSecond), { kind: outageStep, id: outage.id })
  return sid
}

/** Invented, like the carrier of lookups, but three of them, so that one can be down. */
const carriers = ['Mock Mobile', 'Mock Wireless', 'Mock Cellular'] as const

/** The same for a number always: by its last two digits. */
export function carrierOf(phoneNumber: string): (typeof carriers)[number] {
  return carriers[Number(phoneNumber.slice(-2)) % 3] ?? carriers[0]
}
