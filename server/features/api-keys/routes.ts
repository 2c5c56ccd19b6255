import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from '@sinclair/typebox'
import { examples } from '../../examples.ts'
import { answerOnce } from '../../platform/answer-once.ts'
import { type Clock, isoTime } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { ErrorBody, errors, invalidValues } from '../../platform/errors.ts'
import { Deleted, numericIdLike } from '../../platform/schemas.ts'
import { sha256 } from '../../platform/secrets.ts'
import { createToken } from '../../platform/tokens.ts'
import { Bearer } from '../bearers/bearer.entity.ts'
import { ApiKey as ApiKeyEntity } from './api-key.entity.ts'
import { ApiKey, CreateApiKey, NewApiKey } from './schemas.ts'

const tags = ['API keys']

/** API keys: tokens of a bearer, made and revoked by an administrator or by the bearer itself. */
export const apiKeyRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
}> = async (app, { deps: { database, clock } }) => {
  const listSchema = { tags, response: { 200: Type.Array(ApiKey), 403: ErrorBody } }
  const createResponses = { 201: NewApiKey, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
  const deleteSchema = {
    tags,
    response: { 200: Deleted, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
  }

  app.get(
    '/admin/api_keys',
    { config: { access: 'admin' }, schema: { ...listSchema, summary: 'List all API keys' } },
    () => list({})
  )

  app.post(
    '/admin/api_keys',
    {
      config: { access: 'admin', idempotent: true },
      schema: {
        summary: 'Create an API key for a bearer',
        tags,
        body: CreateApiKey,
        response: createResponses
      }
    },
    (request, reply) =>
      answerOnce(request, reply, database, 201, async tx => {
        const bearerId = request.body.bearer_id
        if ((await tx.em.count(Bearer, { id: bearerId })) === 0)
          throw invalidValues([{ field: 'bearer_id', message: `names no bearer, got ${bearerId}` }])
        return createApiKey(tx, bearerId, clock.now())
      })
  )

  app.delete(
    '/admin/api_keys/:id',
    {
      config: { access: 'admin' },
      schema: {
        ...deleteSchema,
        params: numericIdLike(examples.apiKeyId),
        summary: 'Remove an API key'
      }
    },
    ({ params }) => remove({ id: params.id })
  )

  app.get('/api_keys', { schema: { ...listSchema, summary: 'List own API keys' } }, ({ bearer }) =>
    list({ bearerId: bearer.id })
  )

  app.post(
    '/api_keys',
    {
      config: { idempotent: true },
      schema: { summary: 'Create an own API key', tags, response: createResponses }
    },
    (request, reply) =>
      answerOnce(request, reply, database, 201, tx =>
        createApiKey(tx, request.bearer.id, clock.now())
      )
  )

  app.delete(
    '/api_keys/:id',
    {
      schema: {
        ...deleteSchema,
        params: numericIdLike(examples.ownApiKeyId),
        summary: 'Remove an own API key'
      }
    },
    ({ params, bearer }) => remove({ id: params.id, bearerId: bearer.id })
  )

  async function list(where: { bearerId?: number }): Promise<Static<typeof ApiKey>[]> {
    return (await database.em().find(ApiKeyEntity, where, { orderBy: { id: 'asc' } })).map(present)
  }

  async function remove(where: { id: number; bearerId?: number }): Promise<Record<string, never>> {
    const deleted = await database.em().nativeDelete(ApiKeyEntity, where)
    if (deleted === 0) throw new errors.notFound(`There is no API key ${where.id}.`)
    app.access.forget()
    return {}
  }
}

/** Makes a key; its token is in the answer and, as a hash only, in the database. */
export async function createApiKey(
  tx: Transaction,
  bearerId: number,
  now: number,
  token: string = createToken()
): Promise<Static<typeof NewApiKey>> {
  const key = tx.em.create(ApiKeyEntity, { bearerId, tokenHash: sha256(token), createdAt: now })
  await tx.em.flush()
  return { ...present(key), token }
}

const present = (key: ApiKeyEntity): Static<typeof ApiKey> => ({
  id: key.id,
  bearer_id: key.bearerId,
  created_at: isoTime(key.createdAt)
})
