import type { Exchange } from '../client.ts'
import type { Operation } from '../document.ts'
import { canonical, isRecord } from '../json.ts'
import { fieldsNamed } from './refusals.ts'
import {
  type Actor,
  type Case,
  eventually,
  expectedStatus,
  inParallel,
  recordOf,
  type World
} from '../world/world.ts'

/** A creating request given twice does its work once. */
export async function checkIdempotency(world: World): Promise<void> {
  const idempotent = world.operations.filter(each => each.idempotent)
  await inParallel(idempotent, async operation => {
    if (world.recipe(operation).needs?.(world) !== undefined) return
    const actor = await world.actorFor(operation)
    await replay(world, operation, actor)
    await mismatch(world, operation, actor)
    await concurrent(world, operation, actor)
    await perBearer(world, operation)
    await refusalsAreForgotten(world, operation, actor)
    await badKeys(world, operation, actor)
  })
  await expiry(world, idempotent)
}

const keyed = (request: Case, key: string): Case => ({
  ...request,
  headers: { ...request.headers, 'idempotency-key': key },
  // The answer given again holds what the first one rightly held.
  secret: true
})

const replayed = (exchange: Exchange): boolean =>
  exchange.headers['idempotency-replayed'] === 'true'

/** An answer's body, by which two executions differ. */
const effectOf = (exchange: Exchange): string => canonical(exchange.body)

async function replay(world: World, operation: Operation, actor: Actor): Promise<void> {
  const request = keyed(await world.recipe(operation).valid(world, actor), world.fresh('key'))
  const first = await world.send(operation, actor, request)
  const again = await world.send(operation, actor, request)
  const third = await world.send(operation, actor, request)
  const expected = expectedStatus(world, operation)
  const problem =
    first.status !== expected
      ? `the first request must get ${expected}, got ${first.status}`
      : replayed(first)
        ? 'the first answer says that it is replayed'
        : [again, third]
            .map(next => sameAnswerProblem(first, next))
            .find(each => each !== undefined)
  world.judge_('idempotency', 'replay', again, problem)
}

function sameAnswerProblem(first: Exchange, again: Exchange): string | undefined {
  if (again.status !== first.status)
    return `the same request got ${first.status}, then ${again.status}`
  if (effectOf(again) !== effectOf(first))
    return `the same request got another answer: ${first.text} / ${again.text}`
  if (!replayed(again)) return 'the answer given again lacks idempotency-replayed: true'
  const type = (exchange: Exchange): string | undefined => exchange.headers['content-type']
  return type(first) === type(again) ? undefined : `the media type became ${type(again)}`
}

async function mismatch(world: World, operation: Operation, actor: Actor): Promise<void> {
  const key = world.fresh('key')
  const first = await world.recipe(operation).valid(world, actor)
  if (first.body === undefined) return
  await world.send(operation, actor, keyed(first, key))
  const other = await world.recipe(operation).valid(world, actor)
  const exchange = await world.send(operation, actor, keyed(other, key))
  const code = errorCode(exchange)
  world.judge_(
    'idempotency',
    'mismatch',
    exchange,
    exchange.status === 422 && code !== undefined
      ? undefined
      : `the same key with another body must get 422, got ${exchange.status}`
  )
}

const errorCode = (exchange: Exchange): unknown => {
  const error = recordOf(exchange)['error']
  return isRecord(error) ? error['code'] : undefined
}

async function concurrent(world: World, operation: Operation, actor: Actor): Promise<void> {
  const request = keyed(await world.recipe(operation).valid(world, actor), world.fresh('key'))
  const call = { operation, token: actor.token, ...request }
  const exchanges = [
    ...(await world.client.sendTogether(call, 3)),
    ...(await Promise.all([1, 2].map(() => world.client.send({ ...call, around: true }))))
  ]
  const expected = expectedStatus(world, operation)
  const succeeded = exchanges.filter(({ status }) => status === expected)
  const effects = new Set(succeeded.map(effectOf))
  const fresh = succeeded.filter(exchange => !replayed(exchange))
  const strange = exchanges.find(({ status }) => status !== expected && status !== 409)
  const [judged = exchanges[0]] = succeeded
  if (!judged) return
  const problem =
    strange !== undefined
      ? `at the same moment: expected ${expected} or 409, got ${strange.status}: ${strange.text.slice(0, 200)}`
      : succeeded.length === 0
        ? 'of five equal requests none succeeded'
        : effects.size > 1 || fresh.length > 1
          ? `of five equal requests at one moment ${fresh.length} did the work`
          : undefined
  world.judge_('idempotency', 'concurrent', judged, problem)
}

/** A key is its bearer's own. */
async function perBearer(world: World, operation: Operation): Promise<void> {
  const recipe = world.recipe(operation)
  const type = operation.access === 'admin' ? 'Admin' : recipe.bearerType
  const [one, other] = [await world.bearer(type), await world.bearer(type)]
  const key = world.fresh('key')
  const first = await world.send(operation, one, keyed(await recipe.valid(world, one), key))
  // A request of its own, for what the first one made may exist once only.
  const second = await world.send(operation, other, keyed(await recipe.valid(world, other), key))
  const isOwnWork = second.status === first.status && !replayed(second)
  world.judge_(
    'idempotency',
    'per-bearer',
    second,
    isOwnWork
      ? undefined
      : `another bearer's equal key must mean nothing, got ${second.status}${replayed(second) ? ', replayed' : ''}: ${second.text.slice(0, 150)}`
  )
}

/** A refused request did nothing, so its key is free for the corrected one. */
async function refusalsAreForgotten(
  world: World,
  operation: Operation,
  actor: Actor
): Promise<void> {
  const recipe = world.recipe(operation)
  const cannot = recipe.cannotProvoke?.(world, 409) !== undefined
  const provoke = cannot ? undefined : recipe.provoke?.[409]
  const request = await world.recipe(operation).valid(world, actor)
  if (request.body === undefined) return
  const key = world.fresh('key')
  const wrong = provoke ? await provoke(world, actor) : { ...request, body: {} }
  const refused = await world.send(operation, actor, keyed(wrong, key))
  const corrected = await world.send(operation, actor, keyed(request, key))
  const expected = expectedStatus(world, operation)
  world.judge_(
    'idempotency',
    'refusals-forgotten',
    corrected,
    refused.status >= 400 && corrected.status === expected && !replayed(corrected)
      ? undefined
      : `after a refusal (${refused.status}) the key must be free: expected ${expected}, got ${corrected.status}: ${corrected.text.slice(0, 200)}`
  )
}

async function badKeys(world: World, operation: Operation, actor: Actor): Promise<void> {
  const request = await world.recipe(operation).valid(world, actor)
  for (const key of ['k'.repeat(256), 'é', 'tab\tin it']) {
    const exchange = await world.send(operation, actor, keyed(request, key), { around: true })
    world.judge_(
      'idempotency',
      'keys',
      exchange,
      exchange.status === 422 && fieldsNamed(exchange).includes('Idempotency-Key')
        ? undefined
        : `the key ${JSON.stringify(key.slice(0, 10))} must be refused by name, got ${exchange.status}`
    )
  }
  const longest = keyed(
    await world.recipe(operation).valid(world, actor),
    `${world.fresh('k')}${'~'.repeat(255)}`.slice(0, 255)
  )
  const exchange = await world.send(operation, actor, longest)
  world.judge_(
    'idempotency',
    'keys',
    exchange,
    exchange.status === expectedStatus(world, operation)
      ? undefined
      : `a key of 255 characters must be taken, got ${exchange.status}`
  )
}

const hour = 3_600_000

/** An answer is given again for 24 hours, and not for longer. */
async function expiry(world: World, operations: readonly Operation[]): Promise<void> {
  const { twilio } = world
  if (!twilio) {
    for (const { id } of operations)
      world.ledger.skip({
        group: 'idempotency',
        subject: id,
        status: 0,
        reason: 'that keys expire after 24 hours needs a clock to move: --mock-twilio'
      })
    return
  }
  const stories: { operation: Operation; actor: Actor; request: Case; first: Exchange }[] = []
  for (const operation of operations) {
    if (world.recipe(operation).needs?.(world) !== undefined) continue
    const actor = await world.actorFor(operation)
    const request = keyed(await world.recipe(operation).valid(world, actor), world.fresh('key'))
    stories.push({ operation, actor, request, first: await world.send(operation, actor, request) })
  }
  await twilio.advance(24 * hour - 60_000)
  for (const { operation, actor, request, first } of stories) {
    const exchange = await world.send(operation, actor, request)
    world.judge_(
      'idempotency',
      'expiry',
      exchange,
      sameAnswerProblem(first, exchange) &&
        `after 23 h 59 min ${sameAnswerProblem(first, exchange)}`
    )
  }
  await twilio.advance(2 * 60_000)
  for (const { operation, actor, request } of stories) {
    let exchange = await world.send(operation, actor, request)
    // A follower of the clock may be a moment behind.
    await eventually(
      world,
      async () => {
        if (!replayed(exchange)) return true
        exchange = await world.send(operation, actor, request)
        return !replayed(exchange)
      },
      { timeoutMs: 1_000 }
    )
    world.judge_(
      'idempotency',
      'expiry',
      exchange,
      replayed(exchange) ? 'after 24 h 1 min the answer is still given again' : undefined
    )
  }
}
