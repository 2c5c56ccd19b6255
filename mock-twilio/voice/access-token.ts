import { createDecoder, createVerifier, TokenError } from 'fast-jwt'

import { refusal } from '../errors.ts'
import type { World } from '../world.ts'

/*
 * What a browser signs in with: a JWT that the application has signed with the secret of an API key.
 * https://www.twilio.com/docs/iam/access-tokens, https://www.twilio.com/docs/api/errors/20101
 */

export interface VoiceGrant {
  identity: string
  expiresAt: number
  /** Whether it may be called. */
  isReachable: boolean
  /** Where its own calls go, and with which parameters. */
  applicationSid: string | null
  parameters: [string, string][]
}

const contentType = 'twilio-fpa;v=1'
const algorithms = ['HS256', 'HS384', 'HS512'] as const
const longestLifeMs = 24 * 3_600_000
/** Clocks differ. */
const skewMs = 5000

const decode = createDecoder({ complete: true })

/** Throws Twilio's refusal of what is wrong with it. */
export function readAccessToken(world: World, token: string): VoiceGrant {
  const { header, payload } = decoded(token)
  const algorithm = algorithms.find(known => known === header['alg'])
  if (algorithm === undefined) throw refusal(20102, `alg is one of ${algorithms.join(', ')}`)
  if (header['cty'] !== contentType) throw refusal(20102, `cty is ${contentType}`)
  const key = world.keys.get(String(payload['iss']))
  if (key === undefined) throw refusal(20103, 'iss is no API key of this account')
  if (payload['sub'] !== world.accountSid) throw refusal(20103, `sub is ${world.accountSid}`)
  verify(token, key.secret, algorithm)
  const expiresAt = checkTimes(world.now(), payload)
  return { expiresAt, ...readGrants(payload['grants']) }
}

function decoded(token: string): { header: Fields; payload: Fields } {
  try {
    const found: unknown = decode(token)
    if (isFields(found) && isFields(found['header']) && isFields(found['payload'])) {
      return { header: found['header'], payload: found['payload'] }
    }
  } catch {
    // Said below: it is no JWT.
  }
  throw refusal(20101, 'it is no JWT')
}

function verify(token: string, key: string, algorithm: (typeof algorithms)[number]): void {
  try {
    createVerifier({ key, algorithms: [algorithm], ignoreExpiration: true, ignoreNotBefore: true })(
      token
    )
  } catch (error) {
    if (error instanceof TokenError) throw refusal(20107)
    throw error
  }
}

function checkTimes(now: number, { iat, exp, nbf }: Fields): number {
  if (typeof exp !== 'number') throw refusal(20104, 'exp is a time in seconds')
  const expiresAt = exp * 1000
  if (expiresAt + skewMs <= now) throw refusal(20104, 'it has expired')
  const begins = typeof iat === 'number' ? iat * 1000 : now
  if (expiresAt - begins > longestLifeMs) throw refusal(20104, 'it is valid for more than 24 hours')
  const validFrom = typeof nbf === 'number' ? nbf * 1000 : begins
  if (validFrom - skewMs > now) throw refusal(20105, 'its time has not come')
  return expiresAt
}

function readGrants(grants: unknown): Omit<VoiceGrant, 'expiresAt'> {
  if (!isFields(grants)) throw refusal(20106, 'there are none')
  const { identity, voice } = grants
  if (typeof identity !== 'string' || identity === '' || identity.length > longestIdentity) {
    throw refusal(20106, `identity has 1 to ${longestIdentity} characters`)
  }
  if (!isFields(voice)) throw refusal(20106, 'there is none for voice')
  const { incoming, outgoing } = voice
  const sid = isFields(outgoing) ? outgoing['application_sid'] : undefined
  const more = isFields(outgoing) && isFields(outgoing['params']) ? outgoing['params'] : {}
  return {
    identity,
    isReachable: isFields(incoming) && incoming['allow'] === true,
    applicationSid: typeof sid === 'string' ? sid : null,
    parameters: Object.entries(more).map(([name, value]) => [name, String(value)])
  }
}

const longestIdentity = 121

type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
