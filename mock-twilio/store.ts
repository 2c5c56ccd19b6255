import { PlanHandlers } from '../simulator/agenda.ts'
import type { VirtualClock } from '../simulator/clock.ts'
import { numberedSid } from './ids.ts'
import type { KeyRecord } from './resources/key.ts'
import type { AccountSeed, ApiKeySeed } from './seeds.ts'
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
    const former = this.#worlds.get(seed.account_sid)
    if (former !== undefined) {
      former.end()
      for (const sid of former.keys.keys()) this.#keyOwners.get(sid)?.delete(former)
    }
    const world = new World(seed, {
      ...this.#options,
      planned: this.planned,
      ...(ownerSid ? { ownerSid } : {})
    })
    this.#worlds.set(world.name, world)
    for (const sid of world.keys.keys()) this.#ownKey(sid, world)
    this.credentialsVersion++
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
    for (const world of this.#worlds.values()) {
      if (world.numbersByPhone.has(phoneNumber)) return true
    }
    return false
  }

  #ownKey(sid: string, world: World): void {
    const owners = this.#keyOwners.get(sid) ?? new Set()
    owners.add(world)
    this.#keyOwners.set(sid, owners)
  }
}
