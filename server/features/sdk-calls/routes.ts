import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import { answerOnce } from '../../platform/answer-once.ts'
import type { Transaction } from '../../platform/database.ts'
import { ErrorBody, invalidValues } from '../../platform/errors.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { resolveConversations } from '../conversations/resolve-conversations.ts'
import type { SdkCallDeps } from './answer-sdk-call.ts'
import { CreateVoiceToken, VoiceToken } from './schemas.ts'
import { createVoiceTokens, identityOf } from './voice-token.ts'

/** Calls from browsers: a token with which a staff member's browser calls and is called. */
export const sdkCallRoutes: FastifyPluginAsyncTypebox<{
  deps: SdkCallDeps
  config: Config
}> = async (app, { deps, config }) => {
  const createToken = createVoiceTokens(config)

  app.post(
    '/sdk_calls/voice_token',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a voice token',
        description:
          'With the token the browser of a staff member calls through the SDK of Twilio, and return calls reach it as long as the token is good. The conversation is found, or made on first use, and belongs to the staff member from then on.',
        tags: ['SDK calls'],
        body: CreateVoiceToken,
        response: { 201: VoiceToken, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    (request, reply) => {
      const { bearer } = request
      const { conversation: fields } = request.body
      const problem = fields.callback_url && httpUrlProblem(fields.callback_url)
      if (problem) throw invalidValues([{ field: 'conversation.callback_url', message: problem }])
      const identity = identityOf(bearer.id, fields.moderator_id)
      return answerOnce(request, reply, deps.database, 201, async tx => {
        await register(tx, bearer, identity, fields)
        const parameters = given({
          client_conversation_id: fields.client_conversation_id ?? fields.conversation_id,
          global_id: fields.global_id,
          internal_conversation_id: fields.internal_conversation_id,
          application_name: fields.application_name,
          client_call_id: fields.client_call_id
        })
        return { identity, token: createToken({ identity, parameters }, deps.clock.now()) }
      })
    }
  )

  /** The browser can be called for as long as its token is good. */
  async function register(
    tx: Transaction,
    bearer: { id: number; name: string },
    identity: string,
    fields: CreateVoiceToken['conversation']
  ): Promise<void> {
    const now = deps.clock.now()
    const [conversation] = await resolveConversations(
      deps.database,
      tx,
      [
        {
          bearerId: bearer.id,
          applicationName: fields.application_name ?? bearer.name,
          clientConversationId: fields.client_conversation_id ?? fields.conversation_id ?? null,
          globalId: fields.global_id ?? null,
          internalConversationId: fields.internal_conversation_id ?? null,
          callbackUrl: fields.callback_url ?? null
        }
      ],
      now
    )
    if (conversation)
      await sql`update conversations set moderator_id = ${fields.moderator_id}, updated_at = ${now}
        where id = ${conversation.id} and (moderator_id is null or moderator_id <> ${fields.moderator_id})`.execute(
        tx.sql
      )
    await sql`insert into voice_devices (bearer_id, moderator_id, identity, conversation_id, client_call_id,
        callback_url, registered_until, created_at, updated_at)
      values (${bearer.id}, ${fields.moderator_id}, ${identity}, ${conversation?.id ?? null},
        ${fields.client_call_id ?? null}, ${fields.callback_url ?? null},
        ${now + config.VOICE_TOKEN_SECONDS * 1_000}, ${now}, ${now})
      on conflict (identity) do update set conversation_id = excluded.conversation_id,
        client_call_id = excluded.client_call_id, callback_url = excluded.callback_url,
        registered_until = excluded.registered_until, updated_at = excluded.updated_at`.execute(
      tx.sql
    )
  }
}

const given = (fields: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  )
