/*
 * How a carrier cuts a text. In the alphabet of GSM 03.38 a single message holds 160 septets; the parts of a
 * longer one hold 153, since each begins with a header that tells which part it is. One character outside
 * the alphabet, and the whole text is sent as UCS-2: 70 units of 16 bits alone, 67 in a part.
 * A character is never split between parts.
 * https://www.twilio.com/docs/glossary/what-sms-character-limit
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
)

/** These cost two septets: an escape and the character. */
const extended = new Set('\f^{}\\[~]|€')

export interface Segmentation {
  encoding: 'GSM-7' | 'UCS-2'
  segments: number
  /** The text of each part. */
  parts: string[]
}

const plainAscii = /^[ -Z_a-z\n\r]*$/

/** The number alone; the usual short plain text costs one look. */
export function countSegments(text: string): number {
  if (text.length <= 160 && plainAscii.test(text)) return 1
  return segment(text).segments
}

export function segment(text: string): Segmentation {
  const characters = Array.from(text)
  const isGsm = characters.every(character => basic.has(character) || extended.has(character))
  const cost = isGsm
    ? (character: string) => (extended.has(character) ? 2 : 1)
    : (character: string) => character.length
  const total = characters.reduce((sum, character) => sum + cost(character), 0)
  const encoding = isGsm ? 'GSM-7' : 'UCS-2'
  if (total <= (isGsm ? 160 : 70)) return { encoding, segments: 1, parts: [text] }
  const parts = cut(characters, cost, isGsm ? 153 : 67)
  return { encoding, segments: parts.length, parts }
}

function cut(
  characters: readonly string[],
  cost: (character: string) => number,
  room: number
): string[] {
  const parts: string[] = []
  let part = ''
  let used = 0
  for (const character of characters) {
    if (used + cost(character) > room) {
      parts.push(part)
      part = ''
      used = 0
    }
    part += character
    used += cost(character)
  }
  parts.push(part)
  return parts
}
