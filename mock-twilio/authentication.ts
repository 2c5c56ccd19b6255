import { refusal } from './errors.ts'
import type { KeyRecord } from './resources/key.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

/*
 * HTTP Basic, with AccountSid:AuthToken or with an API key's sid and secret. A parent account may act on its
 * subaccounts. An API key acts on the account in the path; on hosts whose paths name no account, on its owner.
 * https://www.twilio.com/docs/usage/requests-to-twilio
 */

export interface Principal {
  username: string
  /** When it is a key and not the auth token that opens them. */
  key: KeyRecord | undefined
  /** The worlds these credentials open, the one that is meant without a path first. */
  worlds: readonly World[]
}

export interface Admission {
  world: World
  /** The account whose credentials these are: the world itself, or its parent. */
  caller: World
  key: KeyRecord | undefined
}

export class Authentication {
  readonly #store: Store
  /** Checked headers, for as long as no credentials change. */
  readonly #known = new Map<string, Principal>()
  #knownVersion = 0

  constructor(store: Store) {
    this.#store = store
  }

  /** The world that the request is about and who asks, or a refusal. */
  admit(authorization: string | undefined, accountSid: string | undefined): Admission {
    const principal = this.principal(authorization)
    const [caller] = principal?.worlds ?? []
    if (principal === undefined || caller === undefined) throw refusal(20003)
    const world = this.#worldFor(principal, caller, accountSid)
    return { world, caller: principal.worlds.includes(world) ? world : caller, key: principal.key }
  }

  #worldFor(principal: Principal, first: World, accountSid: string | undefined): World {
    if (accountSid === undefined || accountSid === first.accountSid) return first
    const named = principal.worlds.find(world => world.accountSid === accountSid)
    if (named !== undefined) return named
    const world = this.#store.get(accountSid)
    // A foreign account is refused, an unknown one is not there. (Our choice between two plausible answers.)
    if (world === undefined) throw refusal(20404, `/2010-04-01/Accounts/${accountSid}.json`)
    if (principal.worlds.some(parent => parent.accountSid === world.ownerSid)) return world
    throw refusal(20003)
  }

  principal(authorization: string | undefined): Principal | undefined {
    if (authorization === undefined) return undefined
    if (this.#knownVersion !== this.#store.credentialsVersion) {
      this.#known.clear()
      this.#knownVersion = this.#store.credentialsVersion
    }
    const known = this.#known.get(authorization)
    if (known !== undefined) return known
    const principal = this.#check(authorization)
    if (principal !== undefined) this.#known.set(authorization, principal)
    return principal
  }

  #check(authorization: string): Principal | undefined {
    const decoded = credentialsIn(authorization)
    if (decoded === undefined) return undefined
    const colon = decoded.indexOf(':')
    if (colon === -1) return undefined
    const username = decoded.slice(0, colon)
    const password = decoded.slice(colon + 1)
    if (username.startsWith('SK')) {
      const worlds = [...this.#store.keyOwners(username)].filter(
        world => world.keys.get(username)?.secret === password
      )
      const [first] = worlds
      return first && { username, worlds, key: first.keys.get(username) }
    }
    const world = this.#store.get(username)
    if (world?.authToken !== password) return undefined
    return { username, worlds: [world], key: undefined }
  }
}

/** Who somebody says to be, whether or not it is true. */
export function usernameIn(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : credentialsIn(authorization)?.split(':')[0]
}

function credentialsIn(authorization: string): string | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization) ?? []
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8')
}
