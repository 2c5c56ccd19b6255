/**
 * Group commit: many small writes that arrive together become one transaction.
 *
 * An item waits until the writer is free, then goes with everything that has gathered meanwhile; when the
 * writer is idle, one turn of the event loop is waited for neighbours. Each caller is answered after the
 * commit that holds *its* item. Durable, and many times faster than a transaction each.
 *
 * When a batch cannot be written, its items are tried one by one, so that one poisonous item does not fail
 * its neighbours.
 */
export class GroupCommit<Item, Result> {
  readonly #write: (items: Item[]) => Promise<Result[]>
  readonly #maxItems: number
  #waiting: Waiter<Item, Result>[] = []
  #writing: Promise<void> | undefined

  /**
   * @param write stores all items in one transaction and returns their results in the same order; an
   *   `Error` among the results rejects that item alone
   */
  constructor(write: (items: Item[]) => Promise<Result[]>, { maxItems = 500 } = {}) {
    this.#write = write
    this.#maxItems = maxItems
  }

  submit(item: Item): Promise<Exclude<Result, Error>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#writing ??= this.#run()
    })
  }

  /** Resolves when everything submitted so far has been answered. */
  async drain(): Promise<void> {
    await this.#writing
  }

  async #run(): Promise<void> {
    await this.#gather()
    while (this.#waiting.length > 0) {
      await this.#commit(this.#waiting.splice(0, this.#maxItems))
      if (this.#waiting.length > 0) await this.#gather()
    }
    this.#writing = undefined
  }

  /** Waits for neighbours: as long as every turn of the event loop brings some, within bounds. */
  async #gather(): Promise<void> {
    for (let turn = 0, before = 0; turn < mostTurns && this.#waiting.length > before; turn++) {
      before = this.#waiting.length
      if (before >= this.#maxItems) return
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  async #commit(batch: Waiter<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map(waiter => waiter.item))
      for (const [index, waiter] of batch.entries()) settle(waiter, results[index])
    } catch (error) {
      const [only, ...others] = batch
      if (only && others.length === 0) return only.reject(error)
      for (const waiter of batch) await this.#commit([waiter])
    }
  }
}

/** A turn takes a fraction of a millisecond while requests come in. */
const mostTurns = 3

interface Waiter<Item, Result> {
  item: Item
  resolve: (result: Exclude<Result, Error>) => void
  reject: (error: unknown) => void
}

function settle<Item, Result>(waiter: Waiter<Item, Result>, result: Result | undefined): void {
  if (result instanceof Error) waiter.reject(result)
  else waiter.resolve(result as Exclude<Result, Error>)
}
