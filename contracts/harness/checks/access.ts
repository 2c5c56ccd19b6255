import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Exchange } from '../client.ts'
import type { Operation } from '../document.ts'
import { canonical, isRecord, type Json, withValue } from '../json.ts'
import {
  type Actor,
  type Case,
  expectedStatus,
  inParallel,
  recordOf,
  type World
} from '../world/world.ts'
import { hasPathParameters, withAbsentIds } from './absent.ts'

/** Who may do what: tokens, roles, other people's resources, fields that are nobody's to write. */
export async function checkAccess(world: World): Promise<void> {
  const tokens = await badTokens(world)
  const guarded = world.document.operations.filter(
    operation =>
      (operation.access === 'bearer' || operation.access === 'admin') &&
      (world.options.operations?.test(operation.id) ?? true)
  )
  await inParallel(guarded, operation => refuseStrangers(world, operation, tokens))
  await inParallel(world.operations, operation => keepOthersOut(world, operation))
  await inParallel(world.operations, operation => assignNothing(world, operation))
  await noPromotion(world)
  await deletedKeysStop(world)
}

interface BadToken {
  what: string
  header: string | undefined
}

async function badTokens(world: World): Promise<BadToken[]> {
  const revoked = await world.bearer()
  await world.must('get_bearer', revoked)
  await world.must('delete_api_keys_by_id', revoked, { params: { id: revoked.keyId } })
  const orphan = await world.bearer()
  await world.must('get_bearer', orphan)
  await world.must('delete_admin_bearers_by_id', world.admin, { params: { id: orphan.id } })
  const known = world.admin.token
  return [
    { what: 'no token', header: undefined },
    {
      what: 'an unknown token',
      header: `Bearer ${known.slice(0, 10)}${'A'.repeat(10)}${known.slice(20)}`
    },
    { what: 'a token cut short', header: `Bearer ${known.slice(0, -1)}` },
    { what: 'a token in other letters', header: `Bearer ${known.toUpperCase()}` },
    { what: 'a malformed token', header: 'Bearer nonsense' },
    { what: 'an empty token', header: 'Bearer ' },
    { what: 'a token without its scheme', header: known },
    {
      what: 'the token as a password',
      header: `Basic ${Buffer.from(`:${known}`).toString('base64')}`
    },
    { what: 'SQL for a token', header: `Bearer ' or '1'='1` },
    { what: 'a revoked token', header: `Bearer ${revoked.token}` },
    { what: "a deleted bearer's token", header: `Bearer ${orphan.token}` }
  ]
}

const refusedWith = (exchange: Exchange, status: number): boolean =>
  exchange.status === status && isRecord(recordOf(exchange)['error'])

/** 403 comes before anything is said about the request: of strangers nothing is looked at. */
async function refuseStrangers(
  world: World,
  operation: Operation,
  tokens: readonly BadToken[]
): Promise<void> {
  const request = { ...withAbsentIds(world, operation, {}), ...exampleBody(operation) }
  for (const { what, header } of tokens) {
    const headers = header === undefined ? {} : { authorization: header }
    const exchange = await world.send(operation, null, { ...request, headers }, { around: true })
    world.judge_(
      'access',
      'tokens',
      exchange,
      refusedWith(exchange, 403)
        ? undefined
        : `${what} must get 403, got ${exchange.status}: ${exchange.text.slice(0, 150)}`
    )
  }
  const broken = { ...request, raw: { type: 'application/json', content: '{' } }
  const exchange = await world.send(operation, null, operation.bodies.size > 0 ? broken : request, {
    around: true
  })
  world.judge_(
    'access',
    'tokens',
    exchange,
    refusedWith(exchange, 403)
      ? undefined
      : `a stranger's broken request must get 403, got ${exchange.status}`
  )
}

const exampleBody = (operation: Operation): Case => {
  const json = operation.bodies.get('application/json')
  return json?.example === undefined || operation.method === 'GET' ? {} : { body: json.example }
}

/** What varies between two refusals of the same kind. */
const withoutIds = (exchange: Exchange, ids: readonly string[]): string => {
  const error = recordOf(exchange)['error']
  const { request_id: _, ...rest } = isRecord(error) ? error : {}
  // One id may be the end of another.
  const longestFirst = ids.toSorted((a, b) => b.length - a.length)
  return longestFirst.reduce((text, id) => text.replaceAll(id, '<id>'), canonical(rest))
}

/** Another bearer's resource is absent, to the letter; the attempt changes nothing. */
async function keepOthersOut(world: World, operation: Operation): Promise<void> {
  const recipe = world.recipe(operation)
  if (recipe.needs?.(world) !== undefined) return
  if (operation.access === 'admin') return keepUsersOut(world, operation)
  const isOwned = recipe.owned === true || hasPathParameters(operation)
  if (operation.access !== 'bearer' || !isOwned) return
  const owner = await world.actorFor(operation)
  const stranger = await world.bearer(recipe.bearerType)
  const request = await recipe.valid(world, owner)
  const absent = recipe.provoke?.[404]
    ? await recipe.provoke[404](world, stranger)
    : withAbsentIds(world, operation, request)

  const attempt = await world.send(operation, stranger, request)
  const nothing = await world.send(operation, stranger, absent)
  const ids = [request, absent].flatMap(({ params = {} }) => Object.values(params).map(String))
  const problem =
    attempt.status !== 404
      ? `another bearer's resource must be absent (404), got ${attempt.status}: ${attempt.text.slice(0, 200)}`
      : withoutIds(attempt, ids) === withoutIds(nothing, ids)
        ? undefined
        : `another bearer's resource is answered otherwise than an absent one: ${attempt.text} / ${nothing.text}`
  world.judge_('access', 'other-bearers', attempt, problem)

  const own = await world.send(operation, owner, request)
  const expected = expectedStatus(world, operation)
  world.judge_(
    'access',
    'other-bearers',
    own,
    own.status === expected
      ? undefined
      : `after another bearer's attempt the owner must get ${expected}, got ${own.status}: ${own.text.slice(0, 200)}`
  )
}

/** An administrator's operation is nobody else's. */
async function keepUsersOut(world: World, operation: Operation): Promise<void> {
  const request = await world.recipe(operation).valid(world, world.admin)
  for (const type of ['Application', 'User'] as const) {
    const actor = await world.bearer(type)
    const exchange = await world.send(operation, actor, request)
    world.judge_(
      'access',
      'admin-only',
      exchange,
      refusedWith(exchange, 403)
        ? undefined
        : `a bearer of type ${type} must get 403, got ${exchange.status}: ${exchange.text.slice(0, 150)}`
    )
  }
}

/** Fields that only we write: given in a request, they are refused or ignored, never taken over. */
async function assignNothing(world: World, operation: Operation): Promise<void> {
  const recipe = world.recipe(operation)
  const json = operation.bodies.get('application/json')
  if (!json || operation.method === 'GET' || recipe.needs?.(world) !== undefined) return
  const actor = await world.actorFor(operation)
  const valid = await recipe.valid(world, actor)
  const planted = plantedFields(world, operation)
  if (Object.keys(planted).length === 0) return
  const [wrapper] = isRecord(valid.body)
    ? Object.entries(valid.body).flatMap(([name, value]) => (isRecord(value) ? [name] : []))
    : []
  const body =
    wrapper === undefined
      ? valid.body
      : withValue(valid.body, [wrapper], { ...planted, ...inner(valid.body, wrapper) })
  const exchange = await world.send(operation, actor, {
    ...valid,
    body: { ...planted, ...(isRecord(body) ? body : {}) }
  })
  const shown = recordOf(exchange)
  const taken = Object.entries(planted).filter(
    ([name, value]) => canonical(shown[name]) === canonical(value)
  )
  world.judge_(
    'access',
    'mass-assignment',
    exchange,
    exchange.status >= 300 || taken.length === 0
      ? undefined
      : `took over ${taken.map(([name]) => name).join(', ')}, which nobody may give`
  )
}

const inner = (body: unknown, wrapper: string): Json => {
  const value = isRecord(body) ? body[wrapper] : undefined
  return isRecord(value) ? value : {}
}

/** Of every field that answers show and requests do not take, a value that no server gives. */
function plantedFields(world: World, operation: Operation): Json {
  const { resolve } = world.document
  const taken = new Set(
    propertiesWithin(operation.bodies.get('application/json')?.schema ?? {}, resolve)
  )
  const shown = [...operation.responses].flatMap(([status, media]) => {
    const schema = media.get('application/json')
    return status < 300 && schema ? Object.entries(propertiesOf(schema, resolve)) : []
  })
  return Object.fromEntries(
    shown
      .filter(([name]) => !taken.has(name))
      .flatMap(([name, schema]) => {
        const value = plantedValue([resolve(schema)['type']].flat().map(String), name)
        return value === undefined ? [] : [[name, value]]
      })
  )
}

function plantedValue(types: readonly string[], name: string): unknown {
  if (types.includes('integer')) return 987_654_321
  if (!types.includes('string')) return undefined
  return /_at$|_time$/.test(name) ? '2001-02-03T04:05:06.000Z' : 'planted'
}

const propertiesOf = (schema: Json, resolve: (value: unknown) => Json): Json => {
  const { properties } = resolve(schema)
  return isRecord(properties) ? properties : {}
}

const propertiesWithin = (schema: Json, resolve: (value: unknown) => Json): string[] =>
  Object.entries(propertiesOf(schema, resolve)).flatMap(([name, inner_]) => [
    name,
    ...propertiesWithin(resolve(inner_), resolve)
  ])

/** Nobody makes itself an administrator. */
async function noPromotion(world: World): Promise<void> {
  const operation = world.document.operation('patch_bearer')
  if (!world.operations.includes(operation)) return
  for (const type of ['Application', 'User'] as const) {
    const actor = await world.bearer(type)
    const exchange = await world.send(operation, actor, { body: { bearer_type: 'Admin' } })
    const after = recordOf(await world.must('get_bearer', actor))
    world.judge_(
      'access',
      'promotion',
      exchange,
      exchange.status === 403 && after['bearer_type'] === type
        ? undefined
        : `${type} asked to be Admin: must get 403 and stay, got ${exchange.status} and is ${String(after['bearer_type'])}`
    )
  }
}

/** A deleted key stops at once where it was deleted, and within a second in every other process. */
async function deletedKeysStop(world: World): Promise<void> {
  const operation = world.document.operation('get_bearer')
  const deletion = world.document.operation('delete_admin_api_keys_by_id')
  const own = world.document.operation('delete_api_keys_by_id')
  if (!world.operations.includes(operation)) return
  const replicas = world.options.replicas.map(url =>
    createClient({ url, judge: world.judge, ledger: world.ledger })
  )
  try {
    for (const way of ['own', 'admin', 'bearer'] as const) {
      const actor = await world.bearer()
      for (const client of [world.client, ...replicas])
        await client.send({ operation, token: actor.token })
      if (way === 'own') await world.send(own, actor, { params: { id: actor.keyId } })
      else if (way === 'admin')
        await world.send(deletion, world.admin, { params: { id: actor.keyId } })
      else await world.must('delete_admin_bearers_by_id', world.admin, { params: { id: actor.id } })
      await judgeStopped(
        world,
        actor,
        await world.client.send({ operation, token: actor.token }),
        'at once'
      )
      if (replicas.length === 0) continue
      await sleep(1_000)
      for (const client of replicas)
        await judgeStopped(
          world,
          actor,
          await client.send({ operation, token: actor.token }),
          'within a second, in another process'
        )
    }
  } finally {
    for (const client of replicas) await client.close()
  }
}

async function judgeStopped(
  world: World,
  actor: Actor,
  exchange: Exchange,
  when: string
): Promise<void> {
  world.judge_(
    'access',
    'deleted-keys',
    exchange,
    exchange.status === 403
      ? undefined
      : `a deleted key must stop ${when}; bearer ${actor.id} got ${exchange.status}`
  )
}
