/** Seeded chance: the same seed makes the same names, orders and choices. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  integer(below: number): number
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

/** https://prng.di.unimi.it/splitmix64.c, its low half; seeded by the FNV-1a hash of a text. */
export function randomFrom(seed: string): Random {
  let state = 0x811c9dc5
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
  const integer = (below: number): number => Math.floor(next() * below)
  return {
    next,
    integer,
    pick(items) {
      const item = items[integer(items.length)]
      if (item === undefined) throw new Error('There is nothing to pick from')
      return item
    },
    shuffle(items) {
      const shuffled = items.map(item => ({ item, place: next() }))
      return shuffled.toSorted((a, b) => a.place - b.place).map(({ item }) => item)
    }
  }
}
