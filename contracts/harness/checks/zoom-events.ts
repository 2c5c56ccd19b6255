import type { Exchange } from '../client.ts'
import type { Operation } from '../document.ts'
import { isRecord, type Json, list, textIn } from '../json.ts'
import {
  addParticipant,
  changesOf,
  createVideoCall,
  keyOf,
  readVideoCall
} from '../recipes/video-calls.ts'
import {
  aSession,
  eventsOfSession,
  sessionEvent,
  signedByZoom,
  tellAsZoom,
  type ToldSession
} from '../recipes/zoom-callbacks.ts'
import { zoomDigest, zoomSignature } from '../zoom-control.ts'
import { type Actor, type Case, eventually, recordOf, type World } from '../world/world.ts'
import { settled } from './callbacks.ts'
import { permutations } from './permutations.ts'
import { fieldsNamed } from './refusals.ts'

const operationId = 'post_zoom_webhooks'

/** What Zoom calls: only its own, fresh word counts, and in any order it comes to the same. */
export async function checkZoomEvents(world: World): Promise<void> {
  const operation = world.operations.find(({ id }) => id === operationId)
  if (operation === undefined) return
  const missing = world.recipe(operation).needs?.(world)
  if (missing !== undefined) {
    world.ledger.skip({ group: 'providers', subject: operationId, status: 403, reason: missing })
    return
  }
  await wrongSignatures(world, operation)
  await challenge(world, operation)
  await brokenEvents(world, operation)
  if (!world.operations.some(({ id }) => id === 'post_video_calls')) return
  await forgeriesChangeNothing(world, operation)
  await convergence(world)
}

/** Signed rightly, and then changed. */
async function wrongSignatures(world: World, operation: Operation): Promise<void> {
  const { options } = world
  const { body } = await world.recipe(operation).valid(world, world.admin)
  const now = await world.now()
  const right = signedByZoom(options, { body }, now)
  const signature = right.headers?.['x-zm-signature'] ?? ''
  const timestamp = right.headers?.['x-zm-request-timestamp'] ?? ''
  const content = JSON.stringify(body)
  const withHeaders = (headers: Record<string, string>): Case => ({ body, headers, asIs: true })
  const withSignature = (text: string): Case =>
    withHeaders({ 'x-zm-request-timestamp': timestamp, 'x-zm-signature': text })
  const hour = 3_600_000
  const cases: [string, Case][] = [
    ['no signature', withHeaders({ 'x-zm-request-timestamp': timestamp })],
    ['no time', withHeaders({ 'x-zm-signature': signature })],
    ['an empty signature', withSignature('')],
    ['a cut signature', withSignature(signature.slice(0, -2))],
    [
      'a changed digit',
      withSignature(signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0'))
    ],
    ['a signature without its version', withSignature(signature.slice(3))],
    ["another secret's signature", signedByZoom(options, { body }, now, 'another-secret')],
    [
      "another time's signature",
      {
        ...right,
        headers: { ...right.headers, 'x-zm-request-timestamp': String(Number(timestamp) + 1) }
      }
    ],
    ['a changed body', { ...right, raw: { type: 'application/json', content: `${content} ` } }],
    ['an event of an hour ago', signedByZoom(options, { body }, now - hour)],
    ['an event of the next hour', signedByZoom(options, { body }, now + hour)],
    [
      'a time in milliseconds',
      withHeaders({
        'x-zm-request-timestamp': String(now),
        'x-zm-signature': zoomSignature(options.zoomSecret ?? '', String(now), content)
      })
    ]
  ]
  for (const [what, request] of cases)
    expect403(
      world,
      what,
      await world.send(operation, null, { ...request, asIs: true }, { around: true })
    )
  const bare = await world.send(operation, world.admin, { body, asIs: true }, { around: true })
  expect403(world, 'a token in the place of a signature', bare)
}

function expect403(world: World, what: string, exchange: Exchange): void {
  world.judge_(
    'providers',
    'signatures',
    exchange,
    exchange.status === 403 ? undefined : `${what} must be 403, got ${exchange.status}`
  )
}

/** Zoom validates an address: https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint */
async function challenge(world: World, operation: Operation): Promise<void> {
  const { zoomSecret = '' } = world.options
  const plainToken = world.fresh('plain')
  const exchange = await world.send(operation, null, {
    body: {
      event: 'endpoint.url_validation',
      event_ts: await world.now(),
      payload: { plainToken }
    }
  })
  const answer = recordOf(exchange)
  const expected = zoomDigest(zoomSecret, plainToken)
  world.judge_(
    'providers',
    'challenge',
    exchange,
    answer['plainToken'] === plainToken && answer['encryptedToken'] === expected
      ? undefined
      : `the challenge must be answered with the token and its HMAC: ${exchange.text.slice(0, 200)}`
  )
}

/** What an event lacks is named. */
async function brokenEvents(world: World, operation: Operation): Promise<void> {
  const name = world.fresh('broken')
  const session = await aSession(world, { session_name: name, shunkan_ido_session_key: name })
  const cases: [string, Json, string][] = [
    ['no event', { event_ts: 1, payload: {} }, 'event'],
    ['no object', { event: 'session.started', payload: {} }, 'payload.object'],
    [
      'no session',
      sessionEvent(session, 'started', { session_id: undefined }),
      'payload.object.session_id'
    ],
    ['no user', sessionEvent(session, 'user_joined'), 'payload.object.user'],
    [
      'a time that is none',
      sessionEvent(session, 'started', { start_time: 'yesterday' }),
      'payload.object.start_time'
    ],
    ['no end', sessionEvent(session, 'ended'), 'payload.object.end_time'],
    [
      'files that are no list',
      sessionEvent(session, 'recording_completed', { recording_files: 'all' }),
      'payload.object.recording_files'
    ],
    ['no token', { event: 'endpoint.url_validation', payload: {} }, 'payload.plainToken']
  ]
  for (const [what, body, field] of cases) {
    const exchange = await world.send(operation, null, { body }, { around: true })
    world.judge_(
      'providers',
      'broken-events',
      exchange,
      exchange.status === 422 && fieldsNamed(exchange).includes(field)
        ? undefined
        : `${what} must be refused with 422 naming ${field}, got ${exchange.status} naming ${fieldsNamed(exchange).join(', ')}`
    )
  }
  const unknown = await world.send(operation, null, {
    body: { event: 'session.teleported', event_ts: 1, payload: { object: { session_id: 'x' } } }
  })
  world.judge_(
    'providers',
    'strangers',
    unknown,
    unknown.status === 200
      ? undefined
      : `an event that nobody knows must be taken, got ${unknown.status}`
  )
}

/** What is signed with another secret, or was signed long ago, changes nothing. */
async function forgeriesChangeNothing(world: World, operation: Operation): Promise<void> {
  const actor = await world.bearer()
  const call = await createVideoCall(world, actor)
  const session = await aSession(world, call)
  const now = await world.now()
  let last: Exchange | undefined
  for (const body of eventsOfSession(session, 'ana'))
    for (const request of [
      signedByZoom(world.options, { body }, now, 'another-secret'),
      signedByZoom(world.options, { body }, now - 3_600_000)
    ])
      last = await world.send(operation, null, { ...request, asIs: true }, { around: true })
  await callbacksAreSettled(world)
  const read = await readVideoCall(world, actor, keyOf(call))
  if (last)
    world.judge_(
      'providers',
      'unsigned-changes-nothing',
      last,
      read['internal_status'] === 'created' && read['provider_id'] === null
        ? undefined
        : `events that Zoom did not sign, or long ago, made the call ${String(read['internal_status'])}`
    )
}

/** Callbacks are processed one batch after another, whoever called: one of the other provider tells of all. */
async function callbacksAreSettled(world: World): Promise<void> {
  if (world.options.signingToken !== undefined) return settled(world)
  await new Promise(resolve => setTimeout(resolve, 500))
}

interface Told {
  session: ToldSession
  key: string
  guest: Json
  order: Json[]
}

/** Every order of a session's events, each twice, comes to the same call, and each change is told once. */
async function convergence(world: World): Promise<void> {
  const actor = await world.bearer()
  const stories: Told[] = await Promise.all(
    permutations([0, 1, 2, 3]).map(async places => {
      const call = await createVideoCall(world, actor)
      const guest = await addParticipant(world, actor, keyOf(call), { user_key: 'ana' })
      const session = await aSession(world, call)
      const events = eventsOfSession(session, 'ana')
      return {
        session,
        key: keyOf(call),
        guest,
        order: places.flatMap(place => events.slice(place, place + 1))
      }
    })
  )
  let last: Exchange | undefined
  for (let round = 0; round < 4; round++)
    for (const { order } of world.random.shuffle(stories)) {
      const event = order[round]
      if (event === undefined) continue
      last = await tellAsZoom(world, event)
      await tellAsZoom(world, event)
    }
  const isEnded = (call: Json): boolean => call['internal_status'] === 'ended'
  for (const story of stories) {
    let read: Json = {}
    await eventually(world, async () =>
      isEnded((read = await readVideoCall(world, actor, story.key)))
    )
    await eventually(world, () => changesOf(actor, story.key).includes('ended'))
    if (last) world.judge_('providers', 'convergence', last, problemOf(actor, story, read))
  }
}

function problemOf(
  actor: Actor,
  { session, key, guest, order }: Told,
  read: Json
): string | undefined {
  const events = order.map(event => textIn(event['event'])).join(', ')
  const startedAt = new Date(session.startedAt)
  const endedAt = new Date(session.startedAt + 60_000)
  const ana = list(read['video_call_participants'])
    .filter(isRecord)
    .find(({ id }) => id === guest['id'])
  const expected: [string, unknown, unknown][] = [
    ['internal_status', read['internal_status'], 'ended'],
    ['provider_id', read['provider_id'], session.id],
    ['provider_status', read['provider_status'], 'session.ended'],
    ['start_time', read['start_time'], startedAt.toISOString()],
    ['end_time', read['end_time'], endedAt.toISOString()],
    ['host_token', read['host_token'], null],
    ['joined_at', ana?.['joined_at'], new Date(session.startedAt + 1_000).toISOString()],
    ['left_at', ana?.['left_at'], endedAt.toISOString()]
  ]
  const wrong = expected.find(([, is, should]) => is !== should)
  if (wrong)
    return `after ${events}: ${wrong[0]} must be ${String(wrong[2])}, is ${String(wrong[1])}`
  const told = changesOf(actor, key)
  const repeated = told.find((change, place) => told.indexOf(change) !== place)
  if (repeated !== undefined) return `after ${events}: ${repeated} was told twice`
  // Of somebody whose leaving was heard of first it is too late to tell that they came.
  return told.includes('ended') && told.includes('participant_left')
    ? undefined
    : `after ${events}: told was ${told.join(', ') || 'nothing'}`
}
