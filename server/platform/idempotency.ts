import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { sql } from 'kysely'
import type { Clock, Timer } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { errors, invalidValues } from './errors.ts'
import { type SecretBox, sha256 } from './secrets.ts'

/** How long an answer is given again. */
const rememberedMs = 24 * 3_600_000
/** A request that has run for so long without an answer died with its process; its key may be taken over. */
const abandonedMs = 60_000

/** A creating request that carries an `Idempotency-Key`, while it runs. */
export interface IdempotentRequest {
  rowId: number
  /** When it began: its claim on the key, which another takes over when it seems to have died. */
  startedAt: number
  answered: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    idempotency: IdempotentRequest | undefined
  }
  interface FastifyContextConfig {
    /** The route honours `Idempotency-Key`. */
    idempotent?: boolean
  }
  interface FastifyInstance {
    idempotency: Idempotency
  }
}

/** An answer to remember for one idempotent request. */
interface Answer {
  request: IdempotentRequest
  statusCode: number
  body: unknown
}

export interface Idempotency {
  /**
   * Stores answers in the transaction that holds what they tell of: a crash keeps both or neither.
   *
   * @throws 409 when one of the keys was taken over meanwhile, so that nothing is done twice
   */
  remember(answers: readonly Answer[], tx: Transaction): Promise<void>
}

interface KeyRow {
  id: number
  fingerprint: string
  status_code: number | null
  answer_cipher: string | null
  started_at: number
}

/**
 * `Idempotency-Key` on creating requests: the first answer is given again for 24 hours. Refusals are not
 * remembered, so that a corrected request may use the key again.
 */
export const idempotencyPlugin = fp<{ database: Database; clock: Clock; secrets: SecretBox }>(
  async (app, { database, clock, secrets }) => {
    app.decorateRequest('idempotency')

    app.decorate('idempotency', {
      async remember(answers, tx) {
        if (answers.length === 0) return
        const list = answers.map(({ request, statusCode, body }) => ({
          id: request.rowId,
          started_at: request.startedAt,
          status_code: statusCode,
          answer_cipher: secrets.seal(JSON.stringify(body))
        }))
        const { rows } =
          await sql`update idempotency_keys set status_code = r.status_code, answer_cipher = r.answer_cipher
          from ${database.rows(list, { id: 'bigint', started_at: 'bigint', status_code: 'integer', answer_cipher: 'text' })}
          where idempotency_keys.id = r.id and idempotency_keys.started_at = r.started_at
          returning idempotency_keys.id`.execute(tx.sql)
        if (rows.length < answers.length) throw new errors.requestInProgress()
        tx.afterCommit(() => {
          for (const { request } of answers) request.answered = true
        })
      }
    } satisfies Idempotency)

    app.addHook('preHandler', (request, reply, done) => {
      const key = request.headers['idempotency-key']
      if (key === undefined || !request.routeOptions.config.idempotent) return done()
      if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key))
        throw invalidValues([
          { field: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }
        ])
      const fingerprint = sha256(
        `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`
      )
      begin(request, reply, key, fingerprint).then(begun => {
        request.idempotency = begun
        if (!reply.sent) done()
      }, done)
    })

    app.addHook('onSend', (request, _reply, payload, done) => {
      const { idempotency } = request
      if (!idempotency || idempotency.answered) return done(null, payload)
      request.idempotency = undefined
      sql`delete from idempotency_keys
        where id = ${idempotency.rowId} and started_at = ${idempotency.startedAt} and status_code is null`
        .execute(database.sql)
        // The answer stands; the key is free again in a minute.
        .catch((error: unknown) =>
          request.log.warn({ err: error }, 'releasing an idempotency key failed')
        )
        .then(() => done(null, payload), done)
    })

    /** Marks the key as running, or answers from memory. */
    async function begin(
      request: FastifyRequest,
      reply: FastifyReply,
      key: string,
      fingerprint: string
    ): Promise<IdempotentRequest | undefined> {
      const now = clock.now()
      const bearerId = request.bearer.id
      const [fresh] = (
        await sql<{ id: number }>`
          insert into idempotency_keys (bearer_id, key, fingerprint, started_at)
          values (${bearerId}, ${key}, ${fingerprint}, ${now})
          on conflict (bearer_id, key) do nothing returning id`.execute(database.sql)
      ).rows
      if (fresh) return { rowId: fresh.id, startedAt: now, answered: false }

      const [known] = (
        await sql<KeyRow>`select id, fingerprint, status_code, answer_cipher, started_at
          from idempotency_keys where bearer_id = ${bearerId} and key = ${key}`.execute(
          database.sql
        )
      ).rows
      // Released between the two statements: its first request was refused.
      if (!known) throw new errors.requestInProgress()

      const lifetimeMs = known.status_code === null ? abandonedMs : rememberedMs
      if (now - known.started_at >= lifetimeMs) return takeOver(known, fingerprint, now)
      if (known.fingerprint !== fingerprint) throw new errors.idempotencyKeyReused()
      if (known.status_code === null || known.answer_cipher === null)
        throw new errors.requestInProgress()
      await reply
        .code(known.status_code)
        .header('idempotency-replayed', 'true')
        .type('application/json; charset=utf-8')
        .serializer((body: unknown) => String(body))
        .send(secrets.open(known.answer_cipher))
      return undefined
    }

    async function takeOver(
      known: KeyRow,
      fingerprint: string,
      now: number
    ): Promise<IdempotentRequest> {
      const { rows } = await sql`update idempotency_keys
        set fingerprint = ${fingerprint}, status_code = null, answer_cipher = null, started_at = ${now}
        where id = ${known.id} and started_at = ${known.started_at} returning id`.execute(
        database.sql
      )
      if (rows.length === 0) throw new errors.requestInProgress()
      return { rowId: known.id, startedAt: now, answered: false }
    }

    // A SQLite file has one process: what was running when it starts died with the one before.
    if (database.dialect === 'sqlite') {
      app.addHook('onReady', async () => {
        await sql`delete from idempotency_keys where status_code is null`.execute(database.sql)
      })
    }

    let broom: Timer | undefined
    let sweeping = Promise.resolve()
    const sweepLater = (): void => {
      broom = clock.setTimer(3_600_000, () => {
        sweeping = sweep().then(sweepLater)
      })
    }
    async function sweep(): Promise<void> {
      try {
        await sql`delete from idempotency_keys
          where started_at < ${clock.now() - rememberedMs}`.execute(database.sql)
      } catch (error) {
        app.log.warn({ err: error }, 'sweeping idempotency keys failed')
      }
    }
    sweepLater()
    app.addHook('onClose', async () => {
      // A sweep that outlived us would hold a connection, and the database could not close.
      await sweeping
      broom?.cancel()
    })
  },
  { name: 'idempotency', dependencies: ['access'] }
)
