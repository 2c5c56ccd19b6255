import type { Exchange } from '../client.ts'
import { isRecord, type Json, list, textIn } from '../json.ts'
import { aConferenceCall, conferenceIn, convene } from '../recipes/conference-calls.ts'
import { absentUuid } from '../recipes/messages.ts'
import { aSid, signed } from '../recipes/provider-callbacks.ts'
import {
  aPairing,
  aReturnCall,
  aVoicemailIn,
  formOf,
  type ReturnCall,
  tell,
  tellOf
} from '../recipes/return-calls.ts'
import { voiceToken } from '../recipes/sdk-calls.ts'
import { type Actor, eventually, recordOf, type World } from '../world/world.ts'
import { settled } from './callbacks.ts'
import { permutations } from './permutations.ts'

const statusChanges = 'post_twilio_calls_participant_status_changes'

/** What Twilio asks and tells of calls: what is to happen in them, and how they fared, in any order. */
export async function checkCallCallbacks(world: World): Promise<void> {
  const isServed = (id: string): boolean => world.operations.some(operation => operation.id === id)
  if (isServed('post_twilio_calls_menu')) {
    await menus(world)
    await optOut(world)
  }
  if (isServed('post_twilio_calls_voice_responses')) await moderators(world)
  if (isServed('post_twilio_calls_by_uuid_call_welcome_message')) await welcomes(world)
  if (isServed('post_sdk_calls_voice_response')) await browsers(world)
  if (isServed(statusChanges)) {
    await callsConverge(world)
    await strangers(world)
  }
  if (isServed('post_twilio_calls_create_voicemail')) await voicemailsConverge(world)
}

/** What a document of the provider's language says and does. */
const saysIn = ({ text }: Exchange): string[] =>
  [...text.matchAll(/<Say[^>]*>([^<]*)<\/Say>/g)].map(([, words = '']) => words)
const has = ({ text }: Exchange, verb: string): boolean => new RegExp(`<${verb}[\\s/>]`).test(text)
const attributeIn = ({ text }: Exchange, name: string): string =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '').replaceAll('&amp;', '&')
/** A field of the address that comes next. */
const nextIn = (exchange: Exchange, name: string): string => {
  const action = attributeIn(exchange, 'action')
  return URL.canParse(action) ? (new URL(action).searchParams.get(name) ?? '') : ''
}

const judge = (
  world: World,
  check: string,
  exchange: Exchange,
  problem: string | undefined
): void =>
  world.judge_(
    'providers',
    check,
    exchange,
    problem && `${problem}: ${exchange.status} ${exchange.text.slice(0, 400)}`
  )

/** Who calls back hears a menu, if we know them, and what they choose happens. */
async function menus(world: World): Promise<void> {
  const actor = await world.bearer('Admin')
  const teacher = world.fresh('teacher')
  const { identity } = await voiceToken(world, actor, { moderator_id: teacher })
  const known = {
    ...(await aPairing(world, actor, { moderator_id: teacher })),
    sid: aSid(world, 'CA')
  }
  const alone = { ...(await aPairing(world, actor)), sid: aSid(world, 'CA') }
  const stranger = { ...known, person: world.receiver(), sid: aSid(world, 'CA') }

  const incoming = (call: ReturnCall) =>
    tell(world, 'post_twilio_calls_incoming', formOf(call, 'ringing'))
  const unknown = await incoming(stranger)
  judge(
    world,
    'menu',
    unknown,
    !has(unknown, 'Gather') && has(unknown, 'Hangup') && saysIn(unknown).length > 0
      ? undefined
      : 'whom nobody knows must hear so, and be hung up on'
  )
  const menu = await incoming(known)
  const pairing = nextIn(menu, 'pairing_id')
  judge(
    world,
    'menu',
    menu,
    has(menu, 'Gather') && pairing !== '' && /\b1\b.*\b2\b.*\b3\b/.test(saysIn(menu).join(' '))
      ? undefined
      : 'whom a pairing knows must hear the menu'
  )
  const choose = (call: ReturnCall, id: string, digits: string) =>
    tell(
      world,
      'post_twilio_calls_menu',
      { ...formOf(call, 'in-progress'), Digits: digits },
      { pairing_id: id, step: 'chosen' }
    )
  const connected = await choose(known, pairing, '1')
  judge(
    world,
    'menu',
    connected,
    has(connected, 'Dial') && connected.text.includes(identity)
      ? undefined
      : `1 must call the browser ${identity}`
  )
  const noDevice = await choose(alone, nextIn(await incoming(alone), 'pairing_id'), '1')
  judge(
    world,
    'menu',
    noDevice,
    has(noDevice, 'Record') && !has(noDevice, 'Dial')
      ? undefined
      : '1 must lead to the tone where no browser is registered'
  )
  const message = await choose(known, pairing, '2')
  judge(
    world,
    'menu',
    message,
    has(message, 'Record') &&
      attributeIn(message, 'recordingStatusCallback').includes('/create_voicemail') &&
      attributeIn(message, 'transcribeCallback').includes('/transcriptions')
      ? undefined
      : '2 must take a message'
  )
  const wrong = await choose(known, pairing, '7')
  judge(world, 'menu', wrong, has(wrong, 'Gather') ? undefined : 'a wrong key must ask again')
  // A call that goes on is asked after.
  for (const call of [known, alone]) await tellOf(world, call, 'completed')
}

/** Who pressed 3 is called no more from that number. */
async function optOut(world: World): Promise<void> {
  const actor = await world.bearer()
  const call = await aReturnCall(world, actor)
  await tell(
    world,
    'post_twilio_calls_menu',
    { ...formOf(call, 'in-progress'), Digits: '3' },
    { step: 'chosen' }
  )
  await settled(world)
  const operation = world.document.operation('post_conference_calls')
  const body = await aConferenceCall(world, { participant_numbers: [call.person] })
  const refused = await world.send(operation, actor, { body })
  const { error } = recordOf(refused)
  judge(
    world,
    'opt-out',
    refused,
    refused.status === 422 && isRecord(error) && /opted_out/.test(String(error['code']))
      ? undefined
      : 'who opted out of calls must not be called'
  )
  await tellOf(world, call, 'completed')
}

/** A person who picks up as moderator is put into the conference; a machine is hung up on. */
async function moderators(world: World): Promise<void> {
  const { twilio } = world
  if (!twilio) return
  const actor = await world.bearer()
  for (const [answeredBy, verb] of [
    ['human', 'Conference'],
    ['unknown', 'Conference'],
    ['machine_start', 'Hangup'],
    ['fax', 'Hangup']
  ] as const) {
    const moderator = world.receiver()
    await twilio.person(moderator, { answers: 'nobody' })
    const created = await convene(world, actor, { moderator_number: moderator })
    const uuid = String(conferenceIn(created)['uuid'])
    // The call that the provider has: of one that it does not have, the server would ask for a day.
    let sid = ''
    await eventually(world, async () => {
      const call = (await twilio.calls()).find(({ to }) => to === moderator)
      sid = textIn(call?.['sid'])
      return sid !== ''
    })
    const form = { CallSid: sid, AnsweredBy: answeredBy, CallStatus: 'in-progress' }
    const asked = await tell(world, 'post_twilio_calls_voice_responses', form, {
      conference_uuid: uuid,
      call_uuid: String(created['uuid'])
    })
    judge(
      world,
      'moderator',
      asked,
      has(asked, verb) && (verb === 'Hangup') === !asked.text.includes(`>${uuid}<`)
        ? undefined
        : `${answeredBy} as moderator must lead to ${verb}`
    )
  }
}

/** Each participant hears the words of the request. */
async function welcomes(world: World): Promise<void> {
  const actor = await world.bearer()
  const words = world.fresh('welcome')
  const created = await convene(world, actor, { welcome_message: words })
  const [leg] = list(conferenceIn(created)['participants']).filter(isRecord)
  const uuid = String(leg?.['call_uuid'])
  for (const id of [
    'get_twilio_calls_by_uuid_call_welcome_message',
    'post_twilio_calls_by_uuid_call_welcome_message'
  ]) {
    const operation = world.document.operation(id)
    const ask = (params: Record<string, string>): Promise<Exchange> =>
      world.send(operation, null, signed(world, operation, { params }), { around: true })
    const heard = await ask({ uuid })
    judge(
      world,
      'welcome',
      heard,
      saysIn(heard).join() === words ? undefined : `the participant must hear "${words}"`
    )
    const nothing = await ask({ uuid: absentUuid })
    judge(
      world,
      'welcome',
      nothing,
      saysIn(nothing).includes(words) ? 'in a call that nobody knows nothing is said' : undefined
    )
  }
}

/** A call from a browser, as the provider asks about it. */
async function browserCall(
  world: World,
  identity: string,
  sid = aSid(world, 'CA'),
  to = world.receiver()
): Promise<{ asked: Exchange; uuid: string; sid: string; to: string }> {
  const operation = world.document.operation('post_sdk_calls_voice_response')
  const body = { CallSid: sid, From: `client:${identity}`, To: to, CallStatus: 'ringing' }
  const request = signed(world, operation, { body })
  const asked = await world.send(operation, null, request, { around: true })
  return { asked, uuid: nextIn(asked, 'call_uuid'), sid, to }
}

/** A browser that is known calls whom it names; anybody else reaches nobody. */
async function browsers(world: World): Promise<void> {
  const actor = await world.bearer('Admin')
  const clientCallId = world.fresh('call')
  const { identity } = await voiceToken(world, actor, { client_call_id: clientCallId })
  const { asked, uuid, sid, to } = await browserCall(world, identity)
  judge(
    world,
    'browser',
    asked,
    has(asked, 'Dial') && asked.text.includes(`>${to}<`) && uuid !== ''
      ? undefined
      : `the browser must be connected to ${to}`
  )
  const call = recordOf(await world.must('get_calls_by_uuid', actor, { params: { uuid } }))
  judge(
    world,
    'browser',
    asked,
    call['kind'] === 'sdk' &&
      call['participant_number'] === to &&
      call['call_sid'] === sid &&
      call['client_call_id'] === clientCallId
      ? undefined
      : `the call is not what the browser asked for: ${JSON.stringify(call)}`
  )
  const over = { CallSid: aSid(world, 'CA'), ParentCallSid: sid, CallStatus: 'completed' }
  await tell(world, statusChanges, over, { call_uuid: uuid })
  const again = await browserCall(world, identity, sid, to)
  judge(
    world,
    'browser',
    again.asked,
    again.uuid === uuid ? undefined : 'the same call, asked about twice, must be one call'
  )
  const unknown = await browserCall(world, world.fresh('nobody'))
  judge(
    world,
    'browser',
    unknown.asked,
    unknown.asked.status === 200 && !has(unknown.asked, 'Dial')
      ? undefined
      : 'a browser that nobody knows must reach nobody'
  )
  const operation = world.document.operation('post_sdk_calls_voice_response')
  const body = { CallSid: aSid(world, 'CA'), From: `client:${identity}`, To: to }
  const forged = signed(world, operation, { body }, 'another-token')
  const exchange = await world.send(operation, null, forged, { around: true })
  judge(
    world,
    'signatures',
    exchange,
    exchange.status === 403 ? undefined : "another key's signature must be 403"
  )
}

/** Of a resource, each status that a bearer was told, in the order of its arrival; each event once. */
function statusesTold(
  { mailbox }: Actor,
  type: string,
  isMeant: (payload: Json) => boolean
): string[] {
  const told = new Map(
    mailbox.arrivals
      .filter(({ payload }) => payload['type'] === type && isMeant(payload))
      .map(({ payload }) => [textIn(payload['event_id']), textIn(payload['internal_status'])])
  )
  return [...told.values()]
}

interface ToldCall {
  order: readonly string[]
  end: string
  /** Tells how the call fares. */
  report: (status: string) => Promise<Exchange>
  isIts: (payload: Json) => boolean
}

const histories = [
  ['ringing', 'in-progress', 'completed'],
  ['ringing', 'busy'],
  ['initiated', 'no-answer']
]
const ours: Readonly<Record<string, string>> = { 'no-answer': 'no_answer' }

/** Every order of a call's reports, each twice, comes to the same end, and each step is told once. */
async function callsConverge(world: World): Promise<void> {
  const actor = await world.bearer('Admin')
  const { identity } = await voiceToken(world, actor)
  const fromBrowser = async (order: readonly string[], end: string): Promise<ToldCall> => {
    const { sid, uuid } = await browserCall(world, identity)
    const dialled = aSid(world, 'CA')
    return {
      order,
      end,
      report: status =>
        tell(
          world,
          statusChanges,
          { CallSid: dialled, ParentCallSid: sid, CallStatus: status },
          { call_uuid: uuid }
        ),
      isIts: payload => payload['uuid'] === uuid
    }
  }
  const returned = async (order: readonly string[], end: string): Promise<ToldCall> => {
    const call = await aReturnCall(world, actor)
    return {
      order,
      end,
      report: status => tellOf(world, call, status),
      isIts: payload => payload['call_sid'] === call.sid
    }
  }
  const stories: ToldCall[] = []
  for (const history of histories)
    for (const order of permutations(history)) {
      const last = history.at(-1) ?? ''
      stories.push(await fromBrowser(order, ours[last] ?? last))
    }
  for (const order of permutations(histories[0] ?? []))
    stories.push(await returned(order, 'completed'))
  let exchange: Exchange | undefined
  for (let round = 0; round < 3; round++)
    for (const { order, report } of world.random.shuffle(stories)) {
      const status = order[round]
      if (status === undefined) continue
      exchange = await report(status)
      await report(status)
    }
  await settled(world)
  const type = 'direct_calls.call.status_update'
  for (const story of stories) {
    const told = (): string[] => statusesTold(actor, type, story.isIts)
    await eventually(world, () => told().includes(story.end), { timeoutMs: 2_000 })
    const payload = actor.mailbox.arrivals.findLast(each => story.isIts(each.payload))?.payload
    const read =
      payload &&
      recordOf(
        await world.must('get_calls_by_uuid', actor, { params: { uuid: String(payload['uuid']) } })
      )
    const problem =
      read?.['internal_status'] !== story.end
        ? `reports ${story.order.join(', ')} must end in ${story.end}, the call is ${String(read?.['internal_status'])}`
        : told().at(-1) !== story.end
          ? `reports ${story.order.join(', ')} must be told up to ${story.end}, told was ${told().join(', ')}`
          : new Set(told()).size < told().length
            ? `a status was told twice: ${told().join(', ')}`
            : undefined
    if (exchange) world.judge_('providers', 'convergence', exchange, problem)
  }
}

/** Forged reports, reports of calls that nobody knows, and words that nobody understands change nothing. */
async function strangers(world: World): Promise<void> {
  const actor = await world.bearer()
  const call = await aReturnCall(world, actor)
  const operation = world.document.operation(statusChanges)
  const forged = await world.send(
    operation,
    null,
    signed(world, operation, { body: formOf(call, 'completed') }, 'another-token'),
    { around: true }
  )
  const strange = await tellOf(world, call, 'teleported')
  const unknown = await tell(world, statusChanges, {
    CallSid: aSid(world, 'CA'),
    CallStatus: 'completed'
  })
  await settled(world)
  const isIts = (payload: Json): boolean => payload['call_sid'] === call.sid
  const told = (): string[] => statusesTold(actor, 'direct_calls.call.status_update', isIts)
  await eventually(world, () => told().length > 0, { timeoutMs: 2_000 })
  world.judge_(
    'providers',
    'unsigned-changes-nothing',
    forged,
    told().join() === 'ringing'
      ? undefined
      : `after a forged report and a strange word a call that rings was told as ${told().join(', ')}`
  )
  for (const exchange of [strange, unknown])
    world.judge_(
      'providers',
      'strangers',
      exchange,
      exchange.status === 204 ? undefined : `must be taken, got ${exchange.status}`
    )
  await tellOf(world, call, 'completed')
}

/** Of one message after the tone there is one voicemail, whatever is told first, and each status is told once. */
async function voicemailsConverge(world: World): Promise<void> {
  const actor = await world.bearer()
  const parts = [
    (call: ReturnCall) => tellOf(world, call, 'completed'),
    (call: ReturnCall, sid: string) => aVoicemailIn(world, call, 'absent', sid),
    (_call: ReturnCall, sid: string) =>
      tell(world, 'post_twilio_calls_transcriptions', {
        TranscriptionSid: aSid(world, 'TR'),
        TranscriptionStatus: 'failed',
        RecordingSid: sid
      })
  ]
  const stories: { call: ReturnCall; last: Exchange }[] = []
  for (const order of permutations(parts)) {
    const call = await aReturnCall(world, actor)
    const sid = aSid(world, 'RE')
    let last: Exchange | undefined
    for (const part of order) {
      await part(call, sid)
      last = await part(call, sid)
    }
    if (last) stories.push({ call, last })
  }
  await settled(world)
  const type = 'direct_calls.voicemail.status_update'
  for (const { call, last } of stories) {
    const isIts = ({ caller_id: id }: Json): boolean => id === call.person
    const told = (): string[] => statusesTold(actor, type, isIts)
    await eventually(world, () => told().length > 0, { timeoutMs: 2_000 })
    const ids = new Set(
      actor.mailbox.arrivals
        .filter(({ payload }) => payload['type'] === type && isIts(payload))
        .map(({ payload }) => payload['id'])
    )
    world.judge_(
      'providers',
      'convergence',
      last,
      ids.size === 1 && told().join() === 'failed'
        ? undefined
        : `of an empty voicemail, told twice, came ${ids.size} voicemails, told as ${told().join(', ') || 'nothing'}`
    )
  }
}
