import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { examples } from '../../examples.ts'
import { answerOnce } from '../../platform/answer-once.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import { isUuid } from '../../platform/ids.ts'
import { findConferences, presentConference } from './conference-row.ts'
import {
  checkConferenceCall,
  type ConferenceCreationDeps,
  createConferenceCall
} from './create-conference-call.ts'
import { ConferenceCall, CreateConferenceCall, CreatedConferenceCall } from './schemas.ts'

const tags = ['Conference calls']

/** Conference calls: a moderator is called, then everybody else, and all talk in one conference. */
export const conferenceCallRoutes: FastifyPluginAsyncTypebox<{
  deps: ConferenceCreationDeps
}> = async (app, { deps }) => {
  app.post(
    '/conference_calls',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a conference call',
        description:
          "The moderator is called first; once a person picked up there, the participants are called, and all join one conference. The answer is the moderator's call, and holds the conference call. Who opted out of calls is not called.",
        tags,
        body: CreateConferenceCall,
        response: { 201: CreatedConferenceCall, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    (request, reply) => {
      checkConferenceCall(request.body)
      return answerOnce(request, reply, deps.database, 201, tx =>
        createConferenceCall(deps, tx, request.bearer, request.body)
      )
    }
  )

  app.get(
    '/conference_calls/:uuid',
    {
      schema: {
        summary: 'Retrieve a conference call',
        tags,
        params: Type.Object({
          uuid: Type.String({
            description: "The conference call's `uuid`.",
            examples: [examples.conferenceCallUuid]
          })
        }),
        response: { 200: ConferenceCall, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params: { uuid }, bearer }) => {
      const [conference] = isUuid(uuid)
        ? await findConferences(
            deps.database,
            deps.database.sql,
            sql`f.uuid = ${uuid.toLowerCase()} and f.bearer_id = ${bearer.id}`
          )
        : []
      if (conference === undefined) throw new errors.notFound('There is no such conference call.')
      return presentConference(deps.storage, conference)
    }
  )
}
