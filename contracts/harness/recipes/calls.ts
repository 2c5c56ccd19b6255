import { type Actor, type Case, eventually, type World } from '../world/world.ts'
import { convene } from './conference-calls.ts'
import { needsSignature } from './provider-callbacks.ts'
import { aReturnCall, aVoicemailIn, tellOf } from './return-calls.ts'
import type { ResourceRecipes } from './recipe.ts'

/** The moderator's call of a conference: a call that needs nobody to call us. */
const aCall = async (world: World, actor: Actor): Promise<Case> => ({
  params: { uuid: String((await convene(world, actor))['uuid']) }
})

/** Somebody called and hung up at the tone: a voicemail in which there is nothing. */
async function aVoicemail(world: World, actor: Actor): Promise<Case> {
  const call = await aReturnCall(world, actor)
  await tellOf(world, call, 'completed')
  await aVoicemailIn(world, call, 'absent')
  const type = 'direct_calls.voicemail.status_update'
  const { arrivals } = actor.mailbox
  let id = 0
  await eventually(world, () => {
    // Of one actor several may call; each has a number of their own.
    const arrival = arrivals.findLast(
      ({ payload }) => payload['type'] === type && payload['caller_id'] === call.person
    )
    id = Number(arrival?.payload['id'] ?? 0)
    return id > 0
  })
  return { params: { id } }
}

export const calls: ResourceRecipes = {
  operations: {
    get_calls_by_uuid: { valid: aCall },
    get_calls_by_uuid_recording_url: { valid: aCall },
    get_voicemails_by_id: { valid: aVoicemail, needs: needsSignature }
  }
}
