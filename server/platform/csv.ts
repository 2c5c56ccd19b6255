/*
 * Comma-separated values, a record a line: https://www.rfc-editor.org/rfc/rfc4180. A value with a comma or a
 * quote stands in quotes, a quote in it is doubled.
 */

export const csvLine = (values: readonly (string | null)[]): string =>
  values
    .map(value => (/[",\r\n]/.test(value ?? '') ? `"${value?.replaceAll('"', '""')}"` : value))
    .join(',')

/** The values of a line; undefined when its quotes do not match. */
export function csvValues(line: string): string[] | undefined {
  const values: string[] = []
  let at = 0
  for (;;) {
    const [found, quoted, plain = ''] = nextValue(line, at)
    if (found === undefined) return undefined
    values.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    at += found.length
    if (at >= line.length) return values
    // What follows a value is a comma.
    if (line[at] !== ',') return undefined
    at++
  }
}

function nextValue(line: string, at: number): (string | undefined)[] {
  const pattern = /"((?:[^"]|"")*)"|([^",]*)/y
  pattern.lastIndex = at
  return [...(pattern.exec(line) ?? [])]
}
