import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The row of what an administrator is doing. */
    auditEntry: number | undefined
  }
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Writes down what administrators do, before they do it: what has been done is in the log also when the
 * process dies before it answers. Nothing else pays for it.
 */
export const auditPlugin = fp<{ database: Database; clock: Clock }>(
  async (app, { database, clock }) => {
    app.decorateRequest('auditEntry')

    app.addHook('onRoute', route => {
      const methods = Array.isArray(route.method) ? route.method : [route.method]
      if (route.config?.access !== 'admin' || methods.every(name => readingMethods.has(name)))
        return
      route.preHandler = [...hooksOf(route.preHandler), begin]
      route.onSend = [...hooksOf(route.onSend), end]
    })

    async function begin(request: FastifyRequest): Promise<void> {
      const { bearer, routeOptions } = request
      const [row] = await database.insert<{ id: number }>(
        database.sql,
        'audit_entries',
        {
          at: 'bigint',
          bearer_id: 'bigint',
          bearer_name: 'text',
          api_key_id: 'bigint',
          action: 'text',
          path: 'text',
          given: 'text',
          request_id: 'text'
        },
        [
          {
            at: clock.now(),
            bearer_id: bearer.id,
            bearer_name: bearer.name,
            api_key_id: bearer.keyId,
            action: `${request.method} ${routeOptions.url}`,
            path: request.url.split('?')[0] ?? '',
            given: withoutSecrets(request.body),
            request_id: request.id
          }
        ],
        sql`returning id`
      )
      request.auditEntry = row?.id
    }

    async function end(
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown
    ): Promise<unknown> {
      if (request.auditEntry === undefined) return payload
      try {
        await sql`update audit_entries set status_code = ${reply.statusCode}
          where id = ${request.auditEntry}`.execute(database.sql)
      } catch (error) {
        // It is done and answered; the entry stays without its outcome.
        request.log.error({ err: error, request_id: request.id }, 'an outcome was not written down')
      }
      return payload
    }
  },
  { name: 'audit-log', dependencies: ['access'] }
)

function hooksOf<Hook>(hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks]
}

const secretName = /password|secret|token|cipher|authorization|credential|api_?key$/i
const longestText = 200
const longestEntry = 4_000
const mostItems = 20
const deepest = 5

/** A body as JSON, without what nobody should read: secrets by their names, credentials and queries of URLs. */
export function withoutSecrets(body: unknown): string {
  if (typeof body !== 'object' || body === null || !isPlain(body)) return '{}'
  const text = JSON.stringify(masked(body, 0))
  return text.length <= longestEntry
    ? text
    : JSON.stringify({ fields: Object.keys(body).slice(0, mostItems), longer_than: longestEntry })
}

/** A stream of lines is not kept. */
const isPlain = (value: object): boolean =>
  Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype

function masked(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return shortened(withoutCredentials(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) return value.slice(0, mostItems).map(item => masked(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostItems)
      .map(([name, item]) => [
        shortened(name),
        secretName.test(name) ? '…' : masked(item, depth + 1)
      ])
  )
}

const shortened = (text: string): string =>
  text.length > longestText ? `${text.slice(0, longestText).toWellFormed()}…` : text

function withoutCredentials(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text
  const [address = '', query] = text.split(/[?#]/, 2)
  const plain = address.replace(/^([^/]*\/\/)[^/]*@/, '$1…@')
  return query === undefined ? plain : `${plain}?…`
}
