import fp from 'fastify-plugin'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { stopwatch } from './clock.ts'
import { errors } from './errors.ts'
import { sha256 } from './secrets.ts'
import { isWellFormedToken } from './tokens.ts'

/** Who is asking: the bearer behind the token of a request. */
export interface CurrentBearer {
  id: number
  name: string
  type: 'Admin' | 'Application' | 'User'
  keyId: number
}

/**
 * Who may call a route. `provider`: signed by a provider, checked by the route itself; `provider_or_bearer`: so,
 * unless it comes with a token.
 */
type Access = 'public' | 'provider' | 'bearer' | 'provider_or_bearer' | 'admin'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that is neither public nor a provider's. */
    bearer: CurrentBearer
  }
  interface FastifyContextConfig {
    /** `bearer` when absent. */
    access?: Access
  }
  interface FastifyInstance {
    access: AccessControl
  }
}

const mostBelieved = 10_000

export interface AccessControl {
  /** Stops believing the keys of this process's own deletions at once. */
  forget(): void
}

/**
 * Finds the bearer of every request, and answers 403 to whoever may not call the route. A token is believed
 * for `believedMs` without asking the database: the longest that a deletion by another process stays unseen.
 */
export const accessPlugin = fp<{ database: Database; believedMs: number }>(
  async (app, { database, believedMs }) => {
    const believed = new Map<string, Belief>()

    async function lookUp(tokenHash: string): Promise<CurrentBearer | undefined> {
      const { rows } = await sql<{
        id: number
        name: string
        type: CurrentBearer['type']
        keyId: number
      }>`
        select b.id, b.bearer_name as name, b.bearer_type as type, k.id as "keyId"
        from api_keys k join bearers b on b.id = k.bearer_id
        where k.token_hash = ${tokenHash}`.execute(database.sql)
      return rows[0]
    }

    async function bearerOf(token: string): Promise<CurrentBearer | undefined> {
      if (!isWellFormedToken(token)) return undefined
      if (believed.size >= mostBelieved) believed.clear()
      const belief: Belief = {
        until: stopwatch() + believedMs,
        asked: lookUp(sha256(token)),
        bearer: undefined
      }
      believed.set(token, belief)
      try {
        belief.bearer = await belief.asked
        return belief.bearer
      } catch (error) {
        believed.delete(token)
        throw error
      }
    }

    app.decorate('access', { forget: () => believed.clear() })
    app.decorateRequest('bearer')

    app.addHook('onRequest', (request, _reply, done) => {
      const access = request.routeOptions.config.access ?? 'bearer'
      if (access === 'public' || access === 'provider' || request.is404) return done()
      // Whoever signs is no client, also when it comes with credentials that stand in its URL.
      if (access === 'provider_or_bearer' && request.headers['x-twilio-signature'] !== undefined)
        return done()
      const token = tokenIn(request.headers.authorization)
      const admit = (bearer: CurrentBearer | undefined): void => {
        if (!bearer) return done(new errors.forbidden('The token is unknown or was revoked.'))
        if (access === 'admin' && bearer.type !== 'Admin')
          return done(new errors.forbidden('This operation needs an API key of an Admin bearer.'))
        request.bearer = bearer
        done()
      }
      const belief = believed.get(token)
      if (belief?.bearer && belief.until > stopwatch()) return admit(belief.bearer)
      const asked = belief && belief.until > stopwatch() ? belief.asked : bearerOf(token)
      asked.then(admit, done)
    })
  },
  { name: 'access' }
)

/** What the database said of a token. `bearer` is there as soon as it has answered. */
interface Belief {
  until: number
  asked: Promise<CurrentBearer | undefined>
  bearer: CurrentBearer | undefined
}

function tokenIn(header: string | undefined): string {
  if (header === undefined)
    throw new errors.forbidden('The header Authorization: Bearer <token> is missing.')
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (token === undefined)
    throw new errors.forbidden('The header Authorization must read: Bearer <token>.')
  return token
}
