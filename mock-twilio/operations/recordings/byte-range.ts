export interface ByteRange {
  from: number
  /** Behind the last byte. */
  to: number
}

/**
 * The part of a file that is asked for. Several parts at once, and what is no range of bytes, are not
 * understood, and all of it is sent. https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function byteRange(
  header: string | undefined,
  size: number
): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(size, Number(last))
    return length === 0 ? 'unsatisfiable' : { from: size - length, to: size }
  }
  const from = Number(first)
  const to = last === '' ? size : Math.min(size, Number(last) + 1)
  if (from >= size) return 'unsatisfiable'
  // A range that ends before it begins is none.
  return to <= from ? undefined : { from, to }
}
