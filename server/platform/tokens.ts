import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * API tokens: a prefix that secret scanners and people recognise, 256 random bits, and a checksum that
 * tells a mistyped token from an unknown one without asking the database.
 *
 *   csk_<43 base64url characters>_<8 hex digits of the CRC-32 of what stands before>
 */
const tokenPattern = /^csk_[A-Za-z0-9_-]{43}_[0-9a-f]{8}$/

export function createToken(random: Buffer = randomBytes(32)): string {
  const text = `csk_${random.toString('base64url')}`
  return `${text}_${checksum(text)}`
}

/** Whether the text can be one of our tokens at all. */
export function isWellFormedToken(text: string): boolean {
  return tokenPattern.test(text) && checksum(text.slice(0, -9)) === text.slice(-8)
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')
