import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { sql } from 'kysely'
import type { Dialect, Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import {
  build,
  type BuildOptions,
  onEachDatabase,
  type TestServer,
  until
} from '../../testing/build.ts'
import {
  answer,
  assertEnds,
  deliver,
  findSids,
  request,
  send,
  type Story,
  storyOf,
  type Told,
  untilLeft
} from '../../testing/callback-stories.ts'
import { messageHistories } from '../../testing/message-histories.ts'
import {
  arrivalsOf,
  insertionsOf,
  omissionsOf,
  orderingsOf,
  type RepetitionBounds
} from '../../testing/orderings.ts'
import { holdAnswers, whileWorking } from '../../testing/workers.ts'
import { callbacksOf, providerCallbacksLane } from './receive-callbacks.ts'

/*
 * Every order in which the callbacks of one message can arrive, with every repetition, within the bounds that
 * each test states; thousands of messages at once. With TEST_ORDERS=all SQLite gets all of them, otherwise a part
 * of each history's, evenly spread; PostgreSQL gets a smaller part.
 */

/** Each callback up to three times. */
const upToTwoRepeats: RepetitionBounds = { each: 3, repeats: 2, arrivals: 5 }
const upToOneRepeat: RepetitionBounds = { each: 2, repeats: 1, arrivals: 4 }

const storiesWithin = (bounds: RepetitionBounds): Story[][] =>
  messageHistories.map(history =>
    [...arrivalsOf(history.statuses, bounds)].map(words => storyOf(history, words))
  )

/** All of them, or of each history's so many; six times as many on SQLite. */
function chosen<Item>(dialect: Dialect, groups: readonly Item[][], many: number): Item[] {
  if (dialect === 'sqlite' && process.env['TEST_ORDERS'] === 'all') return groups.flat()
  const most = dialect === 'sqlite' ? many * 6 : many
  return groups.flatMap(group => {
    const step = Math.ceil(group.length / most)
    return group.filter((_, place) => place % step === 0)
  })
}

async function buildDeaf(
  t: TestContext,
  dialect: Dialect,
  options: Pick<BuildOptions, 'workers'> = {}
): Promise<TestServer> {
  const server = await build(t, dialect, {
    ...options,
    // Nobody asks the provider: the server knows what the callbacks of the story say, and no more.
    environment: { STATUS_CHECK_AFTER_MS: '86400000' }
  })
  server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
  return server
}

function* chunksOf<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}

const longest = (told: readonly Told[]): number =>
  Math.max(...told.map(({ story }) => story.arrivals.length))

/** Every story's arrival at this place, all at once. */
async function deliverRound(
  server: TestServer,
  told: readonly Told[],
  round: number
): Promise<void> {
  const due = told.filter(({ story }) => round < story.arrivals.length)
  await Promise.all(due.map(each => deliver(server, each, round)))
}

/** The stories side by side, each arrival processed before the next. */
async function deliverInTurn(
  server: TestServer,
  told: readonly Told[],
  { waiting = 0 } = {}
): Promise<void> {
  for (let round = 0; round < longest(told); round++) {
    await deliverRound(server, told, round)
    await untilLeft(server, waiting)
  }
}

/** So many texts are with the provider at once, at the most; the next wait for their answers. */
const mostCalls = 128

/**
 * A queue whose verdicts on these callbacks fail, with whatever they came together, until each has failed by
 * itself once: what the handler did until then is undone.
 */
function falter(queue: Queue, faulty: Set<number>): Queue {
  const takingApart = new WeakSet<Transaction>()
  return {
    ...queue,
    async publish(entries, tx) {
      if (entries.some(({ lane }) => lane === providerCallbacksLane)) takingApart.add(tx)
      await queue.publish(entries, tx)
    },
    async settle(verdicts, tx) {
      await queue.settle(verdicts, tx)
      if (takingApart.has(tx)) return
      const ids = verdicts
        .filter(({ entry }) => entry.lane === providerCallbacksLane)
        .flatMap(({ entry }) => callbacksOf(entry))
      if (!ids.some(id => faulty.has(id))) return
      const [alone, ...others] = ids
      if (alone !== undefined && others.length === 0) faulty.delete(alone)
      throw new Error('the worker stumbled')
    }
  }
}

/** Every order of the callbacks of two messages, five at the most. */
function pairs(): Story[][] {
  const some = messageHistories.filter(({ statuses, isScheduled }) => {
    const path = statuses.join(' ')
    return !isScheduled && /^((queued )?sent (un)?delivered|queued failed|failed)$/.test(path)
  })
  return some.flatMap((first, place) =>
    some
      .slice(place)
      .filter(second => first.statuses.length + second.statuses.length <= 5)
      .map(second => {
        const arrivals = [first, second].flatMap(({ statuses }, of) =>
          statuses.map(word => ({ of, word }))
        )
        return [...orderingsOf(arrivals)].map(order => ({
          histories: [first, second],
          arrivals: order
        }))
      })
  )
}

const isSentAtOnce = ({ histories }: Story): boolean =>
  histories.every(({ isScheduled }) => !isScheduled)

onEachDatabase(dialect => {
  test('callbacks processed one by one, in every order with up to two repeats, end a message alike and tell each step once', async t => {
    const server = await buildDeaf(t, dialect)
    const told = await send(server, chosen(dialect, storiesWithin(upToTwoRepeats), 6))

    for (let round = 0; round < longest(told); round++) {
      await server.clock.advance(1_000)
      await deliverRound(server, told, round)
      await untilLeft(server, 0)
    }

    t.diagnostic(await assertEnds(server, told, { processed: 'as told' }))
  })

  test('callbacks processed together, in every order with up to two repeats, end a message alike and tell each step once', async t => {
    const server = await buildDeaf(t, dialect, { workers: false })
    const told: Told[] = []
    await whileWorking(server.deps, async () => {
      told.push(...(await send(server, chosen(dialect, storiesWithin(upToTwoRepeats), 6))))
    })

    // So that all the callbacks of a message are of one batch.
    for (const chunk of chunksOf(told, 40))
      for (let round = 0; round < longest(chunk); round++) await deliverRound(server, chunk, round)
    await whileWorking(server.deps, () => untilLeft(server, 0))

    t.diagnostic(await assertEnds(server, told, { processed: 'as told' }))
  })

  test('callbacks of which any but the last are lost, in every order, end a message alike and tell each step once', async t => {
    const server = await buildDeaf(t, dialect)
    const groups = messageHistories.map(history =>
      [...omissionsOf(history.statuses)].flatMap(left =>
        [...arrivalsOf(left, upToOneRepeat)].map(words => storyOf(history, words))
      )
    )
    const told = await send(server, chosen(dialect, groups, 4))

    await deliverInTurn(server, told)

    t.diagnostic(await assertEnds(server, told, { processed: 'as told' }))
  })

  test('callbacks that arrive at once over sockets, beside the answer to the create request, and go to two workers end a message alike and tell each step once', async t => {
    const server = await buildDeaf(t, dialect, { workers: false })
    const answers = holdAnswers(server.deps.twilio)
    const stories = chosen(dialect, storiesWithin(upToOneRepeat), 8).filter(isSentAtOnce)
    const told: Told[] = []

    const deps = { ...server.deps, twilio: answers.gateway }
    await whileWorking(deps, () =>
      whileWorking(deps, async () => {
        for (const chunk of chunksOf(stories, mostCalls)) {
          const texts = await request(server, chunk)
          await until('the provider to have the texts', () => answers.held.size === chunk.length)
          findSids(server, texts)
          for (const some of chunksOf(texts, 16)) {
            const arriving = some.flatMap(each =>
              each.story.arrivals.map((_, place) => deliver(server, each, place, 'sockets'))
            )
            for (const { uuid } of some.flatMap(({ texts }) => texts)) answers.held.get(uuid)?.()
            await Promise.all(arriving)
          }
          await untilLeft(server, 0)
          told.push(...texts)
        }
      })
    )

    t.diagnostic(await assertEnds(server, told, { processed: 'in any order' }))
  })

  test('an answer to the create request that comes after any of the callbacks changes nothing of what they said', async t => {
    const server = await buildDeaf(t, dialect, { workers: false })
    const answers = holdAnswers(server.deps.twilio)
    const groups = messageHistories.map(history =>
      [...arrivalsOf(history.statuses, upToOneRepeat)].flatMap(words =>
        [...insertionsOf(words, answer)].map(arrivals => storyOf(history, arrivals))
      )
    )
    const stories = chosen(dialect, groups, 8).filter(isSentAtOnce)
    const told: Told[] = []

    await whileWorking({ ...server.deps, twilio: answers.gateway }, async () => {
      for (const chunk of chunksOf(stories, mostCalls)) {
        const texts = await request(server, chunk)
        await until('the provider to have the texts', () => answers.held.size === chunk.length)
        findSids(server, texts)
        for (let round = 0; round < longest(texts); round++) {
          const isAnswer = ({ story }: Told): boolean => story.arrivals[round]?.word === answer
          for (const { uuid } of texts.filter(isAnswer).flatMap(each => each.texts))
            answers.held.get(uuid)?.()
          await deliverRound(
            server,
            texts.filter(each => !isAnswer(each)),
            round
          )
          await untilLeft(server, answers.held.size)
        }
        told.push(...texts)
      }
    })

    t.diagnostic(await assertEnds(server, told, { processed: 'as told' }))
  })

  test('callbacks alone tell all of a message whose answer was lost, and it is not sent again', async t => {
    const server = await buildDeaf(t, dialect)
    server.mock.world().faults.add({
      match: { operation: 'create-message' },
      effect: { type: 'connection', fault: 'answer_lost' }
    })
    const groups = [...storiesWithin(upToOneRepeat), ...pairs()]
    const stories = chosen(dialect, groups, 4).filter(isSentAtOnce)
    const told: Told[] = []
    for (const chunk of chunksOf(stories, 300)) {
      told.push(...(await request(server, chunk)))
      await server.idle()
    }
    findSids(server, told)
    const waiting = told.flatMap(({ texts }) => texts).length

    await deliverInTurn(server, told, { waiting })
    await server.advance(server.deps.config.RECONCILE_AFTER_MS)

    t.diagnostic(await assertEnds(server, told, { processed: 'as told' }))
    findSids(server, told)
    const asked = await server.deps.metrics.reconciliations.get()
    assert.deepEqual(asked.values, [], 'the provider was asked')
  })

  test('callbacks of two equal messages of one conversation, in every order among each other, end each as its own history does', async t => {
    const server = await buildDeaf(t, dialect)
    const told = await send(server, chosen(dialect, pairs(), 4))

    await deliverInTurn(server, told)

    t.diagnostic(await assertEnds(server, told, { processed: 'as told' }))
  })

  test('a callback whose processing breaks off halfway, any of them in any order, is processed again and told once', async t => {
    const server = await buildDeaf(t, dialect, { workers: false })
    // The same story for each of its callbacks that may break off.
    const groups = messageHistories.map(history => {
      const bounds = { ...upToOneRepeat, arrivals: Math.max(3, history.statuses.length) }
      return [...arrivalsOf(history.statuses, bounds)].flatMap(words =>
        words.map((_, place) => ({ story: storyOf(history, words), place }))
      )
    })
    const chances = chosen(dialect, groups, 6)
    const told: Told[] = []
    await whileWorking(server.deps, async () => {
      told.push(
        ...(await send(
          server,
          chances.map(({ story }) => story)
        ))
      )
    })
    for (const chunk of chunksOf(told, 40))
      for (let round = 0; round < longest(chunk); round++) await deliverRound(server, chunk, round)
    const faulty = new Set<number>()
    const stored = await storedIds(server)
    for (const [index, { texts }] of told.entries()) {
      const id = stored.get(texts[0]?.uuid ?? '')?.[chances[index]?.place ?? 0]
      assert.ok(id !== undefined)
      faulty.add(id)
    }

    await whileWorking({ ...server.deps, queue: falter(server.deps.queue, faulty) }, async () => {
      await untilLeft(server, told.length)
      await server.clock.advance(1_000)
      await untilLeft(server, 0)
    })

    assert.equal(faulty.size, 0)
    t.diagnostic(await assertEnds(server, told, { processed: 'in any order' }))
  })
})

/** The ids of the stored callbacks of each message, in the order of their storing. */
async function storedIds({ deps }: TestServer): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ id: number; query: string }>`
    select id, query from provider_callbacks order by id`.execute(deps.database.sql)
  const groups = Map.groupBy(rows, ({ query }) => query.split('message_uuid=')[1] ?? '')
  return new Map([...groups].map(([uuid, group]) => [uuid, group.map(({ id }) => id)]))
}
