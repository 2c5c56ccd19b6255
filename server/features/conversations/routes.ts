import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { Type } from '@sinclair/typebox'
import { answerOnce } from '../../platform/answer-once.ts'
import { type Clock, isoTime } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { ErrorBody, type ErrorDetail, errors, invalidValues } from '../../platform/errors.ts'
import { NumericId } from '../../platform/schemas.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { parsePhoneNumber } from '../../telephony/phone-number.ts'
import { Participant } from '../participants/participant.entity.ts'
import { usePairings } from '../participants/use-pairings.ts'
import { Conversation as ConversationEntity } from './conversation.entity.ts'
import { Conversation, UpdateConversation, WriteConversation } from './schemas.ts'

const tags = ['Conversations']
const conversationIds = ['client_conversation_id', 'global_id', 'internal_conversation_id'] as const
/** Those of the example conversation. */
const exampleIds = {
  client_conversation_id: 'class-4b',
  global_id: 'district-7/class-4b',
  internal_conversation_id: '4b'
} as const
const propertyOf = {
  client_conversation_id: 'clientConversationId',
  global_id: 'globalId',
  internal_conversation_id: 'internalConversationId'
} as const

/** Conversations: created, and updated by our id or by any of the client's three. */
export const conversationRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
}> = async (app, { deps: { database, clock } }) => {
  const responses = {
    200: Conversation,
    403: ErrorBody,
    404: ErrorBody,
    409: ErrorBody,
    422: ErrorBody
  }

  app.post(
    '/conversations',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a conversation',
        tags,
        body: WriteConversation,
        response: { 201: Conversation, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    (request, reply) => {
      const { bearer } = request
      const fields = checked(request.body.conversation)
      return refusingDuplicates(() =>
        answerOnce(request, reply, database, 201, async tx => {
          const now = clock.now()
          const conversation = tx.em.create(ConversationEntity, {
            bearerId: bearer.id,
            applicationName: fields.application_name ?? bearer.name,
            createdAt: now,
            updatedAt: now
          })
          return write(tx, conversation, fields, now)
        })
      )
    }
  )

  app.patch(
    '/conversations/:id',
    {
      schema: {
        summary: 'Update a conversation',
        tags,
        params: NumericId,
        body: UpdateConversation,
        response: responses
      }
    },
    ({ params, body, bearer }) => update({ id: params.id, bearerId: bearer.id }, body.conversation)
  )

  for (const idName of conversationIds) {
    app.patch(
      `/conversations/${idName}/:${idName}`,
      {
        schema: {
          summary: `Update a conversation by its ${idName}`,
          description: 'The id is URL-encoded and may hold any character.',
          tags,
          params: Type.Object({
            [idName]: Type.String({ minLength: 1, examples: [exampleIds[idName]] })
          }),
          querystring: Type.Object({
            application_name: Type.Optional(
              Type.String({ description: 'Scope of the id; the name of the bearer when absent.' })
            )
          }),
          body: UpdateConversation,
          response: responses
        }
      },
      ({ params, query, body, bearer }) =>
        update(
          {
            bearerId: bearer.id,
            applicationName:
              query.application_name ?? body.conversation.application_name ?? bearer.name,
            [propertyOf[idName]]: params[idName] ?? ''
          },
          body.conversation
        )
    )
  }

  function update(
    where: { bearerId: number; [property: string]: string | number },
    changes: WriteConversation
  ): Promise<Conversation> {
    const fields = checked(changes)
    return refusingDuplicates(() =>
      database.transaction(async tx => {
        const conversation = await tx.em.findOne(ConversationEntity, where)
        if (!conversation) throw new errors.notFound('There is no such conversation.')
        return write(tx, conversation, fields, clock.now())
      })
    )
  }

  /** Takes over the given fields; absent ones stay. */
  async function write(
    tx: Transaction,
    conversation: ConversationEntity,
    fields: WriteConversation,
    now: number
  ): Promise<Conversation> {
    conversation.applicationName = fields.application_name ?? conversation.applicationName
    conversation.clientConversationId =
      fields.client_conversation_id ?? conversation.clientConversationId ?? null
    conversation.globalId = fields.global_id ?? conversation.globalId ?? null
    conversation.internalConversationId =
      fields.internal_conversation_id ?? conversation.internalConversationId ?? null
    conversation.callbackUrl = fields.callback_url ?? conversation.callbackUrl ?? null
    conversation.welcomeMessage = fields.welcome_message ?? conversation.welcomeMessage ?? null
    conversation.moderatorId = fields.moderator_id ?? conversation.moderatorId ?? null
    conversation.moderatorNumber = fields.moderator_number ?? conversation.moderatorNumber ?? null
    conversation.providerNumber = fields.provider_number ?? conversation.providerNumber ?? null
    conversation.updatedAt = now
    await tx.em.flush()
    await pair(tx, conversation, fields, now)
    const participants = await tx.em.find(
      Participant,
      { conversationId: conversation.id },
      { orderBy: { id: 'asc' }, limit: 1_000 }
    )
    return present(conversation, participants)
  }

  async function pair(
    tx: Transaction,
    conversation: ConversationEntity,
    fields: WriteConversation,
    now: number
  ): Promise<void> {
    const numbers = (fields.participants ?? []).map(numberOf)
    if (numbers.length === 0) return
    const { providerNumber } = conversation
    if (providerNumber === null || providerNumber === undefined)
      throw invalidValues([
        { field: 'conversation.provider_number', message: 'is required to pair participants' }
      ])
    await usePairings(
      database,
      tx,
      numbers.map(participantNumber => ({
        bearerId: conversation.bearerId,
        conversationId: conversation.id,
        participantNumber,
        providerNumber
      })),
      now
    )
  }
}

const numberOf = (participant: string | { participant_number: string }): string =>
  typeof participant === 'string' ? participant : participant.participant_number

/** @throws 422 naming every field at fault */
function checked(fields: WriteConversation): WriteConversation {
  const problems: ErrorDetail[] = []
  const numbers: [string, string | undefined][] = [
    ['moderator_number', fields.moderator_number],
    ['provider_number', fields.provider_number],
    ...(fields.participants ?? []).map((participant, place): [string, string] => [
      `participants[${place}]${typeof participant === 'string' ? '' : '.participant_number'}`,
      numberOf(participant)
    ])
  ]
  for (const [field, number] of numbers) {
    const result = number === undefined ? undefined : parsePhoneNumber(number)
    if (result && !result.ok)
      problems.push({ field: `conversation.${field}`, message: result.reason })
  }
  const urlProblem =
    fields.callback_url === undefined ? undefined : httpUrlProblem(fields.callback_url)
  if (urlProblem !== undefined)
    problems.push({ field: 'conversation.callback_url', message: urlProblem })
  if (problems.length > 0) throw invalidValues(problems)
  return fields
}

async function refusingDuplicates<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UniqueConstraintViolationException)) throw error
    const idName = conversationIds.find(
      name => error.message.includes(constraintOf[name]) || error.message.includes(`.${name}`)
    )
    throw new errors.conflict(
      `Another conversation of this application has this ${idName ?? 'id'}.`
    )
  }
}

/** PostgreSQL names the constraint, SQLite the columns. */
const constraintOf = {
  client_conversation_id: 'conversations_client_id',
  global_id: 'conversations_global_id',
  internal_conversation_id: 'conversations_internal_id'
} as const

function present(
  conversation: ConversationEntity,
  participants: readonly Participant[]
): Conversation {
  return {
    id: conversation.id,
    client_conversation_id: conversation.clientConversationId ?? null,
    global_id: conversation.globalId ?? null,
    internal_conversation_id: conversation.internalConversationId ?? null,
    application_name: conversation.applicationName,
    callback_url: conversation.callbackUrl ?? null,
    welcome_message: conversation.welcomeMessage ?? null,
    moderator_id: conversation.moderatorId ?? null,
    moderator_number: conversation.moderatorNumber ?? null,
    provider_number: conversation.providerNumber ?? null,
    participants: participants.map(participant => ({
      participant_number: participant.participantNumber,
      provider_number: participant.providerNumber,
      pairing_deactivated_at:
        participant.pairingDeactivatedAt === null || participant.pairingDeactivatedAt === undefined
          ? null
          : isoTime(participant.pairingDeactivatedAt)
    })),
    created_at: isoTime(conversation.createdAt),
    updated_at: isoTime(conversation.updatedAt)
  }
}
