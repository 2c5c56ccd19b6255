/**
 * What makes a text unfit to be stored and sent on, as the end of a sentence that begins with the
 * field's name; undefined when it is fit. PostgreSQL refuses a null byte in text, and half of a surrogate pair
 * has no UTF-8 form: each would pass SQLite and JSON, and fail or change silently further on. The index
 * counts UTF-16 units from 0, as a JavaScript client would.
 */
export const textProblem = (text: string): string | undefined => {
  const nullByte = text.indexOf('\0')
  if (nullByte >= 0) return `must not hold a null byte, got one at index ${nullByte}`
  if (text.isWellFormed()) return undefined
  const index = text.search(loneSurrogate)
  const unit = text.charCodeAt(index)
  const kind = unit <= lastHighSurrogate ? 'high' : 'low'
  return `must not hold half of a surrogate pair, got a lone ${kind} surrogate U+${unit.toString(16).toUpperCase()} at index ${index}`
}

/** Unicode code points; a text without surrogates has as many as it has units. */
export function countCodePoints(text: string): number {
  let count = text.length
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place)
    if (unit >= 0xd800 && unit <= lastHighSurrogate) count--
  }
  return count
}

const lastHighSurrogate = 0xdbff

// With the u flag a proper pair is one code point, so that only halves match.
const loneSurrogate = /\p{Surrogate}/u
