import { PlanHandlers } from '../simulator/agenda.ts'
import type { VirtualClock } from '../simulator/clock.ts'
import { numberedSid } from './ids.ts'
import type { KeyRecord } from './resources/key.ts'
import type { AccountSeed, ApiKeySeed } from './seeds.ts'
import type { WorldState } from './world-state.ts'
import { World } from './world.ts'

export interface StoreOptions {
  clock: VirtualClock
  retention: number
  digest?: boolean | undefined
  seed: string
}

/** All worlds, by AccountSid, and who may enter them. */
export class Store {
  readonly clock: VirtualClock
  readonly planned = new PlanHandlers<World>()
  readonly #worlds = new Map<string, World>()
  readonly #keyOwners = new Map<string, Set<World>>()
  readonly #options: StoreOptions
  readonly #defaultName: string
  /** Changes whenever credentials do, so that what is remembered about them can be forgotten. */
  credentialsVersion = 0

  constructor(options: StoreOptions, seeds: readonly AccountSeed[]) {
    this.clock = options.clock
    this.#options = options
    this.#defaultName = seeds[0]?.account_sid ?? numberedSid('AC', 1)
    for (const seed of seeds) this.replace(seed)
  }

  get defaultName(): string {
    return this.#defaultName
  }

  get(accountSid: string): World | undefined {
    return this.#worlds.get(accountSid)
  }

  all(): Iterable<World> {
    return this.#worlds.values()
  }

  keyOwners(keySid: string): Iterable<World> {
    return this.#keyOwners.get(keySid) ?? []
  }

  replace(seed: AccountSeed, ownerSid?: string): World {
    const world = new World(seed, {
      ...this.#options,
      planned: this.planned,
      ...(ownerSid ? { ownerSid } : {})
    })
    this.#enter(world)
    return world
  }

  /**
   * What `World.save` gave takes the place of the world of that name. The world keeps its own time wherever
   * the clock stands, unless the clock of all is set to where it stood. Throws a RangeError for what does not
   * fit together, and has changed nothing then.
   */
  restore(state: WorldState, { setsClock = false }: { setsClock?: boolean } = {}): World {
    const { origin, ownerSid } = state
    const options = { ...this.#options, planned: this.planned, ownerSid, saved: state }
    const world = new World(origin, options)
    if (setsClock) this.clock.set(state.now - state.clockOffsetMs)
    this.#enter(world)
    world.clockOffsetMs = state.now - this.clock.now()
    world.agenda.takeUp(state.agenda)
    return world
  }

  addKey(world: World, seed: ApiKeySeed, friendlyName: string): KeyRecord {
    const key = world.addKey(seed, friendlyName)
    this.#ownKey(key.sid, world)
    this.credentialsVersion++
    return key
  }

  removeKey(world: World, sid: string): void {
    world.keys.delete(sid)
    this.#keyOwners.get(sid)?.delete(world)
    this.credentialsVersion++
  }

  /** Whether anybody has the number: nobody else can buy it then. */
  isOwned(phoneNumber: string): boolean {
    return this.ownerOf(phoneNumber) !== undefined
  }

  /** Another one than `except` that has the number. */
  ownerOf(phoneNumber: string, except?: string): World | undefined {
    for (const world of this.#worlds.values()) {
      if (world.name !== except && world.numbersByPhone.has(phoneNumber)) return world
    }
    return undefined
  }

  #enter(world: World): void {
    const former = this.#worlds.get(world.name)
    if (former !== undefined) {
      former.end()
      for (const sid of former.keys.keys()) this.#keyOwners.get(sid)?.delete(former)
    }
    this.#worlds.set(world.name, world)
    for (const sid of world.keys.keys()) this.#ownKey(sid, world)
    this.credentialsVersion++
  }

  #ownKey(sid: string, world: World): void {
    const owners = this.#keyOwners.get(sid) ?? new Set()
    owners.add(world)
    this.#keyOwners.set(sid, owners)
  }
}
