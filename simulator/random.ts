export type RandomState = readonly [a: number, b: number, c: number, d: number]

/*
 * Chance that can be repeated: sfc32, seeded from text. Every stream is made from a name, so that what one
 * part of the simulator draws never disturbs what another part draws.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d = 1

  constructor(seed: string) {
    const [a, b, c] = hashText(seed)
    this.#a = a
    this.#b = b
    this.#c = c
    for (let round = 0; round < 12; round++) this.uint32()
  }

  /** Where the stream stands: `fromState` goes on from there. */
  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d]
  }

  static fromState([a, b, c, d]: RandomState): Random {
    const random = new Random('')
    random.#a = a
    random.#b = b
    random.#c = c
    random.#d = d
    return random
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** At least 0, below 1. */
  fraction(): number {
    return this.uint32() / 4_294_967_296
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** `length` lower-case hexadecimal digits; `length` is a multiple of 8, and at most 64. */
  hex(length: number): string {
    const bytes = length / 2
    for (let offset = 0; offset < bytes; offset += 4) words.writeUInt32BE(this.uint32(), offset)
    return words.toString('hex', 0, bytes)
  }

  uuid(): string {
    const digits = this.hex(32)
    const variant = (8 + (this.uint32() & 3)).toString(16)
    const start = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}`
    return `${start}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`
  }
}

// Written and read within one call of `hex`.
const words = Buffer.alloc(32)

/** Three 32-bit words of a text (the mixing step of MurmurHash3, over three lanes). */
function hashText(text: string): [number, number, number] {
  let a = 1_779_033_703
  let b = 3_144_134_277
  let c = 1_013_904_242
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    a = b ^ Math.imul(a ^ code, 597_399_067)
    b = c ^ Math.imul(b ^ code, 2_869_860_233)
    c = a ^ Math.imul(c ^ code, 951_274_213)
  }
  a = Math.imul(c ^ (a >>> 18), 597_399_067)
  b = Math.imul(a ^ (b >>> 22), 2_869_860_233)
  c = Math.imul(b ^ (c >>> 17), 951_274_213)
  return [a >>> 0, b >>> 0, c >>> 0]
}
