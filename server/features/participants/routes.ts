import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Clock, isoTime } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, type ErrorDetail, errors, invalidValues } from '../../platform/errors.ts'
import { Id } from '../../platform/schemas.ts'
import { parsePhoneNumber } from '../../telephony/phone-number.ts'
import { Conversation } from '../conversations/conversation.entity.ts'
import { Participant } from './participant.entity.ts'
import { DeactivatedPairings, DeactivatePairing } from './schemas.ts'

const methods = ['PATCH', 'PUT', 'POST'] as const

/** Deactivating pairings: an inactive one gets no return calls and no inbound texts until it is used again. */
export const participantRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
}> = async (app, { deps: { database, clock } }) => {
  const schema = {
    summary: 'Deactivate a pairing',
    description:
      'Sets `pairing_deactivated_at` to now. Sending to the participant again reactivates it.',
    tags: ['Participants'],
    body: DeactivatePairing,
    response: { 200: DeactivatedPairings, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
  }

  for (const method of methods) {
    app.route({
      method,
      url: '/participants/deactivate_pairing',
      schema,
      handler: ({ body, bearer }) => deactivate(bearer, body.participant, undefined)
    })

    app.route({
      method,
      url: '/conversations/:conversation_id/participants/deactivate_pairing',
      schema: {
        ...schema,
        summary: 'Deactivate a pairing of a conversation',
        params: Type.Object({ conversation_id: Id })
      },
      handler: ({ body, bearer, params }) =>
        deactivate(bearer, body.participant, params.conversation_id)
    })
  }

  async function deactivate(
    bearer: { id: number; name: string },
    fields: DeactivatePairing,
    conversationId: number | undefined
  ): Promise<DeactivatedPairings> {
    check(fields)
    return database.transaction(async tx => {
      const conversation = conversationFilter(bearer, fields, conversationId)
      const conversations =
        conversation && (await tx.em.find(Conversation, conversation, { fields: ['id'] }))
      if (conversations?.length === 0) throw new errors.notFound('There is no such conversation.')
      const pairings = await tx.em.find(Participant, {
        bearerId: bearer.id,
        participantNumber: fields.participant_number,
        ...(fields.provider_number !== undefined && { providerNumber: fields.provider_number }),
        ...(conversations && { conversationId: { $in: conversations.map(found => found.id) } })
      })
      if (pairings.length === 0) throw new errors.notFound('There is no such pairing.')
      const now = clock.now()
      for (const pairing of pairings) pairing.pairingDeactivatedAt = now
      return {
        participants: pairings.map(pairing => ({
          participant_number: pairing.participantNumber,
          provider_number: pairing.providerNumber,
          pairing_deactivated_at: isoTime(now)
        }))
      }
    })
  }
}

/** Undefined when the request names no conversation: the pairing in all of them is meant. */
function conversationFilter(
  bearer: { id: number; name: string },
  fields: DeactivatePairing,
  id: number | undefined
) {
  const named = {
    ...(id !== undefined && { id }),
    ...(fields.client_conversation_id !== undefined && {
      clientConversationId: fields.client_conversation_id
    }),
    ...(fields.global_id !== undefined && { globalId: fields.global_id }),
    ...(fields.internal_conversation_id !== undefined && {
      internalConversationId: fields.internal_conversation_id
    })
  }
  if (Object.keys(named).length === 0) return undefined
  const scope = id === undefined ? { applicationName: fields.application_name ?? bearer.name } : {}
  return { bearerId: bearer.id, ...scope, ...named }
}

/** @throws 422 naming every field at fault */
function check(fields: DeactivatePairing): void {
  const problems: ErrorDetail[] = []
  for (const field of ['participant_number', 'provider_number'] as const) {
    const number = fields[field]
    const result = number === undefined ? undefined : parsePhoneNumber(number)
    if (result && !result.ok)
      problems.push({ field: `participant.${field}`, message: result.reason })
  }
  if (problems.length > 0) throw invalidValues(problems)
}
