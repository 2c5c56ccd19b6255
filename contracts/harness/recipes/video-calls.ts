import { type Json, textIn } from '../json.ts'
import { type Actor, type Case, eventually, recordOf, type World } from '../world/world.ts'
import type { ResourceRecipes } from './recipe.ts'
import { aSession, eventsOfSession, tellAsZoom } from './zoom-callbacks.ts'

/** Name and key are made by the server: nobody else can have taken them. */
const aVideoCall = (world: World, fields: Json = {}): Json => ({
  client_conversation_id: world.fresh('evening'),
  host_username: 'Ms. Ortega',
  maximum_call_length: 45,
  ...fields
})

export async function createVideoCall(
  world: World,
  actor: Actor,
  fields: Json = {}
): Promise<Json> {
  const body = { video_call: aVideoCall(world, fields) }
  return recordOf(await world.must('post_video_calls', actor, { body, secret: true }))
}

export const keyOf = (call: Json): string => String(call['shunkan_ido_session_key'])

const aParticipant = (key: string, fields: Json = {}): Case => ({
  body: { participant: { session_key: key, username: 'Ana Lima', ...fields } },
  secret: true
})

export const addParticipant = async (
  world: World,
  actor: Actor,
  key: string,
  fields: Json = {}
): Promise<Json> =>
  recordOf(await world.must('post_video_call_participants', actor, aParticipant(key, fields)))

export const readVideoCall = async (world: World, actor: Actor, key: string): Promise<Json> =>
  recordOf(
    await world.must('get_video_calls_by_session_key', actor, {
      params: { session_key: key },
      secret: true
    })
  )

/** What a bearer was told of a call, in the order of its arrival. */
export const changesOf = ({ mailbox }: Actor, key: string): string[] => {
  const told = new Map(
    mailbox.arrivals
      .filter(({ payload }) => payload['shunkan_ido_session_key'] === key)
      .map(({ payload }) => [textIn(payload['event_id']), textIn(payload['change'])])
  )
  return [...told.values()]
}

/** A call that was held and is over. */
async function endedVideoCall(world: World, actor: Actor): Promise<Json> {
  const call = await createVideoCall(world, actor)
  const session = await aSession(world, call)
  for (const event of eventsOfSession(session, 'ana')) await tellAsZoom(world, event)
  await eventually(
    world,
    async () => (await readVideoCall(world, actor, keyOf(call)))['internal_status'] === 'ended'
  )
  return call
}

export const videoCalls: ResourceRecipes = {
  operations: {
    post_video_calls: {
      valid: async world => ({ body: { video_call: aVideoCall(world) }, secret: true }),
      unique: ['video_call.session_key', 'video_call.session_name'],
      samples: { 'video_call.session_name': 'Evening of class 4b' },
      provoke: {
        409: async (world, actor) => ({
          body: {
            video_call: aVideoCall(world, {
              session_key: keyOf(await createVideoCall(world, actor))
            })
          }
        })
      }
    },
    get_video_calls_by_session_key: {
      valid: async (world, actor) => ({
        params: { session_key: keyOf(await createVideoCall(world, actor)) },
        secret: true
      })
    },
    post_video_call_participants: {
      owned: true,
      references: ['participant.session_key', 'participant.shunkan_ido_session_key'],
      valid: async (world, actor) => aParticipant(keyOf(await createVideoCall(world, actor))),
      provoke: {
        404: async world => aParticipant(world.fresh('absent').slice(-36)),
        409: async (world, actor) => aParticipant(keyOf(await endedVideoCall(world, actor)))
      },
      cannotProvoke: ({ options }, status) =>
        status === 409 && options.zoomSecret === undefined
          ? "that a call is over needs Zoom's signature: --zoom-secret, or --mock-zoom"
          : undefined
    }
  }
}
