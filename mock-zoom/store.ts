import { PlanHandlers } from '../simulator/agenda.ts'
import type { VirtualClock } from '../simulator/clock.ts'
import { developmentAccount } from './development-account.ts'
import type { DeliveryRecord } from './resources/subscription.ts'
import type { AccountSeed } from './seeds.ts'
import type { WorldState } from './world-state.ts'
import { World } from './world.ts'

export interface StoreOptions {
  clock: VirtualClock
  retention: number
  digest?: boolean | undefined
  seed: string
}

/** All worlds, by account id. */
export class Store {
  readonly clock: VirtualClock
  readonly planned = new PlanHandlers<World>()
  readonly #worlds = new Map<string, World>()
  readonly #options: StoreOptions
  readonly #defaultName: string
  #post: (world: World, delivery: DeliveryRecord) => void = () => undefined
  /** Changes whenever credentials do, so that what is remembered about them can be forgotten. */
  credentialsVersion = 0

  constructor(options: StoreOptions, seeds: readonly AccountSeed[]) {
    this.clock = options.clock
    this.#options = options
    this.#defaultName = seeds[0]?.account_id ?? developmentAccount.accountId
    for (const seed of seeds) this.replace(seed)
  }

  get defaultName(): string {
    return this.#defaultName
  }

  /** Who brings webhooks on their way, in every world. */
  postBy(post: (world: World, delivery: DeliveryRecord) => void): void {
    this.#post = post
  }

  get(accountId: string): World | undefined {
    return this.#worlds.get(accountId)
  }

  all(): Iterable<World> {
    return this.#worlds.values()
  }

  replace(seed: AccountSeed): World {
    const world = new World(seed, this.#worldOptions())
    this.#enter(world)
    return world
  }

  /**
   * What `World.save` gave takes the place of the world of that name. The world keeps its own time wherever
   * the clock stands, unless the clock of all is set to where it stood. Throws a RangeError for what does not
   * fit together, and has changed nothing then.
   */
  restore(state: WorldState, { setsClock = false }: { setsClock?: boolean } = {}): World {
    const world = new World(state.origin, { ...this.#worldOptions(), saved: state })
    if (setsClock) this.clock.set(state.now - state.clockOffsetMs)
    this.#enter(world)
    world.clockOffsetMs = state.now - this.clock.now()
    world.agenda.takeUp(state.agenda)
    return world
  }

  #worldOptions() {
    return {
      ...this.#options,
      planned: this.planned,
      post: (world: World, delivery: DeliveryRecord) => this.#post(world, delivery)
    }
  }

  #enter(world: World): void {
    this.#worlds.get(world.name)?.end()
    this.#worlds.set(world.name, world)
    this.credentialsVersion++
  }
}
