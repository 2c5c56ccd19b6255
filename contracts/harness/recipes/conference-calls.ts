import { isRecord, type Json } from '../json.ts'
import { type Actor, recordOf, type World } from '../world/world.ts'
import { absentUuid } from './messages.ts'
import type { ResourceRecipes } from './recipe.ts'

/** Somebody who is never free: a call that only had to be made is over at once. */
async function busyPerson(world: World): Promise<string> {
  const number = world.receiver()
  await world.twilio?.person(number, { answers: 'busy' })
  return number
}

export const aConferenceCall = async (world: World, fields: Json = {}): Promise<Json> => ({
  twilio_number: world.options.senders[0],
  moderator_number: fields['moderator_number'] ?? (await busyPerson(world)),
  client_conversation_id: world.fresh('conference'),
  participant_numbers: [world.receiver()],
  welcome_message: 'Your school would like to talk to you.',
  ...fields
})

/** Makes a conference call; gives the moderator's call, in which it is. */
export async function convene(world: World, actor: Actor, fields: Json = {}): Promise<Json> {
  const body = await aConferenceCall(world, fields)
  return recordOf(await world.must('post_conference_calls', actor, { body }))
}

/** The conference call in the answer to its creation. */
export const conferenceIn = (created: Json): Json => {
  const conference = created['conference_call']
  return isRecord(conference) ? conference : {}
}

export const conferenceCalls: ResourceRecipes = {
  operations: {
    post_conference_calls: {
      valid: async world => ({ body: await aConferenceCall(world) })
    },
    get_conference_calls_by_uuid: {
      valid: async (world, actor) => ({
        params: { uuid: String(conferenceIn(await convene(world, actor))['uuid']) }
      }),
      provoke: { 404: async () => ({ params: { uuid: absentUuid } }) }
    }
  }
}
