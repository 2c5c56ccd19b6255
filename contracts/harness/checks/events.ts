import type { Exchange } from '../client.ts'
import { type Arrival, envelopeProblems, type Mailbox } from '../inbox.ts'
import { canonical, isRecord, type Json, list, textIn } from '../json.ts'
import type { TwilioControl } from '../twilio-control.ts'
import { createMessage, scheduled } from '../recipes/messages.ts'
import { eventsOf, provokeEvent, webhookOf } from '../recipes/webhooks.ts'
import { type Actor, eventually, recordOf, type World } from '../world/world.ts'
import { eventStories } from '../recipes/event-stories.ts'
import { linksIn, type RecordingLink, recordingLinks } from './recording-links.ts'

/** What client applications are told: everything once, in order, signed, and again until they have it. */
export async function checkEvents(world: World, slow: Promise<void>): Promise<void> {
  // Virtual time waits for what is in flight, so nothing is when it is moved.
  await slow
  const listing = world.document.operation('get_admin_webhooks_by_id')
  if (!world.operations.includes(listing)) return
  const { twilio } = world
  if (!twilio)
    for (const { type } of world.document.events)
      world.ledger.skip({
        group: 'events',
        subject: type,
        status: 0,
        reason: 'needs the provider to be driven: --mock-twilio'
      })
  // Time stands still between the steps of a story, so that waits can be measured exactly.
  await twilio?.freeze()
  try {
    await withoutProvider(world)
    await resolution(world)
    await refusals(world)
    if (twilio) {
      const links: RecordingLink[] = []
      for (const story of eventStories) links.push(...linksIn(await tell(world, twilio, story)))
      await recordingLinks(world, twilio, links)
      await retries(world, twilio)
      await order(world, twilio)
      await optOuts(world, twilio)
    }
  } finally {
    await twilio?.run()
  }
}

/** Adds a verdict about an event. */
function judgeEvent(
  world: World,
  check: string,
  type: string,
  problem: string | undefined,
  curl = ''
): void {
  const verdict = { group: 'events', check: `events/${check}`, subject: type, status: 0 } as const
  if (problem === undefined) world.ledger.pass(verdict)
  else world.ledger.fail(verdict, problem, curl)
}

/** Every arrival: documented, complete, signed, and of the right bearer. */
async function judgeArrivals(world: World, actor: Actor, { arrivals }: Mailbox): Promise<void> {
  for (const arrival of arrivals) {
    const type = String(arrival.payload['type'])
    const problems = world.judge.eventProblems(type, arrival.payload)
    judgeEvent(
      world,
      'schema',
      type,
      problems === undefined
        ? `the event ${type} is not documented`
        : problems.length > 0
          ? problems.join('; ')
          : undefined
    )
    // Of the administrator that the run was given only the token is known.
    if (actor.callback.signingSecret === '') {
      world.ledger.eventSeen(type)
      continue
    }
    const envelope = await envelopeProblems(arrival, actor.callback)
    judgeEvent(world, 'envelope', type, envelope.length > 0 ? envelope.join('; ') : undefined)
    world.ledger.eventSeen(type)
  }
  const ids = Map.groupBy(arrivals, ({ payload }) => String(payload['event_id']))
  for (const [id, same] of ids) {
    const [first] = same
    judgeEvent(
      world,
      'stable',
      String(first?.payload['type']),
      same.some(({ raw }) => raw !== first?.raw)
        ? `the event ${id} was told in two forms`
        : undefined
    )
  }
}

export interface EventStory {
  /** Types that it must bring about, in this order. */
  types: readonly string[]
  operation: string
  bearerType?: 'Admin' | 'Application'
  /** Only the bearer that the customer belongs to is told: the one of `--token`. */
  asAdmin?: boolean
  /** Why it cannot be brought about in this run. */
  needs?(world: World): string | undefined
  /** Brings it about; gives what the last event must hold. */
  happen(world: World, actor: Actor, twilio: TwilioControl): Promise<Json>
  /** What is wrong with all that was told, each event once, and with what can be read now. */
  problem?(world: World, actor: Actor, told: readonly Json[]): Promise<string | undefined>
}

/** Provokes events from the provider's side, and holds them against what the API shows. */
async function tell(
  world: World,
  twilio: TwilioControl,
  story: EventStory
): Promise<readonly Arrival[]> {
  if (!world.operations.some(({ id }) => id === story.operation)) return []
  const missing = story.needs?.(world)
  if (missing !== undefined) {
    for (const type of story.types)
      world.ledger.skip({ group: 'events', subject: type, status: 0, reason: missing })
    return []
  }
  const actor = story.asAdmin
    ? { ...world.admin, mailbox: world.inbox.open(world.fresh('admin')) }
    : await world.bearer(story.bearerType)
  const expected = await story.happen(world, actor, twilio)
  const { arrivals } = actor.mailbox
  const wanted = story.types
  const arrivedTypes = (): string[] => arrivals.map(({ payload }) => String(payload['type']))
  const isThere = await eventually(world, () => countIn(arrivedTypes(), wanted) >= wanted.length, {
    stepMs: 2_000
  })
  const [type = ''] = wanted.slice(-1)
  judgeEvent(
    world,
    'told',
    type,
    isThere
      ? undefined
      : `expected ${wanted.join(', ')}; told was ${arrivedTypes().join(', ') || 'nothing'}`
  )
  const last = arrivals.findLast(({ payload }) => payload['type'] === type)
  const wrong = Object.entries(expected).filter(
    ([name, value]) => last && canonical(last.payload[name]) !== canonical(value)
  )
  judgeEvent(
    world,
    'content',
    type,
    wrong.length > 0
      ? wrong
          .map(
            ([name, value]) =>
              `${name} must be ${JSON.stringify(value)}, is ${JSON.stringify(last?.payload[name])}`
          )
          .join('; ')
      : undefined
  )
  if (story.problem) {
    // Whatever is told twice is told soon after.
    await twilio.advance(10_000)
    await twilio.advance(20_000)
    const payloads = new Map(
      arrivals.map(({ payload }) => [textIn(payload['event_id']), payload] as const)
    )
    judgeEvent(world, 'story', type, await story.problem(world, actor, [...payloads.values()]))
  }
  await judgeArrivals(world, actor, actor.mailbox)
  judgeOnce(world, arrivals)
  return arrivals
}

/** How many of the wanted types have come, in this order. */
function countIn(types: readonly string[], wanted: readonly string[]): number {
  let found = 0
  for (const type of types) if (type === wanted[found]) found++
  return found
}

/** Of one text each status is told once. Of a call more is told than its status: see the stories of calls. */
function judgeOnce(world: World, arrivals: readonly Arrival[]): void {
  const occurrences = arrivals
    .filter(({ payload }) =>
      /^(messages|announcements)\..*\.status_update$/.test(String(payload['type']))
    )
    .map(({ payload }) =>
      [
        payload['type'],
        payload['message_uuid'] ?? payload['id'],
        payload['internal_status'],
        payload['event_id']
      ].join(' ')
    )
  const statuses = [...new Set(occurrences)].map(text => text.split(' ').slice(0, 3).join(' '))
  const repeated = statuses.find((each, place) => statuses.indexOf(each) !== place)
  judgeEvent(
    world,
    'once',
    textIn(arrivals[0]?.payload['type']),
    repeated === undefined ? undefined : `told by two events: ${repeated}`
  )
}

/** A text that is called back tells so, wherever no provider can be driven. */
async function withoutProvider(world: World): Promise<void> {
  const actor = await world.bearer()
  const message = await scheduled(world, actor)
  await world.must('delete_messages_by_uuid', actor, {
    params: { uuid: String(message['message_uuid']) }
  })
  const { mailbox } = actor
  const came = await eventually(world, () => mailbox.arrivals.length > 0)
  const type = 'messages.message.status_update'
  const [arrival] = mailbox.arrivals
  judgeEvent(world, 'told', type, came ? undefined : 'a canceled text is not told')
  await judgeArrivals(world, actor, mailbox)
  const read = recordOf(
    await world.must('get_messages_by_uuid', actor, {
      params: { uuid: String(message['message_uuid']) }
    })
  )
  const wrong = Object.keys(read).filter(
    name => arrival && canonical(arrival.payload[name]) !== canonical(read[name])
  )
  judgeEvent(
    world,
    'content',
    type,
    wrong.length > 0 ? `the event and the text as read differ in ${wrong.join(', ')}` : undefined
  )
  const [event] = (await eventsOf(world, actor)).filter(isRecord)
  judgeEvent(
    world,
    'content',
    type,
    event?.['event_id'] === arrival?.payload['event_id']
      ? undefined
      : 'the administrator sees another event_id'
  )
}

/** Where an event goes: the request's address, else its conversation's, else the bearer's. */
async function resolution(world: World): Promise<void> {
  const actor = await world.bearer()
  const ofRequest = world.inbox.open(world.fresh('of-request'))
  const ofConversation = world.inbox.open(world.fresh('of-conversation'))
  const id = world.fresh('resolved')
  await world.must('post_conversations', actor, {
    body: { conversation: { client_conversation_id: id, callback_url: ofConversation.url } }
  })
  const cancel = async (fields: Json): Promise<void> => {
    const { message_uuid: uuid } = await scheduled(world, actor, fields)
    await world.must('delete_messages_by_uuid', actor, { params: { uuid: String(uuid) } })
  }
  await cancel({ client_conversation_id: id, callback_url: ofRequest.url })
  await cancel({ client_conversation_id: id })
  await cancel({})
  const counts = (): string =>
    [ofRequest, ofConversation, actor.mailbox].map(({ arrivals }) => arrivals.length).join(', ')
  await eventually(world, () => counts() === '1, 1, 1')
  judgeEvent(
    world,
    'address',
    'messages.message.status_update',
    counts() === '1, 1, 1'
      ? undefined
      : `to the addresses of request, conversation and bearer went ${counts()} events, one each was due`
  )
}

/** A client that answers badly: once for good, once with patience, once elsewhere. */
async function refusals(world: World): Promise<void> {
  const elsewhere = world.inbox.open(world.fresh('elsewhere'))
  const cases: {
    what: string
    answer: Parameters<Mailbox['answer']>[0]
    problem: (event: Json) => string | undefined
  }[] = [
    {
      what: '410 ends it',
      answer: { status: 410 },
      problem: event =>
        event['status'] === 'dead' && event['attempts'] === 1
          ? undefined
          : 'a client that is gone must be left in peace'
    },
    {
      what: '302 is not followed',
      answer: { status: 302, headers: { location: elsewhere.url } },
      problem: event =>
        event['status'] === 'pending' && elsewhere.arrivals.length === 0
          ? undefined
          : 'a redirect must not be followed, and counts as a failure'
    },
    {
      what: 'Retry-After',
      answer: { status: 503, headers: { 'retry-after': '600' } },
      problem: event =>
        waitOf(event) >= 600_000 && waitOf(event) < 720_000
          ? undefined
          : `the client asked for 600 s, the next attempt is after ${waitOf(event) / 1_000} s`
    },
    {
      what: '400 is a failure',
      answer: { status: 400 },
      problem: event =>
        event['status'] === 'pending' ? undefined : 'an answer of 400 must be attempted again'
    },
    {
      what: '200 is a delivery',
      answer: { status: 200 },
      problem: event =>
        event['status'] === 'delivered' ? undefined : 'an answer of 200 is a delivery'
    }
  ]
  for (const { what, answer, problem } of cases) {
    const actor = await world.bearer()
    actor.mailbox.answer(answer)
    await provokeEvent(world, actor)
    const event = await attempted(world, actor, 1)
    judgeEvent(
      world,
      'answers',
      'messages.message.status_update',
      event
        ? problem(event) &&
            `${what}: ${problem(event)}; it is ${String(event['status'])} after ${String(event['attempts'])}`
        : `${what}: it was never attempted`
    )
  }
}

/** The bearer's newest event, once it was attempted so often. */
async function attempted(
  world: World,
  actor: Actor,
  times: number,
  timeoutMs = world.options.patienceMs
): Promise<Json | undefined> {
  let found: Json | undefined
  await eventually(
    world,
    async () => {
      const [event] = (await eventsOf(world, actor)).filter(isRecord)
      if (!event || Number(event['attempts']) < times) return false
      found = await webhookOf(world, Number(event['id']))
      return Number(found['attempts']) >= times
    },
    { timeoutMs }
  )
  return found
}

const attemptsOf = (event: Json): Json[] => list(event['attempt_log']).filter(isRecord)

/** From the last attempt to the next one. */
function waitOf(event: Json): number {
  const last = attemptsOf(event).at(-1)
  return Date.parse(String(event['next_attempt_at'])) - Date.parse(String(last?.['at']))
}

/** A client that does not answer in time. Real time passes, so this runs beside other checks. */
export async function timeOut(world: World): Promise<void> {
  const actor = await world.bearer()
  actor.mailbox.answer({ delayMs: world.options.eventTimeoutMs + 5_000 })
  await provokeEvent(world, actor)
  const wait = world.options.eventTimeoutMs + world.options.patienceMs
  const deadline = performance.now() + wait
  let event: Json | undefined
  // Beside it the server is held up, and sheds load: it is asked again then.
  while (event === undefined && performance.now() < deadline)
    event = await attempted(world, actor, 1, deadline - performance.now()).catch(() => undefined)
  const [attempt] = event ? attemptsOf(event) : []
  judgeEvent(
    world,
    'answers',
    'messages.message.status_update',
    attempt &&
      attempt['status_code'] === null &&
      typeof attempt['error'] === 'string' &&
      event?.['status'] === 'pending'
      ? undefined
      : `a client that does not answer must be attempted again: ${JSON.stringify(attempt)}`
  )
  // What is attempted again while time is moved must not take its time.
  actor.mailbox.answer({})
}

/** Retries keep to the schedule, within its jitter; then the event is dead, listed, and can be replayed. */
async function retries(world: World, twilio: TwilioControl): Promise<void> {
  const type = 'messages.message.status_update'
  const actor = await world.bearer()
  actor.mailbox.answer({ status: 500 })
  await provokeEvent(world, actor)
  let event = await attempted(world, actor, 1)
  const waits: string[] = []
  for (const [place, expected] of world.options.retryScheduleMs.entries()) {
    if (!event) break
    const wait = waitOf(event)
    if (!(wait >= expected * 0.79 && wait <= expected * 1.21))
      waits.push(
        `wait ${place + 1} is ${wait / 1_000} s, the schedule says ${expected / 1_000} s ± 20 %`
      )
    await twilio.advance(
      Math.max(0, Date.parse(String(event['next_attempt_at'])) - (await twilio.now()))
    )
    event = await attempted(world, actor, place + 2)
  }
  judgeEvent(
    world,
    'schedule',
    type,
    event
      ? waits.length > 0
        ? waits.join('; ')
        : undefined
      : 'the attempts ended before the schedule did'
  )
  if (!event) return
  const attempts = attemptsOf(event)
  judgeEvent(
    world,
    'dead-letter',
    type,
    event['status'] === 'dead' &&
      attempts.length === world.options.retryScheduleMs.length + 1 &&
      attempts.every(each => each['status_code'] === 500)
      ? undefined
      : `after ${attempts.length} attempts the event is ${String(event['status'])}`
  )
  const dead = await world.must('get_admin_webhooks', world.admin, {
    query: { status: 'dead', bearer_id: String(actor.id) }
  })
  judgeEvent(
    world,
    'dead-letter',
    type,
    list(dead.body).some(item => isRecord(item) && item['id'] === event?.['id'])
      ? undefined
      : 'the dead letter is not listed'
  )

  actor.mailbox.answer({ status: 204 })
  const before = actor.mailbox.arrivals.length
  const replayed = await world.send(
    world.document.operation('post_admin_webhooks_by_id_replay'),
    world.admin,
    { params: { id: Number(event['id']) } }
  )
  // An address that has failed for a day is tried again after a while.
  const came = await eventually(world, () => actor.mailbox.arrivals.length > before, {
    stepMs: 10_000
  })
  const ids = new Set(actor.mailbox.arrivals.map(({ headers }) => headers['webhook-id']))
  judgeEvent(
    world,
    'replay',
    type,
    came && ids.size === 1
      ? undefined
      : came
        ? 'retries and replay changed the webhook-id'
        : `a replayed dead letter must be delivered (${replayed.status})`,
    replayed.curl
  )
  await eventually(
    world,
    async () => (await webhookOf(world, Number(event?.['id'])))['status'] === 'delivered'
  )
  const after = await webhookOf(world, Number(event['id']))
  judgeEvent(
    world,
    'replay',
    type,
    after['status'] === 'delivered' && attemptsOf(after).length === attempts.length + 1
      ? undefined
      : `after its replay the event is ${String(after['status'])} with ${attemptsOf(after).length} attempts`
  )
  await judgeArrivals(world, actor, actor.mailbox)
}

/** While an event waits for its next attempt, what follows it about the same resource waits too. */
async function order(world: World, twilio: TwilioControl): Promise<void> {
  const actor = await world.bearer()
  const other = world.inbox.open(world.fresh('other'))
  actor.mailbox.answer((_arrival, place) => ({ status: place === 0 ? 500 : 204 }))
  await createMessage(world, actor)
  const { arrivals } = actor.mailbox
  await eventually(world, () => arrivals.length >= 1, { stepMs: 1_000 })
  // Another text's events do not wait for it.
  const beside = await scheduled(world, actor, { callback_url: other.url })
  await world.must('delete_messages_by_uuid', actor, {
    params: { uuid: String(beside['message_uuid']) }
  })
  const isIndependent = await eventually(world, () => other.arrivals.length === 1)
  await eventually(world, () => arrivals.length >= 3, { stepMs: 3_000 })
  const statuses = arrivals.map(({ payload }) => String(payload['internal_status']))
  judgeEvent(
    world,
    'order',
    'messages.message.status_update',
    statuses.join(', ') === 'sent, sent, delivered'
      ? undefined
      : `told in the order ${statuses.join(', ')}; sent, sent (again), delivered was due`
  )
  judgeEvent(
    world,
    'order',
    'messages.message.status_update',
    isIndependent ? undefined : "another resource's event waited too"
  )
  await twilio.now()
}

/** Who said STOP gets nothing more, and START undoes it; a text that was planned before is blocked. */
async function optOuts(world: World, twilio: TwilioControl): Promise<void> {
  const actor = await world.bearer()
  const person = world.receiver()
  const [sender = ''] = world.options.senders
  const operation = world.document.operation('post_messages')
  const text = (): Promise<Exchange> =>
    world.send(operation, actor, {
      body: { message: { sender_number: sender, receiver_number: person, message_body: 'Hello' } }
    })
  await text()
  const inTenMinutes = new Date((await twilio.now()) + 600_000).toISOString()
  const planned = await createMessage(world, actor, {
    receiver_number: person,
    send_at: inTenMinutes
  })
  await twilio.write(person, sender, ' stop ')
  const isTold = await eventually(
    world,
    () =>
      actor.mailbox.arrivals.some(({ payload }) => payload['type'] === 'messages.message.opt_out'),
    { stepMs: 1_000 }
  )
  judgeEvent(world, 'opt-out', 'messages.message.opt_out', isTold ? undefined : 'STOP is not told')
  const refused = await text()
  const error = recordOf(refused)['error']
  world.judge_(
    'events',
    'opt-out',
    refused,
    refused.status === 422 && isRecord(error) && error['code'] === 'receiver_opted_out'
      ? undefined
      : `after STOP a text must be refused as receiver_opted_out, got ${refused.status}`
  )
  await twilio.advance(600_000)
  const uuid = String(planned['message_uuid'])
  let read: Json = {}
  await eventually(
    world,
    async () => {
      read = recordOf(await world.must('get_messages_by_uuid', actor, { params: { uuid } }))
      return read['internal_status'] !== 'scheduled' && read['internal_status'] !== 'queued'
    },
    { stepMs: 1_000 }
  )
  judgeEvent(
    world,
    'opt-out',
    'messages.message.status_update',
    read['internal_status'] === 'blocked'
      ? undefined
      : `a text planned before STOP must be blocked, it is ${String(read['internal_status'])}`
  )
  const isBlockTold = await eventually(
    world,
    () => actor.mailbox.arrivals.some(({ payload }) => payload['internal_status'] === 'blocked'),
    { stepMs: 500 }
  )
  judgeEvent(
    world,
    'opt-out',
    'messages.message.status_update',
    isBlockTold ? undefined : 'that a text was blocked is not told'
  )
  await twilio.write(person, sender, 'START')
  let again = refused
  await eventually(world, async () => (again = await text()).status === 201, { stepMs: 1_000 })
  world.judge_(
    'events',
    'opt-out',
    again,
    again.status === 201 ? undefined : `after START a text must be taken, got ${again.status}`
  )
  await judgeArrivals(world, actor, actor.mailbox)
}
