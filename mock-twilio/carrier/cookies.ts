/*
 * Twilio is a browser to the application: what a document sets for one pair of numbers comes back with the
 * next request about the same pair, until nothing was said between the two for four hours.
 * https://www.twilio.com/docs/messaging/twiml#cookies
 * Of RFC 6265, as much as an application could notice: Path, Max-Age, Expires and Secure. A cookie goes back
 * to the host that set it alone, whatever its Domain.
 */

interface Cookie {
  name: string
  value: string
  host: string
  path: string
  isSecure: boolean
  /** null when it ends with the conversation. */
  expiresAt: number | null
}

export interface CookieJar {
  cookies: Cookie[]
  usedAt: number
}

/** By the two numbers. Plain data. */
export type CookieJars = Map<string, CookieJar>

const idleMs = 4 * 3_600_000
const mostCookies = 50
const mostBytes = 4096
const mostJars = 10_000

/** The Cookie header for a request to this URL, or undefined. */
export function cookieHeader(
  jars: CookieJars,
  pair: string,
  url: string,
  now: number
): string | undefined {
  const jar = jars.get(pair)
  const target = URL.parse(url)
  if (jar === undefined || target === null) return undefined
  if (now - jar.usedAt > idleMs) {
    jars.delete(pair)
    return undefined
  }
  jar.usedAt = now
  jar.cookies = jar.cookies.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  const sent = jar.cookies
    .filter(cookie => goesTo(cookie, target))
    .toSorted((a, b) => b.path.length - a.path.length)
  if (sent.length === 0) return undefined
  return sent.map(({ name, value }) => `${name}=${value}`).join('; ')
}

export function keepCookies(
  jars: CookieJars,
  pair: string,
  answer: { url: string; setCookies: readonly string[]; now: number }
): void {
  const { url, setCookies, now } = answer
  const target = URL.parse(url)
  if (setCookies.length === 0 || target === null) return
  const jar = jars.get(pair) ?? { cookies: [], usedAt: now }
  jar.usedAt = now
  for (const line of setCookies) {
    const cookie = line.length > mostBytes ? undefined : parseSetCookie(line, target, now)
    if (cookie === undefined) continue
    jar.cookies = jar.cookies.filter(
      ({ name, host, path }) => name !== cookie.name || host !== cookie.host || path !== cookie.path
    )
    if (cookie.expiresAt === null || cookie.expiresAt > now) jar.cookies.push(cookie)
  }
  jar.cookies = jar.cookies.slice(-mostCookies)
  jars.delete(pair)
  jars.set(pair, jar)
  if (jars.size > mostJars) dropIdle(jars, now)
}

/** The idle ones, and if there are none, the one that was set longest ago. */
function dropIdle(jars: CookieJars, now: number): void {
  for (const [pair, { usedAt }] of jars) if (now - usedAt > idleMs) jars.delete(pair)
  const [oldest] = jars.keys()
  if (jars.size > mostJars && oldest !== undefined) jars.delete(oldest)
}

function goesTo({ host, path, isSecure }: Cookie, target: URL): boolean {
  if (host !== target.hostname || (isSecure && target.protocol !== 'https:')) return false
  const { pathname } = target
  return (
    pathname === path ||
    (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'))
  )
}

function parseSetCookie(line: string, target: URL, now: number): Cookie | undefined {
  const [pair = '', ...rest] = line.split(';')
  const end = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, end)).trim()
  if (name === '') return undefined
  const attributes = new Map(
    rest.map(attribute => {
      const [key = '', ...value] = attribute.split('=')
      return [key.trim().toLowerCase(), value.join('=').trim()] as const
    })
  )
  const path = attributes.get('path')
  return {
    name,
    value: pair.slice(end + 1).trim(),
    host: target.hostname,
    path: path?.startsWith('/') ? path : defaultPath(target),
    isSecure: attributes.has('secure'),
    expiresAt: expiryOf(attributes, now)
  }
}

/** Max-Age counts before Expires. */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number | null {
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000
  const expires = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(expires) ? null : expires
}

function defaultPath({ pathname }: URL): string {
  const end = pathname.lastIndexOf('/')
  return end <= 0 ? '/' : pathname.slice(0, end)
}
