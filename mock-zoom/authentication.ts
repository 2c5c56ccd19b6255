import { refusal } from './errors.ts'
import { isSignedWith, readJwt, signJwt, type ReadJwt } from './jwt.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

/*
 * Who asks. Video SDK takes an API token that the server signs itself: HS256 with the API secret, the API key as
 * its issuer. Server-to-server OAuth gives tokens for the rest of Zoom's API; whether Video SDK takes them is
 * [unverified] and a setting of the world.
 * https://developers.zoom.us/docs/video-sdk/api-request
 */

interface Known {
  world: World
  /** Virtual milliseconds. */
  expiresAt: number
}

const mostKnown = 1000
/** Seconds. */
export const oauthTokenLife = 3600

export class Authentication {
  readonly #store: Store
  /** Checked headers, for as long as no credentials change. */
  readonly #known = new Map<string, Known>()
  #knownVersion = 0

  constructor(store: Store) {
    this.#store = store
  }

  /** The world whose token this is, or a refusal. */
  admit(authorization: string | undefined): World {
    const known = this.#remembered(authorization ?? '') ?? this.#check(authorization ?? '')
    if (known.expiresAt <= known.world.now()) throw refusal('expiredToken')
    return known.world
  }

  #remembered(authorization: string): Known | undefined {
    if (this.#knownVersion !== this.#store.credentialsVersion || this.#known.size > mostKnown) {
      this.#known.clear()
      this.#knownVersion = this.#store.credentialsVersion
    }
    return this.#known.get(authorization)
  }

  #check(authorization: string): Known {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    const jwt = readJwt(token)
    const world = jwt === undefined ? undefined : this.#issuer(jwt)
    const expiresAt = Number(jwt?.claims['exp']) * 1000
    if (world === undefined || !Number.isFinite(expiresAt)) throw refusal('invalidToken')
    const known = { world, expiresAt }
    this.#known.set(authorization, known)
    return known
  }

  #issuer(jwt: ReadJwt): World | undefined {
    const { iss, iat, exp } = jwt.claims
    if (typeof iss !== 'string' || typeof iat !== 'number' || typeof exp !== 'number') {
      return undefined
    }
    for (const world of this.#store.all()) {
      const { apiKey, apiSecret, clientId, clientSecret } = world.credentials
      if (iss === apiKey && isSignedWith(jwt, apiSecret)) return world
      const isOauth = iss === clientId && isSignedWith(jwt, oauthSecret(clientSecret))
      if (isOauth && world.settings.acceptsOauth) return world
    }
    return undefined
  }
}

/** An access token for the account, if the credentials are its own. */
export function oauthToken(world: World): string {
  const { clientId, clientSecret } = world.credentials
  const iat = Math.floor(world.now() / 1000)
  const claims = { iss: clientId, aud: 'https://oauth.zoom.us', iat, exp: iat + oauthTokenLife }
  return signJwt({ ...claims, jti: world.requestIds.uuid() }, oauthSecret(clientSecret))
}

/** Zoom signs with a secret of its own, which the application does not know. */
function oauthSecret(clientSecret: string): string {
  return `oauth/${clientSecret}`
}
