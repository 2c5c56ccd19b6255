/*
 * Answers come back in an order that the network decides. What follows from them is put back into the order
 * in which the questions were asked, so that the same story is told in the same words each time. Nothing
 * waits to be asked: only hearing the answer waits, for those that were asked earlier.
 */
export class OrderedResults {
  #lastHeard: Promise<unknown> = Promise.resolve()

  /** Settles as `asked` does, when all that was handed in before has settled and been heard. */
  inTurn<T>(asked: Promise<T>): Promise<T> {
    // It may fail before its turn, and is heard then.
    asked.catch(() => undefined)
    const turn = this.#lastHeard
    const result = turn.then(() => asked)
    this.#lastHeard = result.then(untilHeard, untilHeard)
    return result
  }
}

/** Those who await the result run to their next wait before the next one is told. */
function untilHeard(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}
