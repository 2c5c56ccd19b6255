import { createHmac, timingSafeEqual } from 'node:crypto'

/** Tokens in the form of RFC 7519, signed with HMAC-SHA256, which is all that Zoom signs and takes here. */

export interface ReadJwt {
  header: Readonly<Record<string, unknown>>
  claims: Readonly<Record<string, unknown>>
  /** What is signed, and the signature. */
  signed: string
  signature: string
}

const longestToken = 8192

/** Undefined for what has not the form of a token. Nothing is verified yet. */
export function readJwt(token: string): ReadJwt | undefined {
  if (token.length > longestToken) return undefined
  const parts = token.split('.')
  const [head = '', body = '', signature = ''] = parts
  if (parts.length !== 3 || !isBase64Url(signature)) return undefined
  const header = recordIn(head)
  const claims = recordIn(body)
  if (header === undefined || claims === undefined) return undefined
  return { header, claims, signed: `${head}.${body}`, signature }
}

/** Whether header and signature are those of HS256 with this secret. */
export function isSignedWith({ header, signed, signature }: ReadJwt, secret: string): boolean {
  if (header['alg'] !== 'HS256' || header['typ'] !== 'JWT') return false
  const expected = Buffer.from(signatureOf(signed, secret))
  const given = Buffer.from(signature)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

export function signJwt(claims: Readonly<Record<string, unknown>>, secret: string): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${signed}.${signatureOf(signed, secret)}`
}

function signatureOf(signed: string, secret: string): string {
  return createHmac('sha256', secret).update(signed).digest('base64url')
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function recordIn(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!isBase64Url(part)) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBase64Url(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text)
}
