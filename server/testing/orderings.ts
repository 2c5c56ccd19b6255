/** What can come of a few callbacks on their way: every order, every repetition. Pure, and complete within its bounds. */

export interface RepetitionBounds {
  /** How often one item may come, at most. */
  each: number
  /** How many items more than once each may come in all. */
  repeats: number
  /** How many items may come in all. */
  arrivals: number
}

/** Every distinct order of the items; equal items are not told apart. */
export function* orderingsOf<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length === 0) yield []
  for (const item of new Set(items)) {
    for (const rest of orderingsOf(items.toSpliced(items.indexOf(item), 1))) yield [item, ...rest]
  }
}

/** How often each of so many items may come: once at least, and within the bounds. */
export function* repetitionsOf(count: number, bounds: RepetitionBounds): Generator<number[]> {
  if (count > bounds.arrivals) return
  if (count === 0) {
    yield []
    return
  }
  for (let times = 1; times <= Math.min(bounds.each, bounds.repeats + 1); times++) {
    const left = {
      ...bounds,
      repeats: bounds.repeats - (times - 1),
      arrivals: bounds.arrivals - times
    }
    for (const rest of repetitionsOf(count - 1, left)) yield [times, ...rest]
  }
}

/** Every order in which the items can arrive, each once or more often. The items are distinct. */
export function* arrivalsOf<Item>(
  items: readonly Item[],
  bounds: RepetitionBounds
): Generator<Item[]> {
  for (const times of repetitionsOf(items.length, bounds))
    yield* orderingsOf(
      items.flatMap((item, place) => Array.from({ length: times[place] ?? 0 }, () => item))
    )
}

/** The items with one more among them: at the beginning, and after each. */
export function* insertionsOf<Item>(items: readonly Item[], item: Item): Generator<Item[]> {
  for (let place = 0; place <= items.length; place++) yield items.toSpliced(place, 0, item)
}

/** The items without any of those before the last one: every selection, in their order. */
export function* omissionsOf<Item>(items: readonly Item[]): Generator<Item[]> {
  const [first, ...rest] = items
  if (first === undefined) return
  if (rest.length === 0) {
    yield [first]
    return
  }
  for (const kept of omissionsOf(rest)) {
    yield [first, ...kept]
    yield kept
  }
}
