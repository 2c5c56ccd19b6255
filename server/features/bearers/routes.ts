import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { examples } from '../../examples.ts'
import { isoTime } from '../../platform/clock.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { ErrorBody, errors, invalidValues } from '../../platform/errors.ts'
import { answerOnce } from '../../platform/answer-once.ts'
import { Deleted, numericIdLike } from '../../platform/schemas.ts'
import type { SecretBox } from '../../platform/secrets.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { ApiKey } from '../api-keys/api-key.entity.ts'
import { Conversation } from '../conversations/conversation.entity.ts'
import { Bearer as BearerEntity } from './bearer.entity.ts'
import { Bearer, BearerWithSecret, CreateBearer, UpdateBearer } from './schemas.ts'

const tags = ['Bearers']

/** Bearers: who may use the API, and where their events go. */
export const bearerRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock; secrets: SecretBox }
}> = async (app, { deps: { database, clock, secrets } }) => {
  app.post(
    '/admin/bearers',
    {
      config: { access: 'admin', idempotent: true },
      schema: {
        summary: 'Create a bearer',
        description:
          'The answer holds the secret that client events are signed with; it is shown once.',
        tags,
        body: CreateBearer,
        response: { 201: BearerWithSecret, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    async (request, reply) => {
      const { body } = request
      checkUrl(body.callback_url)
      return answerOnce(request, reply, database, 201, async tx => {
        const now = clock.now()
        const signingSecret = newSigningSecret()
        const bearer = tx.em.create(BearerEntity, {
          bearerName: body.bearer_name,
          bearerType: body.bearer_type,
          callbackUrl: body.callback_url,
          username: body.username,
          passwordCipher: secrets.seal(body.password),
          signingSecretCipher: secrets.seal(signingSecret),
          createdAt: now,
          updatedAt: now
        })
        await tx.em.flush()
        return { ...present(bearer), signing_secret: signingSecret }
      })
    }
  )

  app.get(
    '/admin/bearers',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'List all bearers',
        tags,
        response: { 200: Type.Array(Bearer), 403: ErrorBody }
      }
    },
    async () =>
      (await database.em().find(BearerEntity, {}, { orderBy: { id: 'asc' } })).map(present)
  )

  app.delete(
    '/admin/bearers/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Delete a bearer and its API keys',
        tags,
        params: numericIdLike(examples.bearerId),
        response: { 200: Deleted, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params, bearer }) => {
      if (params.id === bearer.id) throw new errors.conflict('A bearer cannot delete itself.')
      await database.transaction(async tx => {
        await tx.em.remove(await find(tx, params.id)).flush()
        await tx.em.nativeDelete(ApiKey, { bearerId: params.id })
      })
      app.access.forget()
      return {}
    }
  )

  app.patch(
    '/admin/bearers/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Update a bearer',
        description: 'Fields that are absent stay as they are.',
        tags,
        params: numericIdLike(examples.bearerId),
        body: UpdateBearer,
        response: {
          200: BearerWithSecret,
          403: ErrorBody,
          404: ErrorBody,
          409: ErrorBody,
          422: ErrorBody
        }
      }
    },
    ({ params, body }) => update(params.id, body)
  )

  app.get(
    '/bearer',
    {
      schema: {
        summary: 'Retrieve the current bearer',
        tags,
        response: { 200: Bearer, 403: ErrorBody }
      }
    },
    async ({ bearer }) => present(await database.transaction(tx => find(tx, bearer.id)))
  )

  app.patch(
    '/bearer',
    {
      schema: {
        summary: 'Update the current bearer',
        description: 'Only an Admin may make itself anything but what it is.',
        tags,
        body: UpdateBearer,
        response: { 200: BearerWithSecret, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    ({ body, bearer }) => {
      if (
        body.bearer_type !== undefined &&
        body.bearer_type !== bearer.type &&
        bearer.type !== 'Admin'
      )
        throw new errors.forbidden('bearer_type can only be changed by an Admin bearer.')
      return update(bearer.id, body)
    }
  )

  async function update(id: number, changes: UpdateBearer): Promise<BearerWithSecret> {
    checkUrl(changes.callback_url)
    const answer = await database.transaction(async tx => {
      const bearer = await find(tx, id)
      const signingSecret = changes.rotate_signing_secret ? newSigningSecret() : undefined
      await rename(tx, bearer, changes.bearer_name ?? bearer.bearerName)
      bearer.bearerType = changes.bearer_type ?? bearer.bearerType
      if (changes.callback_url !== undefined) bearer.callbackUrl = changes.callback_url
      bearer.username = changes.username ?? bearer.username
      if (changes.password !== undefined) bearer.passwordCipher = secrets.seal(changes.password)
      if (signingSecret !== undefined) bearer.signingSecretCipher = secrets.seal(signingSecret)
      bearer.updatedAt = clock.now()
      await tx.em.flush()
      return {
        ...present(bearer),
        ...(signingSecret !== undefined && { signing_secret: signingSecret })
      }
    })
    app.access.forget()
    return answer
  }
}

/** The name is the scope of conversation ids where a request names none: the conversations go with it. */
async function rename(tx: Transaction, bearer: BearerEntity, name: string): Promise<void> {
  if (name === bearer.bearerName) return
  const ofBearer = { bearerId: bearer.id }
  if ((await tx.em.count(Conversation, { ...ofBearer, applicationName: name })) > 0)
    throw new errors.conflict(
      `This bearer has conversations of an application named ${JSON.stringify(name)}.`
    )
  await tx.em.nativeUpdate(
    Conversation,
    { ...ofBearer, applicationName: bearer.bearerName },
    { applicationName: name }
  )
  bearer.bearerName = name
}

async function find(tx: Transaction, id: number): Promise<BearerEntity> {
  const bearer = await tx.em.findOne(BearerEntity, { id })
  if (!bearer) throw new errors.notFound(`There is no bearer ${id}.`)
  return bearer
}

function checkUrl(url: string | null | undefined): void {
  const problem = url === undefined || url === null ? undefined : httpUrlProblem(url)
  if (problem !== undefined) throw invalidValues([{ field: 'callback_url', message: problem }])
}

const newSigningSecret = (): string => `whsec_${randomBytes(24).toString('base64')}`

const present = (bearer: BearerEntity): Bearer => ({
  id: bearer.id,
  bearer_name: bearer.bearerName,
  bearer_type: bearer.bearerType,
  callback_url: bearer.callbackUrl ?? null,
  created_at: isoTime(bearer.createdAt)
})
