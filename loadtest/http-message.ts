/*
 * As much of HTTP/1.1 as a load tool needs, so that the tool costs little beside what it measures: where a
 * message with a Content-Length, or without a body, ends.
 */

/** How long the first message in the text is, or nothing as long as its headers are not complete. */
function lengthOfMessage(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end)) ?? []
  return end + 4 + Number(length)
}

/** Takes what comes over a connection, and hands on every message that is complete. */
export function splitMessages(take: (message: string) => void): (chunk: Buffer) => void {
  let pending = ''
  return chunk => {
    pending += chunk.toString('latin1')
    for (;;) {
      const length = lengthOfMessage(pending)
      if (length === undefined || length > pending.length) return
      const message = pending.slice(0, length)
      pending = pending.slice(length)
      take(message)
    }
  }
}
