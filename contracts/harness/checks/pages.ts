import { pagesRecipes } from '../recipes/recipes.ts'
import type { PagesCase } from '../recipes/recipe.ts'
import type { Exchange } from '../client.ts'
import type { Operation } from '../document.ts'
import { canonical, isRecord, textIn } from '../json.ts'
import { fieldsNamed } from './refusals.ts'
import { type Actor, type Case, eventually, inParallel, type World } from '../world/world.ts'

/** Lists in pages: nothing twice, nothing left out, whoever writes meanwhile. */
export async function checkPages(world: World): Promise<void> {
  const listed = world.operations.filter(operation =>
    operation.parameters.some(({ name }) => name === 'cursor')
  )
  await inParallel(listed, async operation => {
    const recipe = pagesRecipes.find(each => each.operation === operation.id)
    if (!recipe) {
      world.ledger.skip({
        group: 'pages',
        subject: operation.id,
        status: 200,
        reason: 'no recipe fills this list'
      })
      return
    }
    const missing = recipe.needs?.(world)
    if (missing !== undefined) {
      world.ledger.skip({ group: 'pages', subject: operation.id, status: 200, reason: missing })
      return
    }
    const actor = await world.actorFor(operation)
    const count = 7
    const filled = await recipe.fill(world, actor, count)
    await eventually(
      world,
      async () => {
        const { body } = await world.send(operation, actor, filled.request)
        return filled.items(body).length >= count
      },
      { stepMs: 500 }
    )
    await exactPages(world, operation, actor, filled, count)
    const { addOne } = filled
    if (addOne) await pagesUnderWrites(world, operation, actor, { ...filled, addOne })
    await cursors(world, operation, actor, filled)
  })
}

interface Walk {
  items: unknown[]
  last: Exchange | undefined
  pages: number
  longest: number
}

const idOf = (item: unknown): string => (isRecord(item) ? String(item['id']) : canonical(item))

async function walk(
  world: World,
  operation: Operation,
  actor: Actor,
  { request, items }: PagesCase,
  limit: number,
  between: (page: number) => Promise<void> = async () => {}
): Promise<Walk> {
  const found: Walk = { items: [], last: undefined, pages: 0, longest: 0 }
  let cursor: string | undefined
  do {
    const query = {
      ...request.query,
      limit: String(limit),
      ...(cursor !== undefined && { cursor })
    }
    const exchange = await world.send(operation, actor, { ...request, query })
    const page = items(exchange.body)
    found.items.push(...page)
    found.last = exchange
    found.pages++
    found.longest = Math.max(found.longest, page.length)
    cursor = exchange.headers['x-next-cursor']
    if (cursor !== undefined) await between(found.pages)
  } while (cursor !== undefined && found.pages < 100)
  return found
}

/** A list that rests: each page full but the last, all items once, in the order of the whole. */
async function exactPages(
  world: World,
  operation: Operation,
  actor: Actor,
  filled: PagesCase,
  count: number
): Promise<void> {
  const whole = await world.send(operation, actor, {
    ...filled.request,
    query: { ...filled.request.query, limit: '1000' }
  })
  const expected = filled.items(whole.body).map(idOf)
  world.judge_(
    'pages',
    'exact',
    whole,
    expected.length === count
      ? undefined
      : `${count} items were made, the list holds ${expected.length}`
  )
  for (const limit of [1, 3, count, count + 1]) {
    const { items, last, pages, longest } = await walk(world, operation, actor, filled, limit)
    if (!last) continue
    const ids = items.map(idOf)
    const problem =
      canonical(ids) !== canonical(expected)
        ? `in pages of ${limit} the list is ${ids.join(', ')}, as a whole ${expected.join(', ')}`
        : longest > limit
          ? `a page of ${limit} holds ${longest}`
          : pages !== Math.max(1, Math.ceil(expected.length / limit))
            ? `${expected.length} items came in ${pages} pages of ${limit}`
            : undefined
    world.judge_('pages', 'exact', last, problem)
  }
  if (!/newest first/i.test(descriptionOf(world, operation))) return
  const numbers = expected.map(Number)
  const isNewestFirst = numbers.every((id, place) => place === 0 || id < (numbers[place - 1] ?? 0))
  world.judge_(
    'pages',
    'order',
    whole,
    isNewestFirst ? undefined : `the list is not newest first: ${expected.join(', ')}`
  )
}

function descriptionOf(world: World, { path, method }: Operation): string {
  const paths = world.document.resolve(world.document.json['paths'])
  const operation = world.document.resolve(
    world.document.resolve(paths[path])[method.toLowerCase()]
  )
  return textIn(operation['description'])
}

/** A list that grows while it is read: what was there at the start comes once. */
async function pagesUnderWrites(
  world: World,
  operation: Operation,
  actor: Actor,
  filled: Required<PagesCase>
): Promise<void> {
  const whole = await world.send(operation, actor, {
    ...filled.request,
    query: { ...filled.request.query, limit: '1000' }
  })
  const before = filled.items(whole.body).map(idOf)
  const { items, last } = await walk(world, operation, actor, filled, 2, async () => {
    await Promise.all([filled.addOne(), filled.addOne()])
  })
  if (!last) return
  const ids = items.map(idOf)
  const missing = before.filter(id => !ids.includes(id))
  const repeated = ids.filter((id, place) => ids.indexOf(id) !== place)
  const problem =
    missing.length > 0
      ? `read while others wrote, the list lacks ${missing.join(', ')}`
      : repeated.length > 0
        ? `read while others wrote, the list repeats ${repeated.join(', ')}`
        : undefined
  world.judge_('pages', 'under-writes', last, problem)
}

async function cursors(
  world: World,
  operation: Operation,
  actor: Actor,
  { request }: PagesCase
): Promise<void> {
  const ask = (query: Record<string, string>): Promise<Exchange> => {
    const asked: Case = { ...request, query: { ...request.query, ...query } }
    return world.send(operation, actor, asked)
  }
  const first = await ask({ limit: '1' })
  const cursor = first.headers['x-next-cursor'] ?? ''
  world.judge_(
    'pages',
    'cursors',
    first,
    /^[\w~.-]{4,200}$/.test(cursor) && !/^\d+$/.test(cursor)
      ? undefined
      : `a cursor must be opaque and fit for a URL, got ${JSON.stringify(cursor)}`
  )
  for (const wrong of [
    'nonsense',
    '12',
    Buffer.from('after:x').toString('base64url'),
    Buffer.from("after:1' or 1").toString('base64url')
  ]) {
    const exchange = await ask({ cursor: wrong })
    world.judge_(
      'pages',
      'cursors',
      exchange,
      exchange.status === 422 && fieldsNamed(exchange).includes('cursor')
        ? undefined
        : `the cursor ${wrong} is none of ours and must be refused by name, got ${exchange.status}`
    )
  }
}
