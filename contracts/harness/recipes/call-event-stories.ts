import type { EventStory } from '../checks/events.ts'
import { canonical, isRecord, type Json, list, textIn } from '../json.ts'
import { type Actor, eventually, recordOf, type World } from '../world/world.ts'
import type { TwilioControl } from '../twilio-control.ts'
import { conferenceIn, convene } from './conference-calls.ts'
import { aPairing } from './return-calls.ts'
import { voiceToken } from './sdk-calls.ts'

const conferenceType = 'conference_calls.conference_call.status_update'
const callType = 'direct_calls.call.status_update'
const voicemail = 'direct_calls.voicemail'

const times = (type: string, count: number): string[] => Array.from({ length: count }, () => type)

const ofType = (told: readonly Json[], type: string): Json[] =>
  told.filter(payload => payload['type'] === type)

const sequenceProblem = (
  what: string,
  is: readonly unknown[],
  should: readonly string[]
): string | undefined =>
  is.map(String).join(', ') === should.join(', ')
    ? undefined
    : `${what} must be told as ${should.join(', ')}; told was ${is.map(String).join(', ') || 'nothing'}`

/** A link is made anew for each event and each answer, and shows the same recording; not all that is noted is told. */
const withoutLinks = ({ recording_url: url, ...rest }: Json): string =>
  canonical({ ...rest, updated_at: '', has_recording: url !== '' })

/** What is read is what was told last. */
async function readingProblem(
  world: World,
  actor: Actor,
  operationId: string,
  params: Record<string, string | number>,
  last: Json | undefined
): Promise<string | undefined> {
  const read = recordOf(await world.must(operationId, actor, { params }))
  const shown = Object.fromEntries(Object.keys(read).map(name => [name, last?.[name]]))
  return withoutLinks(shown) === withoutLinks(read)
    ? undefined
    : `the last event and what is read differ: ${withoutLinks(shown)} / ${withoutLinks(read)}`
}

/** People who talk in a conference; gives what the last event must hold. */
async function talk(world: World, actor: Actor, twilio: TwilioControl): Promise<Json> {
  const [moderator, anna, ben] = [world.receiver(), world.receiver(), world.receiver()]
  await twilio.person(moderator, { answers: 'person', after: '2 s', hangs_up_after: '5 min' })
  await twilio.person(anna, { answers: 'person', after: '2 s', hangs_up_after: '20 s' })
  await twilio.person(ben, { answers: 'person', after: '4 s', hangs_up_after: '20 s' })
  const created = await convene(world, actor, {
    moderator_number: moderator,
    participant_numbers: [anna, ben]
  })
  const { uuid, client_conversation_id } = conferenceIn(created)
  return {
    uuid,
    client_conversation_id,
    call_uuid: created['uuid'],
    internal_status: 'completed',
    provider_status: 'completed',
    moderator_number: moderator,
    participant_numbers: [anna, ben],
    twilio_number: world.options.senders[0],
    error_code: null
  }
}

const aConference: EventStory = {
  // The steps of the conference, two legs that come and go, and the recording.
  types: times(conferenceType, 9),
  operation: 'post_conference_calls',
  happen: talk,
  async problem(world, actor, told) {
    const last = told.at(-1)
    const moderator = told[0]?.['call_uuid']
    const ofWhole = told.filter(payload => payload['call_uuid'] === moderator)
    const legs = new Set(told.map(payload => payload['call_uuid']).filter(id => id !== moderator))
    const ofLeg = (id: unknown): unknown[] =>
      told
        .filter(payload => payload['call_uuid'] === id)
        .map(
          payload =>
            list(payload['participants'])
              .filter(isRecord)
              .find(leg => leg['call_uuid'] === id)?.['internal_status']
        )
    return (
      sequenceProblem(
        'a conference',
        ofWhole.map(payload => payload['internal_status']),
        ['calling_moderator', 'calling_participants', 'in_progress', 'completed', 'completed']
      ) ??
      (legs.size === 2 ? undefined : `of two participants ${legs.size} were told of`) ??
      [...legs]
        .map(id => sequenceProblem('a participant', ofLeg(id), ['in_progress', 'completed']))
        .find(problem => problem !== undefined) ??
      sequenceProblem(
        'the recording',
        ofWhole.map(payload => (payload['recording_url'] === '' ? 'not yet' : 'there')),
        ['not yet', 'not yet', 'not yet', 'not yet', 'there']
      ) ??
      (await readingProblem(
        world,
        actor,
        'get_conference_calls_by_uuid',
        { uuid: textIn(last?.['uuid']) },
        last
      ))
    )
  }
}

/** The same, while the provider calls twice, or in another order than things happen in. */
const disturbed = (fault: 'duplicate' | 'reorder'): EventStory => ({
  types: times(conferenceType, 2),
  operation: 'post_conference_calls',
  async happen(world, actor, twilio) {
    const id = await twilio.addFault({ effect: { type: 'callback', fault } })
    try {
      const expected = await talk(world, actor, twilio)
      await eventually(
        world,
        () => actor.mailbox.arrivals.some(({ payload }) => payload['recording_url'] !== ''),
        { stepMs: 2_000 }
      )
      return expected
    } finally {
      await twilio.removeFault(id)
    }
  },
  async problem(world, actor, told) {
    const last = told.at(-1)
    const ofWhole = told.filter(payload => payload['call_uuid'] === last?.['call_uuid'])
    const statuses = ofWhole.map(payload => textIn(payload['internal_status']))
    const order = ['calling_moderator', 'calling_participants', 'in_progress', 'completed']
    // The end, and then the recording.
    return (
      (statuses.filter(status => status === 'completed').length === 2
        ? undefined
        : `the end was told as ${statuses.join(', ')}`) ??
      sequenceProblem(
        'a conference whose callbacks are disturbed',
        [...new Set(statuses)],
        order.filter(status => statuses.includes(status))
      ) ??
      (statuses.length === new Set(statuses).size + 1
        ? undefined
        : `a status was told twice: ${statuses.join(', ')}`) ??
      (await readingProblem(
        world,
        actor,
        'get_conference_calls_by_uuid',
        { uuid: textIn(last?.['uuid']) },
        last
      ))
    )
  }
})

const message = 'Anna is ill today and will stay at home, thank you very much.'

const aVoicemail: EventStory = {
  types: [
    ...times(callType, 3),
    `${voicemail}.recorded`,
    `${voicemail}.status_update`,
    `${voicemail}.transcripted`,
    `${voicemail}.status_update`
  ],
  operation: 'get_voicemails_by_id',
  async happen(world, actor, twilio) {
    const { person, number, clientConversationId } = await aPairing(world, actor)
    await twilio.person(person, { presses: ['2'], says: [message] })
    await twilio.call(person, number)
    return {
      caller_id: person,
      participant_number: person,
      provider_number: number,
      client_conversation_id: clientConversationId,
      internal_status: 'transcripted',
      transcription: { status: 'completed', text: message }
    }
  },
  async problem(world, actor, told) {
    const calls = ofType(told, callType)
    const statuses = ofType(told, `${voicemail}.status_update`)
    const [recorded, ...more] = ofType(told, `${voicemail}.recorded`)
    const last = statuses.at(-1)
    const call = calls.at(-1)
    return (
      sequenceProblem(
        'a return call',
        calls.map(payload => payload['internal_status']),
        // The third tells what was chosen.
        ['ringing', 'in_progress', 'in_progress', 'completed']
      ) ??
      (call?.['menu_choice'] === 'voicemail' ? undefined : 'what the caller chose is not told') ??
      sequenceProblem(
        'a voicemail',
        statuses.map(payload => payload['internal_status']),
        ['recorded', 'transcripted']
      ) ??
      (more.length === 0 ? undefined : 'one voicemail was told as recorded twice') ??
      (recorded?.['caller_id'] === last?.['caller_id'] && recorded?.['recording_url'] !== ''
        ? undefined
        : `a voicemail that was recorded lacks its number or its recording: ${JSON.stringify(recorded)}`) ??
      (last?.['call_uuid'] === call?.['uuid'] ? undefined : 'a voicemail names another call') ??
      (await readingProblem(
        world,
        actor,
        'get_voicemails_by_id',
        { id: Number(last?.['id']) },
        last
      ))
    )
  }
}

const fromABrowser: EventStory = {
  types: times(callType, 4),
  operation: 'post_sdk_calls_voice_token',
  // Whoever is called sees a number of a messaging service; an administrator may use anybody's.
  bearerType: 'Admin',
  async happen(world, actor, twilio) {
    const [person, teacher, call] = [world.receiver(), world.fresh('teacher'), world.fresh('call')]
    const { token } = await voiceToken(world, actor, {
      moderator_id: teacher,
      client_call_id: call
    })
    const identity = await twilio.signIn(token)
    await twilio.person(person, { answers: 'person', after: '3 s', hangs_up_after: '20 s' })
    await twilio.connect(identity, { To: person })
    return {
      kind: 'sdk',
      participant_number: person,
      moderator_id: teacher,
      client_call_id: call,
      internal_status: 'completed'
    }
  },
  async problem(world, actor, told) {
    const last = told.at(-1)
    const uuid = textIn(last?.['uuid'])
    const fresh = recordOf(
      await world.must('get_calls_by_uuid_recording_url', actor, { params: { uuid } })
    )
    return (
      sequenceProblem(
        'a call from a browser',
        told.map(payload => payload['internal_status']),
        ['ringing', 'in_progress', 'completed', 'completed']
      ) ??
      (textIn(last?.['recording_url']) !== '' && textIn(fresh['recording_url']) !== ''
        ? undefined
        : 'a call that was recorded has no recording') ??
      (await readingProblem(world, actor, 'get_calls_by_uuid', { uuid }, last))
    )
  }
}

/** People who are called, and who call. */
export const callEventStories: readonly EventStory[] = [
  aConference,
  disturbed('duplicate'),
  disturbed('reorder'),
  aVoicemail,
  fromABrowser
]
