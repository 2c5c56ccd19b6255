/** RFC 2822 in UTC, as everything under /2010-04-01 writes it: Thu, 24 Aug 2023 05:01:45 +0000 */
export function rfc2822(at: number): string {
  const second = Math.floor(at / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastText = new Date(second * 1000).toUTCString().replace('GMT', '+0000')
  }
  return lastText
}

// Most dates that are written are of the same second as the one before.
let lastSecond = Number.NaN
let lastText = ''

/** ISO 8601 in whole seconds, as the newer products write it: 2015-07-30T20:12:31Z */
export function iso8601(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
