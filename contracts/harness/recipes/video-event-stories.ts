import type { EventStory } from '../checks/events.ts'
import { isRecord, type Json, list, textIn } from '../json.ts'
import { type Actor, eventually, type World } from '../world/world.ts'
import { addParticipant, changesOf, createVideoCall, keyOf, readVideoCall } from './video-calls.ts'

const type = 'video_calls.video_call.status_update'

const needs = ({ zoom }: World): string | undefined =>
  zoom ? undefined : 'needs people in a video session: --mock-zoom'

/** Somebody joins with a token of the API. */
async function join(world: World, call: Json, user: string, token: unknown): Promise<void> {
  await world.zoom?.join(String(call['session_name']), {
    user_name: user,
    token: textIn(token),
    session_key: keyOf(call)
  })
}

/** Waits until the bearer was told of so many changes. */
const untilTold = (world: World, actor: Actor, call: Json, count: number): Promise<boolean> =>
  eventually(world, () => changesOf(actor, keyOf(call)).length >= count, { stepMs: 1_000 })

const changesProblem = (told: readonly Json[], should: readonly string[]): string | undefined => {
  const is = told.map(payload => textIn(payload['change'])).join(', ')
  return is === should.join(', ')
    ? undefined
    : `a video call must be told as ${should.join(', ')}; told was ${is || 'nothing'}`
}

/** A call that everybody comes to, that is recorded, and that its host ends. */
const aRecordedCall: EventStory = {
  types: Array.from({ length: 8 }, () => type),
  operation: 'post_video_calls',
  needs,
  async happen(world, actor) {
    const { zoom } = world
    const call = await createVideoCall(world, actor)
    const guest = await addParticipant(world, actor, keyOf(call), { user_key: 'ana' })
    const room = String(call['session_name'])
    await join(world, call, 'Ms. Ortega', call['host_token'])
    await untilTold(world, actor, call, 2)
    await join(world, call, 'Ana Lima', guest['token_signature'])
    await untilTold(world, actor, call, 3)
    await zoom?.record(room)
    await world.twilio?.advance(30_000)
    await zoom?.leave(room, 'ana')
    await untilTold(world, actor, call, 4)
    await zoom?.end(room)
    return {
      id: call['id'],
      client_conversation_id: call['client_conversation_id'],
      internal_status: 'ended',
      provider_status: 'session.ended',
      host_token: null
    }
  },
  async problem(world, actor, told) {
    const key = textIn(told.at(-1)?.['shunkan_ido_session_key'])
    const read = await readVideoCall(world, actor, key)
    const recordings = list(read['video_call_recordings']).filter(isRecord)
    const tokens = told.flatMap(payload => [
      payload['host_token'],
      ...list(payload['video_call_participants'])
        .filter(isRecord)
        .map(each => each['token_signature'])
    ])
    return (
      changesProblem(told, [
        'started',
        'participant_joined',
        'participant_joined',
        'participant_left',
        'participant_left',
        'ended',
        ...recordings.map(() => 'recording_stored')
      ]) ??
      (recordings.length > 0 && recordings.every(each => each['internal_status'] === 'stored')
        ? undefined
        : `a call that was recorded has ${recordings.length} recordings`) ??
      (tokens.every(token => token === null) ? undefined : 'an event holds a token to join with')
    )
  }
}

/** A call that nobody ends: it is ended when its maximum length is reached. */
const aCallTooLong: EventStory = {
  types: Array.from({ length: 4 }, () => type),
  operation: 'post_video_calls',
  needs,
  async happen(world, actor) {
    const call = await createVideoCall(world, actor, { maximum_call_length: 1 })
    await join(world, call, 'Ms. Ortega', call['host_token'])
    await untilTold(world, actor, call, 2)
    await world.twilio?.advance(60_000)
    return { id: call['id'], internal_status: 'ended' }
  },
  async problem(_world, _actor, told) {
    const last = told.at(-1)
    const lasted = Date.parse(textIn(last?.['end_time'])) - Date.parse(textIn(last?.['start_time']))
    return (
      changesProblem(told, ['started', 'participant_joined', 'participant_left', 'ended']) ??
      (lasted >= 59_000 && lasted <= 65_000
        ? undefined
        : `a call of one minute at most lasted ${lasted / 1_000} s`)
    )
  }
}

/** People who meet in video sessions. */
export const videoEventStories: readonly EventStory[] = [aRecordedCall, aCallTooLong]
