import type { Operation } from '../document.ts'
import { isRecord, type Json } from '../json.ts'
import { absentUuid, scheduled } from '../recipes/messages.ts'
import { aSid, signed } from '../recipes/provider-callbacks.ts'
import { eventsOf } from '../recipes/webhooks.ts'
import {
  type Actor,
  type Case,
  eventually,
  inParallel,
  recordOf,
  type World
} from '../world/world.ts'
import { checkCallCallbacks } from './call-callbacks.ts'
import { report, settled } from './callbacks.ts'
import { permutations } from './permutations.ts'
import { checkZoomEvents } from './zoom-events.ts'

/** What the provider calls: only its own word counts, and in any order it comes to the same. */
export async function checkProviders(world: World): Promise<void> {
  await checkZoomEvents(world)
  const callbacks = world.operations.filter(
    operation => operation.access === 'provider' && world.recipe(operation).signed === true
  )
  if (world.options.signingToken === undefined) {
    for (const { id } of callbacks)
      world.ledger.skip({
        group: 'providers',
        subject: id,
        status: 403,
        reason: 'needs the token that the provider signs with: --signing-token'
      })
    return
  }
  await inParallel(callbacks, operation => wrongSignatures(world, operation))
  await checkCallCallbacks(world)
  const reports = callbacks.filter(
    ({ id }) => id === 'post_twilio_requests_webhook_message_updates'
  )
  if (reports.length === 0) return
  await unsignedReportsChangeNothing(world)
  await convergence(world)
  await strangers(world)
  await errorCodes(world)
}

async function wrongSignatures(world: World, operation: Operation): Promise<void> {
  const valid = await world.recipe(operation).valid(world, world.admin)
  const { raw, headers } = valid
  const signature = headers?.['x-twilio-signature'] ?? ''
  const other = signed(world, operation, { ...valid, query: { ...valid.query, another: '1' } })
  const cases: [string, Case][] = [
    ['no signature', { ...valid, headers: {} }],
    ['an empty signature', { ...valid, headers: { 'x-twilio-signature': '' } }],
    ["another key's signature", signed(world, operation, valid, 'another-token')],
    ["another URL's signature", { ...valid, headers: { ...other.headers } }],
    ['a changed letter', { ...valid, headers: { 'x-twilio-signature': flipped(signature) } }],
    ['a cut signature', { ...valid, headers: { 'x-twilio-signature': signature.slice(0, -2) } }]
  ]
  if (raw)
    cases.push(
      ['a changed form', { ...valid, raw: { ...raw, content: `${raw.content.toString()}x` } }],
      ['a field more', { ...valid, raw: { ...raw, content: `${raw.content.toString()}&Added=1` } }]
    )
  for (const [what, request] of cases) {
    const exchange = await world.send(operation, null, request, { around: true })
    world.judge_(
      'providers',
      'signatures',
      exchange,
      exchange.status === 403 ? undefined : `${what} must be 403, got ${exchange.status}`
    )
  }
  // A bearer's token is no signature.
  const exchange = await world.send(
    operation,
    world.admin,
    { ...valid, headers: {} },
    { around: true }
  )
  world.judge_(
    'providers',
    'signatures',
    exchange,
    exchange.status === 403
      ? undefined
      : `a token in the place of a signature must be 403, got ${exchange.status}`
  )
}

const flipped = (signature: string): string =>
  (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)

async function statusOf(world: World, actor: Actor, uuid: string): Promise<Json> {
  return recordOf(await world.must('get_messages_by_uuid', actor, { params: { uuid } }))
}

async function unsignedReportsChangeNothing(world: World): Promise<void> {
  const actor = await world.bearer()
  const operation = world.document.operation('post_twilio_requests_webhook_message_updates')
  const { message_uuid } = await scheduled(world, actor)
  const uuid = String(message_uuid)
  const request = {
    query: { message_uuid: uuid },
    body: { MessageSid: aSid(world), MessageStatus: 'delivered' }
  }
  const exchange = await world.send(
    operation,
    null,
    signed(world, operation, request, 'another-token'),
    { around: true }
  )
  await settled(world)
  const { internal_status: status } = await statusOf(world, actor, uuid)
  world.judge_(
    'providers',
    'unsigned-changes-nothing',
    exchange,
    status === 'scheduled'
      ? undefined
      : `a report that the provider did not sign made the text ${String(status)}`
  )
}

/** Every order of a text's reports, each twice, comes to the same end, and each step is told once. */
async function convergence(world: World): Promise<void> {
  const histories = [
    ['queued', 'sent', 'delivered'],
    ['sent', 'undelivered'],
    ['queued', 'failed']
  ]
  const actor = await world.bearer()
  const stories = await Promise.all(
    histories.flatMap(history =>
      permutations(history).map(async order => {
        const { message_uuid: uuid } = await scheduled(world, actor)
        return { uuid: String(uuid), sid: aSid(world), order, end: history.at(-1) ?? '' }
      })
    )
  )
  for (let round = 0; round < 3; round++)
    for (const { uuid, sid, order } of world.random.shuffle(stories)) {
      const word = order[round]
      if (word === undefined) continue
      await report(world, uuid, word, { sid })
      await report(world, uuid, word, { sid })
    }
  await settled(world)
  const events = (await eventsOf(world, actor)).filter(isRecord)
  const last = await report(world, stories[0]?.uuid ?? '', 'queued', { sid: stories[0]?.sid ?? '' })
  for (const { uuid, order, end, sid } of stories) {
    const read = await statusOf(world, actor, uuid)
    const toldTypes = events.filter(event => event['resource_id'] === uuid)
    const told: string[] = []
    for (const event of toldTypes.toReversed()) {
      const details = recordOf(
        await world.must('get_admin_webhooks_by_id', world.admin, {
          params: { id: Number(event['id']) }
        })
      )
      const { payload } = details
      if (isRecord(payload)) told.push(String(payload['internal_status']))
    }
    const problem =
      read['internal_status'] !== end
        ? `reports ${order.join(', ')} must end in ${end}, the text is ${String(read['internal_status'])}`
        : read['message_sid'] !== sid
          ? `the provider's id is ${String(read['message_sid'])}`
          : told.at(-1) !== end
            ? `reports ${order.join(', ')} must be told up to ${end}, told was ${told.join(', ') || 'nothing'}`
            : new Set(told).size < told.length
              ? `a status was told twice: ${told.join(', ')}`
              : undefined
    world.judge_('providers', 'convergence', last, problem)
  }
}

/** Reports of texts that nobody knows, in words that nobody understands, are taken and change nothing. */
async function strangers(world: World): Promise<void> {
  const unknown = await report(world, absentUuid, 'delivered')
  world.judge_(
    'providers',
    'strangers',
    unknown,
    unknown.status < 300
      ? undefined
      : `a report of an unknown text must be taken, got ${unknown.status}`
  )
  const actor = await world.bearer()
  const { message_uuid: uuid } = await scheduled(world, actor)
  const strange = await report(world, String(uuid), 'teleported')
  await settled(world)
  const { internal_status: status } = await statusOf(world, actor, String(uuid))
  world.judge_(
    'providers',
    'strangers',
    strange,
    strange.status < 300 && status === 'scheduled'
      ? undefined
      : `a word that nobody knows must be taken and change nothing: ${strange.status}, ${String(status)}`
  )
}

/** What the provider says of a failure is kept, and readable. */
async function errorCodes(world: World): Promise<void> {
  const actor = await world.bearer()
  const { message_uuid: uuid } = await scheduled(world, actor)
  const exchange = await report(world, String(uuid), 'undelivered', { ErrorCode: '30003' })
  let read: Json = {}
  await eventually(
    world,
    async () =>
      (read = await statusOf(world, actor, String(uuid)))['internal_status'] === 'undelivered'
  )
  world.judge_(
    'providers',
    'error-codes',
    exchange,
    read['error_code'] === '30003' &&
      String(read['error_description']).length > 10 &&
      read['provider_status'] === 'undelivered'
      ? undefined
      : `the provider's error is ${JSON.stringify([read['error_code'], read['error_description'], read['provider_status']])}`
  )
}
