import type { ContractOptions } from '../options.ts'
import type { Actor, Case, World } from '../world/world.ts'

/** How an operation is used: the little that its description in the document does not tell. */
export interface OperationRecipe {
  /** A request that succeeds, with everything that it needs made first. A new one at each call. */
  valid(world: World, actor: Actor): Promise<Case>
  /** The success that it gets; the lowest documented one when absent. */
  success?: number
  /** Requests that get a status which no general check provokes. */
  provoke?: Record<number, (world: World, actor: Actor) => Promise<Case>>
  /** Whose tokens may use it; `Application` when absent. */
  bearerType?: 'Admin' | 'Application'
  /**
   * It speaks of a resource that belongs to a bearer, so that another bearer's is absent. True of every
   * operation with a parameter in its path, and of those that say so.
   */
  owned?: boolean
  /** Fields that name something: a value that keeps every constraint may still name nothing. */
  references?: readonly string[]
  /** Fields that are checked one by one and reported in the answer, not refused. */
  lenient?: readonly string[]
  /** Good values of fields with a pattern. */
  samples?: Readonly<Record<string, string>>
  /** Changes a request whose value is at its bound, so that it costs less. */
  atBound?(request: Case): Case
  /** Its requests need the provider's signature over a form: signed anew after each change. */
  signed?: boolean
  /** Its requests are signed as they are sent, whatever they then hold. */
  sign?: (options: ContractOptions, request: Case, now: number) => Case
  /** Fields whose values nobody may give twice, in any run. */
  unique?: readonly string[]
  /** Why one of `provoke` cannot be done in this run. */
  cannotProvoke?(world: World, status: number): string | undefined
  /** Why it cannot be used in this run. */
  needs?(world: World): string | undefined
}

export type Recipes = ReadonlyMap<string, OperationRecipe>

/** A resource: its operations by their ids in the document. */
export interface ResourceRecipes {
  operations: Record<string, OperationRecipe>
  /** Lists in pages, and how to fill them. */
  pages?: readonly PagesRecipe[]
  /** Made once, before anything is judged: what takes so long to come about that time is moved for it. */
  prepare?(world: World): Promise<void>
}

/** A list in pages. */
export interface PagesRecipe {
  operation: string
  /** Why it cannot be filled in this run. */
  needs?(world: World): string | undefined
  /** Makes so many items that the list will hold; gives what to ask it for. */
  fill(world: World, actor: Actor, count: number): Promise<PagesCase>
}

export interface PagesCase {
  request: Case
  /** Adds one item while pages are being read; absent where that takes too long. */
  addOne?: () => Promise<void>
  /** The items of an answer's body. */
  items: (body: unknown) => unknown[]
}
