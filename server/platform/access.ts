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

/** Who may call a route. `provider`: signed by a provider, checked by the route itself. */
type Access = 'public' | 'provider' | 'bearer' | 'admin'

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
    const believed = new Map<
      string,
      { until: number; bearer: Promise<CurrentBearer | undefined> }
    >()

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

    function bearerOf(token: string): Promise<CurrentBearer | undefined> {
      const now = stopwatch()
      const known = believed.get(token)
      if (known && known.until > now) return known.bearer
      if (believed.size >= mostBelieved) believed.clear()
      const bearer = lookUp(sha256(token))
      believed.set(token, { until: now + believedMs, bearer })
      bearer.catch(() => believed.delete(token))
      return bearer
    }

    app.decorate('access', { forget: () => believed.clear() })
    app.decorateRequest('bearer')

    app.addHook('onRequest', async request => {
      const access = request.routeOptions.config.access ?? 'bearer'
      if (access === 'public' || access === 'provider' || request.is404) return
      const token = tokenIn(request.headers.authorization)
      const bearer = isWellFormedToken(token) ? await bearerOf(token) : undefined
      if (!bearer) throw new errors.forbidden('The token is unknown or was revoked.')
      if (access === 'admin' && bearer.type !== 'Admin')
        throw new errors.forbidden('This operation needs an API key of an Admin bearer.')
      request.bearer = bearer
    })
  },
  { name: 'access' }
)

function tokenIn(header: string | undefined): string {
  if (header === undefined)
    throw new errors.forbidden('The header Authorization: Bearer <token> is missing.')
  const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
  if (token === undefined)
    throw new errors.forbidden('The header Authorization must read: Bearer <token>.')
  return token
}
