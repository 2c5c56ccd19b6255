import type { Json } from '../json.ts'
import type { Case, World } from '../world/world.ts'
import { absentUuid } from './messages.ts'
import { aSid, callback } from './provider-callbacks.ts'
import type { OperationRecipe, ResourceRecipes } from './recipe.ts'

/** A call of somebody whom we do not know: it is answered, and nothing is kept of it but the callback. */
const aStranger = (world: World): Json => ({
  CallSid: aSid(world, 'CA'),
  From: world.receiver(),
  To: world.options.senders[0],
  CallStatus: 'ringing'
})

const aRecording = (world: World): Json => ({
  CallSid: aSid(world, 'CA'),
  RecordingSid: aSid(world, 'RE'),
  RecordingStatus: 'completed',
  RecordingDuration: '12'
})

const ofCall = { query: { call_uuid: absentUuid } }

/** The operations by what the provider sends them. */
const forms: Record<string, (world: World) => Case> = {
  post_twilio_calls_incoming: world => ({ body: aStranger(world) }),
  post_twilio_calls_menu: world => ({
    query: { step: 'chosen' },
    body: { ...aStranger(world), Digits: '1' }
  }),
  post_twilio_calls_voice_responses: world => ({
    query: { call_uuid: absentUuid, conference_uuid: absentUuid },
    body: { ...aStranger(world), AnsweredBy: 'human' }
  }),
  post_twilio_calls_participant_status_changes: world => ({ ...ofCall, body: aStranger(world) }),
  post_twilio_calls_conference_status_changes: world => ({
    query: { conference_uuid: absentUuid },
    body: {
      ConferenceSid: aSid(world, 'CF'),
      FriendlyName: absentUuid,
      StatusCallbackEvent: 'conference-end'
    }
  }),
  post_twilio_calls_recordings: world => ({ ...ofCall, body: aRecording(world) }),
  post_twilio_calls_create_voicemail: world => ({
    query: { pairing_id: '4000000000001' },
    body: aRecording(world)
  }),
  post_twilio_calls_transcriptions: world => ({
    body: {
      TranscriptionSid: aSid(world, 'TR'),
      TranscriptionStatus: 'completed',
      TranscriptionText: 'Please call me back.',
      RecordingSid: aSid(world, 'RE')
    }
  }),
  get_twilio_calls_by_uuid_call_welcome_message: () => ({ params: { uuid: absentUuid } }),
  post_twilio_calls_by_uuid_call_welcome_message: world => ({
    params: { uuid: absentUuid },
    body: aStranger(world)
  }),
  post_twilio_announcements_voice: world => ({
    query: { message_uuid: absentUuid },
    body: aStranger(world)
  })
}

export const callCallbacks: ResourceRecipes = {
  operations: Object.fromEntries(
    Object.entries(forms).map(([id, form]): [string, OperationRecipe] => [
      id,
      callback(id, world => Promise.resolve(form(world)))
    ])
  )
}
