import { createHash } from 'node:crypto'

/*
 * The answer to a server that asks for HTTP Digest: RFC 7616, and RFC 2617 for those without qop.
 */

export interface DigestRequest {
  username: string
  password: string
  method: string
  /** Path and query. */
  uri: string
  /** Of the client's own choosing. */
  cnonce: string
}

/** undefined for a challenge that is none of Digest's, or that asks for what is not known here. */
export function digestAuthorization(
  challenge: string,
  { username, password, method, uri, cnonce }: DigestRequest
): string | undefined {
  const start = /(?:^|,\s*)Digest\s+/i.exec(challenge)
  if (start === null) return undefined
  const given = parametersIn(challenge.slice(start.index + start[0].length))
  const realm = given.get('realm')
  const nonce = given.get('nonce')
  if (realm === undefined || nonce === undefined) return undefined
  const algorithm = given.get('algorithm') ?? 'MD5'
  const hashName = hashNames.get(algorithm.toLowerCase().replace(/-sess$/, ''))
  if (hashName === undefined) return undefined
  const hash = (text: string) => createHash(hashName).update(text, 'utf8').digest('hex')
  const offered = given
    .get('qop')
    ?.split(',')
    .map(word => word.trim().toLowerCase())
  if (offered !== undefined && !offered.includes('auth')) return undefined

  const plain = hash(`${username}:${realm}:${password}`)
  const isSession = algorithm.toLowerCase().endsWith('-sess')
  const secret = isSession ? hash(`${plain}:${nonce}:${cnonce}`) : plain
  const asked = hash(`${method}:${uri}`)
  const count = '00000001'
  const response =
    offered === undefined
      ? hash(`${secret}:${nonce}:${asked}`)
      : hash(`${secret}:${nonce}:${count}:${cnonce}:auth:${asked}`)

  const parts = [
    `username="${escaped(username)}"`,
    `realm="${escaped(realm)}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
    `response="${response}"`
  ]
  if (offered !== undefined) parts.push('qop=auth', `nc=${count}`)
  if (offered !== undefined || isSession) parts.push(`cnonce="${cnonce}"`)
  const opaque = given.get('opaque')
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`)
  return `Digest ${parts.join(', ')}`
}

const hashNames = new Map([
  ['md5', 'md5'],
  ['sha-256', 'sha256'],
  ['sha-512-256', 'sha512-256']
])

function parametersIn(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, plain] of text.matchAll(
    /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g
  )) {
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
  }
  return parameters
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}
