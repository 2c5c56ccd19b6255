/**
 * How a carrier splits a text: 140 octets are one SMS. A longer text travels in parts, each of which
 * gives up 6 octets for a header that says which part it is.
 *
 *   GSM-7   160 septets alone, 153 in a part; a character of the extension table costs two
 *   UCS-2    70 UTF-16 units alone, 67 in a part; one character outside GSM-7 makes the whole text UCS-2
 *
 * Neither an escape and its character nor a surrogate pair is ever split across parts, so a part may
 * close one unit short. Longer sequences that a person sees as one (flags, families, combining marks)
 * may be split: carriers count units, not what the eye sees.
 */
export type Encoding = 'GSM-7' | 'UCS-2'

export interface SegmentCount {
  encoding: Encoding
  /** Septets or UTF-16 units in the whole text. */
  units: number
  /** An empty text is still one message. */
  count: number
}

export interface Segments {
  encoding: Encoding
  units: number
  segments: string[]
}

// GSM 03.38 (3GPP TS 23.038, section 6.2.1), the default alphabet; columns are the high three bits:
//
//        0   1   2   3   4   5   6   7
//   0    @   Δ   SP  0   ¡   P   ¿   p
//   1    £   _   !   1   A   Q   a   q
//   2    $   Φ   "   2   B   R   b   r
//   3    ¥   Γ   #   3   C   S   c   s
//   4    è   Λ   ¤   4   D   T   d   t
//   5    é   Ω   %   5   E   U   e   u
//   6    ù   Π   &   6   F   V   f   v
//   7    ì   Ψ   '   7   G   W   g   w
//   8    ò   Σ   (   8   H   X   h   x
//   9    Ç   Θ   )   9   I   Y   i   y
//   A    LF  Ξ   *   :   J   Z   j   z
//   B    Ø   ESC +   ;   K   Ä   k   ä
//   C    ø   Æ   ,   <   L   Ö   l   ö
//   D    CR  æ   -   =   M   Ñ   m   ñ
//   E    Å   ß   .   >   N   Ü   n   ü
//   F    å   É   /   ?   O   §   o   à
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
  ' !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà'

// Section 6.2.1.1, the extension table: each is sent as ESC and one more septet.
const extension = '\f^{}\\[~]|€'

// By UTF-16 unit: 1 in the basic table, 2 in the extension table, 0 in neither.
const septets = new Uint8Array(0x10000)
for (const character of basic) septets[character.charCodeAt(0)] = 1
for (const character of extension) septets[character.charCodeAt(0)] = 2

const limits = {
  'GSM-7': { alone: 160, part: 153 },
  'UCS-2': { alone: 70, part: 67 }
} as const satisfies Record<Encoding, { alone: number; part: number }>

export const encodingOf = (text: string): Encoding =>
  septetsIn(text) === undefined ? 'UCS-2' : 'GSM-7'

/** Counts without allocating a string: microseconds, for every message on the hot path. */
export const countSegments = (text: string): SegmentCount => {
  const { encoding, units } = measure(text)
  if (units <= limits[encoding].alone) return { encoding, units, count: 1 }
  let count = 0
  for (let start = 0; start < text.length; count++) start = endOfPart(text, start, encoding)
  return { encoding, units, count }
}

export const segmentsOf = (text: string): Segments => {
  const { encoding, units } = measure(text)
  if (units <= limits[encoding].alone) return { encoding, units, segments: [text] }
  const segments: string[] = []
  for (let start = 0; start < text.length;) {
    const end = endOfPart(text, start, encoding)
    segments.push(text.slice(start, end))
    start = end
  }
  return { encoding, units, segments }
}

const measure = (text: string): { encoding: Encoding; units: number } => {
  const units = septetsIn(text)
  return units === undefined
    ? { encoding: 'UCS-2', units: text.length }
    : { encoding: 'GSM-7', units }
}

/** Undefined as soon as one character is in neither table. */
const septetsIn = (text: string) => {
  let sum = 0
  for (let index = 0; index < text.length; index++) {
    const cost = septets[text.charCodeAt(index)]
    if (!cost) return undefined
    sum += cost
  }
  return sum
}

const endOfPart = (text: string, start: number, encoding: Encoding) =>
  encoding === 'GSM-7' ? endOfSeptets(text, start) : endOfUnits(text, start)

const endOfSeptets = (text: string, start: number) => {
  let room: number = limits['GSM-7'].part
  let end = start
  while (end < text.length) {
    room -= septets[text.charCodeAt(end)] ?? 0
    if (room < 0) break
    end++
  }
  return end
}

const endOfUnits = (text: string, start: number) => {
  const end = start + limits['UCS-2'].part
  if (end >= text.length) return text.length
  return isHighSurrogate(text.charCodeAt(end - 1)) && isLowSurrogate(text.charCodeAt(end))
    ? end - 1
    : end
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
