import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import type { CurrentBearer } from '../../platform/access.ts'
import { ErrorBody, FieldError, invalidValues } from '../../platform/errors.ts'
import type { GroupCommit } from '../../platform/group-commit.ts'
import { storable } from '../../platform/storable.ts'
import { findingsIn } from '../../platform/validation.ts'
import { callTwiml } from '../../telephony/call-twiml.ts'
import type { ReceivedCallback } from '../provider-callbacks/receive-callbacks.ts'
import {
  acceptSignedForms,
  formIn,
  type FormValues,
  textIn
} from '../provider-callbacks/signed-forms.ts'
import { answerSdkCall, type SdkCallDeps, type SdkCaller } from './answer-sdk-call.ts'
import { VoiceResponseRequest } from './schemas.ts'

const unreachable = callTwiml([
  { say: 'The person that you called cannot be reached from here. Goodbye.' },
  { hangUp: true }
])

/** What is to happen in a call from a browser: asked by the provider, signed, or by an API client. */
export const sdkAnswerRoutes: FastifyPluginAsyncTypebox<{
  deps: SdkCallDeps
  config: Config
  receipt: GroupCommit<ReceivedCallback, undefined>
}> = async (app, { deps, config, receipt }) => {
  const { receive } = acceptSignedForms(app, { config, receipt })

  app.post(
    '/sdk_calls/voice_response',
    {
      config: { access: 'provider_or_bearer' },
      // Checked in the handler: whoever may not ask is not told what is wrong with the question.
      validatorCompiler: () => value => ({ value }),
      schema: {
        summary: 'Create a TwiML response',
        description:
          'What is to happen in a call from a browser, as TwiML: the person is called, from a number of the messaging service that they know. Twilio asks with a signature; an API client, with its token, as JSON or as a form. The conversation is found, or made on first use.',
        tags: ['SDK calls'],
        consumes: ['application/json', 'application/x-www-form-urlencoded'],
        body: Type.Optional(VoiceResponseRequest),
        response: {
          200: { description: 'TwiML.', content: { 'text/xml': { schema: Type.String() } } },
          403: ErrorBody,
          422: ErrorBody
        }
      }
    },
    async (request, reply) => {
      const { bearer } = request
      const twiml =
        bearer === undefined
          ? await answerProvider(await receive('twilio.sdk_call', request))
          : await answerClient(bearer, request.body)
      return reply.type('text/xml; charset=utf-8').send(twiml)
    }
  )

  function answerClient(bearer: CurrentBearer, body: unknown): Promise<string> {
    const form = formIn(body)
    const fields = checked(form === undefined ? body : namedFields(form))
    const { id, name, type } = bearer
    return deps.database.transaction(tx =>
      answerSdkCall(
        deps,
        tx,
        { bearer: { id, name, isAdmin: type === 'Admin' }, callSid: null, device: undefined },
        fields
      )
    )
  }

  /** The browser's identity tells whose it is. What cannot be called is told in words: nobody reads a status there. */
  async function answerProvider(form: FormValues): Promise<string> {
    const caller = await findCaller(storable(textIn(form['From'])))
    const callSid = storable(textIn(form['CallSid']))
    if (caller === undefined || callSid === '') return unreachable
    try {
      const fields = checked(namedFields(form))
      return await deps.database.transaction(tx =>
        answerSdkCall(deps, tx, { ...caller, callSid }, fields)
      )
    } catch (error) {
      if (error instanceof FieldError) return unreachable
      throw error
    }
  }

  async function findCaller(from: string): Promise<Omit<SdkCaller, 'callSid'> | undefined> {
    if (!from.startsWith('client:')) return undefined
    const { rows } = await sql<{
      bearer_id: number
      bearer_name: string
      bearer_type: string
      conversation_id: number | null
      moderator_id: string
      client_call_id: string | null
      callback_url: string | null
    }>`
      select d.bearer_id, b.bearer_name, b.bearer_type, d.conversation_id, d.moderator_id, d.client_call_id,
        d.callback_url
      from voice_devices d join bearers b on b.id = d.bearer_id
      where d.identity = ${from.slice('client:'.length)}`.execute(deps.database.sql)
    const [row] = rows
    if (row === undefined) return undefined
    const { bearer_id: id, bearer_name: name, bearer_type: type, ...device } = row
    return { bearer: { id, name, isAdmin: type === 'Admin' }, device }
  }
}

/** @throws 422 naming every field at fault */
function checked(fields: unknown = {}): VoiceResponseRequest {
  if (Value.Check(VoiceResponseRequest, fields)) return fields
  const problems = findingsIn(VoiceResponseRequest, fields)
  throw invalidValues(
    problems.map(({ path, message }) => ({ field: path.slice(1) || 'body', message }))
  )
}

/** The fields of ours in a form; an empty one is absent, as forms have it. */
function namedFields(form: FormValues): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(VoiceResponseRequest.properties).flatMap(name => {
      const value = form[name]
      if (value === undefined || value === '') return []
      return [[name, typeof value === 'string' ? storable(value) : value]]
    })
  )
}
