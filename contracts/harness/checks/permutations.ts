/** Every order of the items. */
export const permutations = <T>(items: readonly T[]): T[][] =>
  items.length <= 1
    ? [[...items]]
    : items.flatMap((item, place) =>
        permutations(items.toSpliced(place, 1)).map(rest => [item, ...rest])
      )
