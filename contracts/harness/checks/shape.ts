import { bodyConstraints, parameterConstraints } from '../constraints.ts'
import type { Operation } from '../document.ts'
import type { Exchange } from '../client.ts'
import { fieldOf, isRecord, valueAt, withValue } from '../json.ts'
import { type Actor, type Case, expectedStatus, inParallel, type World } from '../world/world.ts'
import { hasPathParameters, withAbsentIds } from './absent.ts'
import { runInto429, holdUp } from './pressure.ts'
import { fieldsNamed } from './refusals.ts'

/**
 * Every documented answer, once at least; and every value that just keeps its constraint, taken. That answers
 * look as they are documented is judged on each of them, by the client.
 */
export async function checkShape(world: World): Promise<void> {
  await inParallel(world.operations, operation => provokeAll(world, operation))
  await inParallel(world.operations, operation => keepBounds(world, operation))
  await runInto429(world)
  await holdUp(world)
}

async function provokeAll(world: World, operation: Operation): Promise<void> {
  const recipe = world.recipe(operation)
  const missing = recipe.needs?.(world)
  if (missing !== undefined) {
    for (const status of operation.responses.keys())
      world.ledger.skip({ group: 'shape', subject: operation.id, status, reason: missing })
    return
  }
  const actor = await world.actorFor(operation)
  const success = expectedStatus(world, operation)
  expect(world, await world.send(operation, actor, await recipe.valid(world, actor)), success)
  for (const [status, provoke] of Object.entries(recipe.provoke ?? {})) {
    const reason = recipe.cannotProvoke?.(world, Number(status))
    if (reason !== undefined) {
      const place = { subject: operation.id, status: Number(status) }
      world.ledger.skip({ group: 'shape', ...place, reason })
      continue
    }
    expect(
      world,
      // Prism gives an example of its own in the place of a 501.
      await world.send(operation, actor, await provoke(world, actor), { around: status === '501' }),
      Number(status)
    )
  }
  for (const status of operation.responses.keys()) {
    if (world.ledger.timesProduced(operation.id, status) > 0) continue
    await usualWays[status]?.(world, operation, actor)
  }
}

function expect(world: World, exchange: Exchange, status: number): void {
  world.judge_(
    'shape',
    'produced',
    exchange,
    exchange.status === status
      ? undefined
      : `expected ${status}, got ${exchange.status}: ${exchange.text.slice(0, 300)}`
  )
}

type Way = (world: World, operation: Operation, actor: Actor) => Promise<void>

const broken = (content: string, type = 'application/json'): NonNullable<Case['raw']> => ({
  type,
  content
})

/** How refusals are provoked that look alike for every operation. */
const usualWays: Record<number, Way> = {
  400: async (world, operation, actor) => {
    const valid = await world.recipe(operation).valid(world, actor)
    const request = { ...valid, raw: broken('{"a":') }
    expect(world, await world.send(operation, actor, request, { around: true }), 400)
  },
  403: async (world, operation) => {
    const request = hasPathParameters(operation) ? withAbsentIds(world, operation, {}) : {}
    const [type] = operation.bodies.keys()
    const body = type === undefined ? {} : { raw: { ...withoutSignature, type } }
    const bare = operation.access === 'provider' ? { ...body, asIs: true } : {}
    expect(world, await world.send(operation, null, { ...request, ...bare }), 403)
  },
  404: async (world, operation, actor) => {
    const valid = await world.recipe(operation).valid(world, actor)
    expect(world, await world.send(operation, actor, withAbsentIds(world, operation, valid)), 404)
  },
  409: async (world, operation, actor) => {
    if (operation.idempotent) await collide(world, operation, actor)
  },
  413: async (world, operation, actor) => {
    const valid = await world.recipe(operation).valid(world, actor)
    const type = operation.bodies.has('application/json')
      ? 'application/json'
      : [...operation.bodies.keys()][0]
    const content =
      type === 'application/json' ? `"${'x'.repeat(2_000_000)}"` : `a=${'x'.repeat(2_000_000)}`
    const request = { ...valid, raw: { type: type ?? null, content } }
    expect(world, await world.send(operation, actor, request, { around: true }), 413)
  },
  415: async (world, operation, actor) => {
    const valid = await world.recipe(operation).valid(world, actor)
    const request = { ...valid, raw: broken('<a/>', 'application/xml') }
    expect(world, await world.send(operation, actor, request, { around: true }), 415)
  },
  422: async (world, operation, actor) => {
    const valid = await world.recipe(operation).valid(world, actor)
    const wrong = operation.idempotent
      ? { ...valid, headers: { 'idempotency-key': 'k'.repeat(256) } }
      : wrongParameter(operation, valid)
    if (wrong) expect(world, await world.send(operation, actor, wrong, { around: true }), 422)
  }
}

const withoutSignature = { content: '{}' }

function wrongParameter(operation: Operation, valid: Case): Case | undefined {
  for (const parameter of operation.parameters) {
    // A text without a constraint may still not hold a null byte.
    const [wrong = parameter.in === 'path' ? ['null byte', '\0'] : undefined] =
      parameterConstraints(parameter.schema).wrong
    if (!wrong || parameter.in === 'header') continue
    if (parameter.in === 'path')
      return { ...valid, params: { ...valid.params, [parameter.name]: wrong[1] } }
    return { ...valid, query: { ...valid.query, [parameter.name]: wrong[1] } }
  }
  return operation.bodies.has('application/json') ? { ...valid, body: [] } : undefined
}

/** The same key at the same moment: all but one are told that the first still runs, or get its answer. */
async function collide(world: World, operation: Operation, actor: Actor): Promise<void> {
  for (let attempt = 0; attempt < 4; attempt++) {
    const valid = await world.recipe(operation).valid(world, actor)
    const request = {
      ...valid,
      headers: { ...valid.headers, 'idempotency-key': world.fresh('key') }
    }
    const exchanges = await world.client.sendTogether(
      { operation, token: actor.token, secret: true, ...request },
      6
    )
    const refused = exchanges.find(({ status }) => status === 409)
    if (refused) return expect(world, refused, 409)
  }
  world.ledger.skip({
    group: 'shape',
    subject: operation.id,
    status: 409,
    reason:
      'no two requests met: a server that runs them one after another, as on SQLite, is never in the middle of the first'
  })
}

/** A value that keeps its constraint to the last character is taken, and comes back as it was. */
async function keepBounds(world: World, operation: Operation): Promise<void> {
  const recipe = world.recipe(operation)
  if (recipe.needs?.(world) !== undefined || recipe.signed) return
  const json = operation.bodies.get('application/json')
  const actor = await world.actorFor(operation)
  if (json && operation.method !== 'GET') {
    const { bounds } = bodyConstraints(json.schema, {
      resolve: world.document.resolve,
      random: world.random,
      samples: recipe.samples ?? {}
    })
    for (const { path, value, kind, field } of bounds) {
      if (
        recipe.references?.includes(field) ||
        recipe.lenient?.some(each => field.startsWith(each))
      )
        continue
      const text = recipe.unique?.includes(field) === true ? uniqueText(world, value) : value
      if (text === undefined) continue
      const valid = await recipe.valid(world, actor)
      const request = { ...valid, body: withValue(valid.body, path, text) }
      const exchange = await world.send(operation, actor, recipe.atBound?.(request) ?? request)
      const isTaken = exchange.status < 300 || exchange.status === 501
      world.judge_(
        'shape',
        'bounds',
        exchange,
        isTaken
          ? echoProblem(exchange, path, text)
          : `${field} at its bound (${kind}) must be taken, got ${exchange.status}: ${exchange.text.slice(0, 300)}`
      )
    }
  }
  for (const parameter of operation.parameters) {
    if (parameter.in === 'header') continue
    const { right } = parameterConstraints(parameter.schema)
    // A small id may name something that others need.
    for (const value of parameter.in === 'path' ? right.slice(-1) : right) {
      const valid = await recipe.valid(world, actor)
      const request =
        parameter.in === 'path'
          ? { ...valid, params: { ...valid.params, [parameter.name]: value } }
          : { ...valid, query: { ...valid.query, [parameter.name]: value } }
      const exchange = await world.send(operation, actor, request)
      const isRefused = exchange.status === 422 && fieldsNamed(exchange).includes(parameter.name)
      world.judge_(
        'shape',
        'bounds',
        exchange,
        isRefused ? `${parameter.name}=${value} keeps its constraint and was refused` : undefined
      )
    }
  }
}

/** As long as the value, and given by nobody else; undefined where so few letters cannot be. */
function uniqueText(world: World, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const { length } = value
  const text = `${world.random.integer(36 ** 6).toString(36)}-${world.fresh('u')}`
  return length < 12 ? undefined : text.slice(0, length).padEnd(length, 'n')
}

/** A field that the answer shows too must be what was given. */
function echoProblem(
  exchange: Exchange,
  path: readonly (string | number)[],
  value: unknown
): string | undefined {
  const name = path.findLast(step => typeof step === 'string')
  if (name === undefined || typeof value !== 'string' || !isRecord(exchange.body)) return undefined
  if (path.length > 2 || exchange.body['error'] !== undefined) return undefined
  const shown = valueAt(exchange.body, [name])
  if (typeof shown !== 'string' || shown === value) return undefined
  return `${fieldOf(path)} was given as ${JSON.stringify(value.slice(0, 80))} and came back as ${JSON.stringify(shown.slice(0, 80))}`
}
