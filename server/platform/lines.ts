import type { Readable } from 'node:stream'
import { errors } from './errors.ts'

const newline = 0x0a
const carriageReturn = 0x0d
/** The longest line of a stream. */
const longestLineBytes = 64 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The lines of a stream with their numbers, from 1, without those that are empty; never more than one is held.
 * A line that is not UTF-8 is undefined.
 *
 * @throws 413 for a line that is too long
 */
export async function* linesOf(
  stream: Readable
): AsyncGenerator<{ line: number; text: string | undefined }> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 0
  // Left before its end the stream stays: the connection that it comes from is the client's.
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline)) {
      line++
      if (end > longestLineBytes) throw new errors.tooLarge(String(longestLineBytes))
      const text = textOf(bytes.subarray(0, end))
      if (text !== '') yield { line, text }
      bytes = bytes.subarray(end + 1)
    }
    if (bytes.length > longestLineBytes) throw new errors.tooLarge(String(longestLineBytes))
    rest = bytes
  }
  const text = textOf(rest)
  if (text !== '') yield { line: line + 1, text }
}

/** A line ends with CR LF where it was written on Windows. */
function textOf(bytes: Buffer): string | undefined {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length
  try {
    return utf8.decode(bytes.subarray(0, end))
  } catch {
    return undefined
  }
}
