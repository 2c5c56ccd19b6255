import { createHmac, hash } from 'node:crypto'

/*
 * HMAC (RFC 2104) as its two hashes, which cost half of what `createHmac` does: two signatures are made for every
 * message. A key of plain letters, as auth tokens are, makes the first block text like what is signed.
 */

const blockSize = 64
const mostKeys = 1000
const plainKey = /^[ -~]{0,64}$/

interface PaddedKey {
  inner: string
  /** With room behind it for the inner digest. */
  outer: Buffer
}

const paddedKeys = new Map<string, PaddedKey>()

/** In Base64. */
export function hmacSha1(key: string, text: string): string {
  const padded = paddedKeys.get(key) ?? padKey(key)
  if (padded === undefined) return createHmac('sha1', key).update(text, 'utf8').digest('base64')
  padded.outer.write(hash('sha1', padded.inner + text, 'latin1'), blockSize, 'latin1')
  return hash('sha1', padded.outer, 'base64')
}

function padKey(key: string): PaddedKey | undefined {
  if (!plainKey.test(key)) return undefined
  const block = Buffer.alloc(blockSize)
  block.write(key, 'latin1')
  const inner = Buffer.from(block.map(byte => byte ^ 0x36)).toString('latin1')
  const outer = Buffer.concat([block.map(byte => byte ^ 0x5c), Buffer.alloc(20)])
  const padded = { inner, outer }
  if (paddedKeys.size >= mostKeys) paddedKeys.clear()
  paddedKeys.set(key, padded)
  return padded
}
