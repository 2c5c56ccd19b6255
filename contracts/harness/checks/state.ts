import * as fc from 'fast-check'
import type { Exchange } from '../client.ts'
import { canonical, isRecord, type Json } from '../json.ts'
import { createMessage, scheduled } from '../recipes/messages.ts'
import {
  actorOf,
  type Change,
  itemsIn,
  type Story,
  stories,
  textRules
} from '../recipes/stories.ts'
import { type Actor, inParallel, recordOf, type World } from '../world/world.ts'
import { absentUuid } from '../recipes/messages.ts'
import { checkAdminViews } from './admin-views.ts'
import { report, settled } from './callbacks.ts'
import { checkMessagingServices } from './messaging-services.ts'
import { fieldsNamed } from './refusals.ts'
import { checkTokens } from './tokens.ts'

/** What one operation says, the others say too; and only what may happen happens. */
export async function checkState(world: World): Promise<void> {
  const isServed = (id: string): boolean => world.operations.some(operation => operation.id === id)
  await inParallel(
    stories.filter(({ create }) => isServed(create)),
    story => live(world, story)
  )
  if (isServed('patch_bearer')) await ownBearer(world)
  if (isServed('post_messages')) {
    await texts(world)
    await ownTexts(world)
    await cancellations(world)
    await walks(world)
    await scopes(world)
  }
  if (isServed('post_conversations')) await races(world)
  if (isServed('post_participants_deactivate_pairing')) await pairings(world)
  if (isServed('post_messaging_services')) await checkMessagingServices(world)
  await checkAdminViews(world, isServed)
  await checkTokens(world, isServed)
}

/** Fields that differ, told with both values. */
function differences(one: Json, other: Json, except: readonly string[]): string[] {
  return Object.keys(one)
    .filter(name => Object.hasOwn(other, name) && !except.includes(name))
    .filter(name => canonical(one[name]) !== canonical(other[name]))
    .map(
      name =>
        `${name} is ${JSON.stringify(one[name])?.slice(0, 120)} and ${JSON.stringify(other[name])?.slice(0, 120)}`
    )
}

const told = (what: string, found: readonly string[]): string | undefined =>
  found.length === 0 ? undefined : `${what}: ${found.join('; ')}`

async function live(world: World, story: Story): Promise<void> {
  const actor = await actorOf(world, story)
  const operation = world.document.operation(story.create)
  const request = await world.recipe(operation).valid(world, actor)
  const created = await world.send(operation, actor, request)
  if (created.status >= 300) {
    world.judge_(
      'state',
      'create',
      created,
      `${story.name} must be created, got ${created.status}: ${created.text.slice(0, 200)}`
    )
    return
  }
  const resource = story.resource?.(recordOf(created)) ?? recordOf(created)
  const given = givenFields(request.body)
  world.judge_(
    'state',
    'create',
    created,
    told(
      'the answer differs from what was asked for',
      differences(given, resource, ['participants', 'send_at', 'provider_numbers'])
    )
  )
  await agree(world, story, actor, resource)
  let known = resource
  for (const change of story.changes ?? []) {
    known = await apply(world, story, change, actor, known)
    await agree(world, story, actor, known)
  }
  if (story.refused) await leaveNoTrace(world, story, actor, known)
  if (story.remove !== undefined) await removeIt(world, story, actor, known)
}

/** The fields of a request, whether or not they stand in a wrapper. */
function givenFields(body: unknown): Json {
  if (!isRecord(body)) return {}
  const [only, ...others] = Object.values(body)
  return others.length === 0 && isRecord(only) ? only : body
}

/** Reading and listing show what was answered last. */
async function agree(world: World, story: Story, actor: Actor, known: Json): Promise<void> {
  const { volatile = [] } = story
  if (story.read !== undefined) {
    const read = await world.send(world.document.operation(story.read), actor, {
      params: story.params(known)
    })
    world.judge_(
      'state',
      'read',
      read,
      told(`${story.name} as answered and as read`, differences(known, recordOf(read), volatile)) ??
        missingProblem(known, read, volatile)
    )
  }
  if (story.list) {
    const listed = await listOf(world, story, actor, known)
    const found = itemsIn(listed.body).find(item => isSame(story, item, known))
    world.judge_(
      'state',
      'list',
      listed,
      found
        ? told(`${story.name} as answered and as listed`, differences(known, found, volatile))
        : `${story.name} is not in the list`
    )
  }
}

const missingProblem = (
  known: Json,
  read: Exchange,
  volatile: readonly string[]
): string | undefined => {
  const missing = Object.keys(known).filter(
    name => !volatile.includes(name) && !Object.hasOwn(recordOf(read), name)
  )
  return missing.length === 0 ? undefined : `reading lacks ${missing.join(', ')}`
}

const isSame = (story: Story, one: Json, other: Json): boolean =>
  canonical(story.params(one)) === canonical(story.params(other))

const listOf = (world: World, { list }: Story, actor: Actor, known: Json): Promise<Exchange> =>
  world.send(
    world.document.operation(list?.operation ?? ''),
    actor,
    list?.query ? { query: list.query(known) } : {}
  )

async function apply(
  world: World,
  story: Story,
  change: Change,
  actor: Actor,
  known: Json
): Promise<Json> {
  const body = change.body(world)
  const params = change.params?.(known) ?? story.params(known)
  const changed = await world.send(world.document.operation(change.operation), actor, {
    params,
    body,
    secret: true
  })
  const after = recordOf(changed)
  const shows = change.shows(body)
  const untouched = differences(known, after, [...(story.volatile ?? []), ...Object.keys(shows)])
  world.judge_(
    'state',
    'change',
    changed,
    changed.status >= 300
      ? `must be changed, got ${changed.status}: ${changed.text.slice(0, 200)}`
      : (told('what was asked for and what came', differences(shows, after, [])) ??
          told('fields that nobody named changed', untouched))
  )
  return changed.status >= 300 ? known : { ...known, ...after }
}

/** A creation that is refused leaves nothing behind. */
async function leaveNoTrace(world: World, story: Story, actor: Actor, known: Json): Promise<void> {
  const operation = world.document.operation(story.create)
  const request = await world.recipe(operation).valid(world, actor)
  const before = story.list ? itemsIn((await listOf(world, story, actor, known)).body).length : 0
  const refused = await world.send(operation, actor, story.refused?.(request) ?? request)
  const after = story.list ? itemsIn((await listOf(world, story, actor, known)).body) : []
  const given = givenFields(request.body)
  const trace = after.find(
    item =>
      Object.entries(given).every(
        ([name, value]) => !Object.hasOwn(item, name) || canonical(item[name]) === canonical(value)
      ) && after.length > before
  )
  world.judge_(
    'state',
    'no-trace',
    refused,
    refused.status < 400
      ? `must be refused, got ${refused.status}`
      : trace && Object.keys(given).length > 1
        ? `a refused ${story.name} is in the list`
        : undefined
  )
}

/** After its removal nothing of it can be used. */
async function removeIt(world: World, story: Story, actor: Actor, known: Json): Promise<void> {
  const remove = world.document.operation(story.remove ?? '')
  const params = story.params(known)
  const removed = await world.send(remove, actor, { params })
  world.judge_(
    'state',
    'remove',
    removed,
    removed.status < 300 ? undefined : `must be removed, got ${removed.status}`
  )
  const again = await world.send(remove, actor, { params })
  world.judge_(
    'state',
    'use-after-delete',
    again,
    again.status === 404
      ? undefined
      : `removed twice: the second time must be 404, got ${again.status}`
  )
  for (const operationId of [story.read, ...(story.changes ?? []).map(each => each.operation)]) {
    if (operationId === undefined) continue
    const body = story.changes?.[0]?.body(world)
    const used = await world.send(world.document.operation(operationId), actor, { params, body })
    world.judge_(
      'state',
      'use-after-delete',
      used,
      used.status === 404 ? undefined : `used after its removal: must be 404, got ${used.status}`
    )
  }
  if (!story.list) return
  const listed = await listOf(world, story, actor, known)
  world.judge_(
    'state',
    'use-after-delete',
    listed,
    itemsIn(listed.body).some(item => isSame(story, item, known))
      ? `the list still holds the removed ${story.name}`
      : undefined
  )
}

/** A list holds its bearer's texts between the two numbers, and nobody else's. */
async function ownTexts(world: World): Promise<void> {
  const [one, other] = [await world.bearer(), await world.bearer()]
  const [person, another] = [world.receiver(), world.receiver()]
  const wanted = await scheduled(world, one, { receiver_number: person })
  await scheduled(world, one, { receiver_number: another })
  await scheduled(world, other, { receiver_number: person })
  const query = { from: String(world.options.senders[0]), to: person }
  const listed = await world.send(world.document.operation('get_messages'), one, { query })
  const uuids = itemsIn(listed.body).map(item => item['message_uuid'])
  world.judge_(
    'state',
    'own-lists',
    listed,
    canonical(uuids) === canonical([wanted['message_uuid']])
      ? undefined
      : `one text of the bearer to that number exists, the list holds ${uuids.length}`
  )
}

/** A bearer sees itself as the administrator sees it, and is in no other bearer's lists. */
async function ownBearer(world: World): Promise<void> {
  const actor = await world.bearer()
  const own = await world.send(world.document.operation('get_bearer'), actor, {})
  const all = await world.send(world.document.operation('get_admin_bearers'), world.admin, {})
  const seen = itemsIn(all.body).find(item => item['id'] === actor.id) ?? {}
  world.judge_(
    'state',
    'read',
    own,
    Object.keys(seen).length === 0
      ? 'the administrator does not see it'
      : told(
          'the bearer as it and as the administrator sees it',
          differences(seen, recordOf(own), [])
        )
  )

  const change = world.document.operation('patch_bearer')
  const name = world.fresh('renamed')
  const changed = await world.send(change, actor, {
    body: { bearer_name: name, callback_url: 'https://app.example/own' },
    secret: true
  })
  const read = recordOf(await world.must('get_bearer', actor))
  world.judge_(
    'state',
    'change',
    changed,
    told(
      'the bearer as changed and as read',
      differences(recordOf(changed), read, ['signing_secret'])
    ) ??
      (read['bearer_name'] === name && read['callback_url'] === 'https://app.example/own'
        ? undefined
        : 'the change is not seen')
  )

  const keys = await world.send(world.document.operation('get_api_keys'), actor, {})
  const foreign = itemsIn(keys.body).filter(item => item['bearer_id'] !== actor.id)
  world.judge_(
    'state',
    'own-lists',
    keys,
    foreign.length > 0 || itemsIn(keys.body).length !== 1
      ? `a bearer with one key sees ${itemsIn(keys.body).length}, ${foreign.length} of them others'`
      : undefined
  )

  const secret = await world.send(change, actor, {
    body: { rotate_signing_secret: true },
    secret: true
  })
  world.judge_(
    'state',
    'change',
    secret,
    String(recordOf(secret)['signing_secret']).startsWith('whsec_')
      ? undefined
      : 'a rotated secret must be in the answer'
  )
}

/** What a text becomes. */
async function texts(world: World): Promise<void> {
  const actor = await world.bearer()
  const operation = world.document.operation('post_messages')
  for (const { what, fields, shows } of textRules) {
    const valid = await world.recipe(operation).valid(world, actor)
    const exchange = await world.send(operation, actor, {
      body: { message: { ...givenFields(valid.body), ...fields } }
    })
    world.judge_(
      'state',
      'texts',
      exchange,
      exchange.status >= 300
        ? `${what}, got ${exchange.status}`
        : told(what, differences(shows, recordOf(exchange), []))
    )
  }
  const valid = await world.recipe(operation).valid(world, actor)
  const { message_body: _, ...without } = givenFields(valid.body)
  for (const message of [without, { ...without, message_body: '  \n ' }]) {
    const exchange = await world.send(operation, actor, { body: { message } })
    world.judge_(
      'state',
      'texts',
      exchange,
      exchange.status === 422 && fieldsNamed(exchange).includes('message.message_body')
        ? undefined
        : `a text without words or media must be refused by name, got ${exchange.status}`
    )
  }
}

/** A text that waits can be called back once. */
async function cancellations(world: World): Promise<void> {
  const actor = await world.bearer()
  const cancel = world.document.operation('delete_messages_by_uuid')
  const { message_uuid: uuid } = await scheduled(world, actor)
  const params = { uuid: String(uuid) }
  const first = await world.send(cancel, actor, { params })
  const read = recordOf(await world.must('get_messages_by_uuid', actor, { params }))
  world.judge_(
    'state',
    'transitions',
    first,
    first.status === 200 && read['internal_status'] === 'canceled'
      ? undefined
      : `a text that waits must be canceled, got ${first.status} and is ${String(read['internal_status'])}`
  )
  const second = await world.send(cancel, actor, { params })
  world.judge_(
    'state',
    'transitions',
    second,
    second.status === 409 ? undefined : `canceled twice: must be 409, got ${second.status}`
  )
  const absent = await world.send(cancel, actor, { params: { uuid: absentUuid } })
  world.judge_(
    'state',
    'transitions',
    absent,
    absent.status === 404 ? undefined : `an absent text must be 404, got ${absent.status}`
  )

  const raced = await scheduled(world, actor)
  const exchanges = await world.client.sendTogether(
    { operation: cancel, params: { uuid: String(raced['message_uuid']) }, token: actor.token },
    4
  )
  const won = exchanges.filter(({ status }) => status === 200).length
  const [judged] = exchanges
  if (judged)
    world.judge_(
      'state',
      'races',
      judged,
      won === 1 && exchanges.every(({ status }) => status === 200 || status === 409)
        ? undefined
        : `of ${exchanges.length} cancellations at one moment ${won} succeeded: ${exchanges.map(({ status }) => status).join(', ')}`
    )
}

/** How far along each status is, as the document's chain of statuses tells. */
const progress: Readonly<Record<string, number>> = {
  scheduled: 0,
  sending: 2,
  sent: 3,
  delivered: 4,
  undelivered: 4,
  failed: 4,
  canceled: 4
}
const words: Readonly<Record<string, string>> = {
  queued: 'sending',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed'
}

interface Model {
  status: string
}

interface Text {
  world: World
  actor: Actor
  uuid: string
  sid: string
}

const command = (
  name: string,
  run: (model: Model, text: Text) => Promise<string | undefined>
): fc.AsyncCommand<Model, Text> => ({
  check: () => true,
  async run(model, text) {
    const problem = await run(model, text)
    if (problem !== undefined) throw new Error(problem)
  },
  toString: () => name
})

const canceling = command('cancel', async (model, { world, actor, uuid }) => {
  // What was reported before is processed a moment after its answer.
  await settled(world)
  const { status } = await world.send(world.document.operation('delete_messages_by_uuid'), actor, {
    params: { uuid }
  })
  const expected = model.status === 'scheduled' ? 200 : 409
  if (model.status === 'scheduled') model.status = 'canceled'
  return status === expected ? undefined : `cancel: expected ${expected}, got ${status}`
})

const reporting = (word: string): fc.AsyncCommand<Model, Text> =>
  command(`report ${word}`, async (model, { world, uuid, sid }) => {
    const { status } = await report(world, uuid, word, { sid })
    const next = words[word] ?? ''
    if ((progress[next] ?? 0) > (progress[model.status] ?? 0)) model.status = next
    return status < 300 ? undefined : `a report of ${word} must be taken, got ${status}`
  })

const reading = command('read', async (model, { world, actor, uuid }) => {
  await settled(world)
  const { internal_status: status } = recordOf(
    await world.must('get_messages_by_uuid', actor, { params: { uuid } })
  )
  return status === model.status
    ? undefined
    : `the text must be ${model.status}, and is ${String(status)}`
})

/** Random walks through the life of a text, against a model of it; the shortest walk that fails is told. */
async function walks(world: World): Promise<void> {
  const operation = world.document.operation('get_messages_by_uuid')
  if (world.options.signingToken === undefined) {
    world.ledger.skip({
      group: 'state',
      subject: operation.id,
      status: 200,
      reason: 'random walks need the token that the provider signs with: --signing-token'
    })
    return
  }
  const actor = await world.bearer()
  const steps = [canceling, reading, ...Object.keys(words).map(reporting)].map(each =>
    fc.constant(each)
  )
  const property = fc.asyncProperty(fc.commands(steps, { maxCommands: 8 }), async commands => {
    const { message_uuid: uuid } = await scheduled(world, actor)
    const sid = `SM${String(uuid).replaceAll('-', '')}`
    const setup = (): { model: Model; real: Text } => ({
      model: { status: 'scheduled' },
      real: { world, actor, uuid: String(uuid), sid }
    })
    await fc.asyncModelRun(setup, [...commands, reading])
  })
  const details = await fc.check(property, {
    numRuns: 12,
    seed: world.random.integer(2 ** 31),
    endOnFailure: false
  })
  const exchange = await world.send(operation, actor, { params: { uuid: absentUuid } })
  world.judge_(
    'state',
    'walks',
    exchange,
    details.failed
      ? `walk ${JSON.stringify(details.counterexample?.map(String))}: ${String(details.errorInstance)} (fast-check seed ${details.seed}, path ${details.counterexamplePath})`
      : undefined
  )
}

/** Ids of conversations stand within a bearer and an application. */
async function scopes(world: World): Promise<void> {
  const [one, other] = [await world.bearer(), await world.bearer()]
  const id = world.fresh('shared')
  const operation = world.document.operation('post_conversations')
  const create = (actor: Actor, more: Json = {}): Promise<Exchange> =>
    world.send(operation, actor, {
      body: { conversation: { client_conversation_id: id, ...more } }
    })
  const first = await create(one)
  const attempts: [string, number, Exchange][] = [
    ['the same id again', 409, await create(one)],
    [
      'the same id in another application',
      201,
      await create(one, { application_name: world.fresh('app') })
    ],
    ["another bearer's equal id", 201, await create(other)]
  ]
  for (const [what, status, exchange] of attempts)
    world.judge_(
      'state',
      'scopes',
      exchange,
      exchange.status === status ? undefined : `${what} must be ${status}, got ${exchange.status}`
    )

  // A text finds the conversation by any of its ids.
  const conversation = recordOf(first)
  const text = await createMessage(world, one, {
    client_conversation_id: id,
    send_at: '2090-01-01T12:00:00Z'
  })
  world.judge_(
    'state',
    'scopes',
    first,
    text['client_conversation_id'] === conversation['client_conversation_id']
      ? undefined
      : 'a text that names a conversation does not show it'
  )
}

/** Two creations of one id at one moment: one conversation. */
async function races(world: World): Promise<void> {
  const actor = await world.bearer()
  const operation = world.document.operation('post_conversations')
  const body = { conversation: { client_conversation_id: world.fresh('raced') } }
  const exchanges = await Promise.all(
    Array.from({ length: 5 }, () => world.send(operation, actor, { body }, { around: true }))
  )
  const created = exchanges.filter(({ status }) => status === 201).length
  const [judged] = exchanges
  if (judged)
    world.judge_(
      'state',
      'races',
      judged,
      created === 1 && exchanges.every(({ status }) => status === 201 || status === 409)
        ? undefined
        : `of five creations of one id ${created} succeeded: ${exchanges.map(({ status }) => status).join(', ')}`
    )

  // Texts that first name a conversation at the same moment share it.
  const global = world.fresh('global')
  const texts_ = await Promise.all(
    Array.from({ length: 5 }, () =>
      world.send(
        world.document.operation('post_messages'),
        actor,
        {
          body: {
            message: {
              sender_number: world.options.senders[0],
              receiver_number: world.receiver(),
              message_body: 'Hello',
              global_id: global,
              send_at: '2090-01-01T12:00:00Z'
            }
          }
        },
        { around: true }
      )
    )
  )
  const failed = texts_.find(({ status }) => status !== 201)
  const [text] = texts_
  if (text)
    world.judge_(
      'state',
      'races',
      failed ?? text,
      failed
        ? `texts that share a new conversation must all be taken, got ${failed.status}`
        : undefined
    )
}

/** A pairing that is deactivated says when; the one beside it stays. */
async function pairings(world: World): Promise<void> {
  const actor = await world.bearer()
  const [gone, stays] = [world.receiver(), world.receiver()]
  const created = recordOf(
    await world.must('post_conversations', actor, {
      body: {
        conversation: {
          client_conversation_id: world.fresh('paired'),
          provider_number: world.options.senders[0],
          participants: [gone, { participant_number: stays }]
        }
      }
    })
  )
  const operation = world.document.operation(
    'post_conversations_by_conversation_id_participants_deactivate_pairing'
  )
  const params = { conversation_id: Number(created['id']) }
  const deactivated = await world.send(operation, actor, {
    params,
    body: { participant: { participant_number: gone } }
  })
  const after = recordOf(
    await world.must('patch_conversations_by_id', actor, {
      params: { id: Number(created['id']) },
      body: { conversation: { moderator_id: 'm' } }
    })
  )
  const at = (number: string): unknown =>
    itemsIn(after['participants']).find(item => item['participant_number'] === number)?.[
      'pairing_deactivated_at'
    ]
  const shown = itemsIn(recordOf(deactivated)['participants'])
  world.judge_(
    'state',
    'pairings',
    deactivated,
    shown.length !== 1 ||
      typeof at(gone) !== 'string' ||
      at(stays) !== null ||
      shown[0]?.['pairing_deactivated_at'] !== at(gone)
      ? `of two pairings the named one must be inactive: ${JSON.stringify(after['participants'])}`
      : undefined
  )

  await createMessage(world, actor, {
    receiver_number: gone,
    client_conversation_id: created['client_conversation_id'],
    send_at: '2090-01-01T12:00:00Z'
  })
  const again = await world.send(world.document.operation('patch_conversations_by_id'), actor, {
    params: { id: Number(created['id']) },
    body: { conversation: { moderator_id: 'n' } }
  })
  const revived = itemsIn(recordOf(again)['participants']).find(
    item => item['participant_number'] === gone
  )
  world.judge_(
    'state',
    'pairings',
    again,
    revived?.['pairing_deactivated_at'] === null
      ? undefined
      : `writing again must reactivate the pairing: ${JSON.stringify(revived)}`
  )
}
