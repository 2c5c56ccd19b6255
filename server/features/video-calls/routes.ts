import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { answerOnce } from '../../platform/answer-once.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import { createParticipant } from './create-participant.ts'
import { createVideoCall, refusingTakenNames, type VideoCallDeps } from './create-video-call.ts'
import { findVideoCalls, presentVideoCall } from './read-video-call.ts'
import {
  CreatedVideoCall,
  CreateVideoCall,
  CreateVideoCallParticipant,
  VideoCall,
  VideoCallParticipant
} from './schemas.ts'

const tags = ['Video calls']

/** Video calls: created with their host, joined by tokens, read with everybody and everything in them. */
export const videoCallRoutes: FastifyPluginAsyncTypebox<{ deps: VideoCallDeps }> = async (
  app,
  { deps }
) => {
  const { clock, database, signToken, storage } = deps

  app.post(
    '/video_calls',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a video call',
        description:
          'Answers with the token of its host. The call starts when the first person joins, and is ended when its maximum length is reached.',
        tags,
        body: CreateVideoCall,
        response: { 201: CreatedVideoCall, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    (request, reply) =>
      refusingTakenNames(() =>
        answerOnce(request, reply, database, 201, tx =>
          createVideoCall(deps, tx, request.bearer, request.body.video_call)
        )
      )
  )

  app.get(
    '/video_calls/:session_key',
    {
      schema: {
        summary: 'Retrieve a video call',
        description: 'With its participants and recordings. The key is URL-encoded.',
        tags,
        params: Type.Object({
          session_key: Type.String({
            description: "The call's `shunkan_ido_session_key`.",
            examples: ['parent-evening-4b']
          })
        }),
        response: { 200: VideoCall, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params, bearer }) => {
      const [known] = await findVideoCalls(database, database.sql, 'session_key', [
        params.session_key
      ])
      if (known?.call.bearer_id !== bearer.id)
        throw new errors.notFound('There is no such video call.')
      return presentVideoCall(known, storage, clock.now(), signToken)
    }
  )

  app.post(
    '/video_call_participants',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a video call participant',
        description: 'Answers with a token to join the call. Refused with 409 when it is over.',
        tags,
        body: CreateVideoCallParticipant,
        response: {
          201: VideoCallParticipant,
          403: ErrorBody,
          404: ErrorBody,
          409: ErrorBody,
          422: ErrorBody
        }
      }
    },
    (request, reply) =>
      answerOnce(request, reply, database, 201, tx =>
        createParticipant(deps, tx, request.bearer.id, request.body.participant)
      )
  )
}
