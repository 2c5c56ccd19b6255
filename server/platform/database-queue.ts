import { type RawBuilder, sql } from 'kysely'
import type { Logger } from 'pino'
import { backoffMs } from './backoff.ts'
import { type Clock, everyRealMs, realPause, stopwatch, type Timer } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { randomId } from './ids.ts'
import type { BatchHandler, ConsumeOptions, Entry, NewEntry, Queue, Verdict } from './queue.ts'
import { storable } from './storable.ts'

/** The number of bearers that one batch is shared between. */
const keysPerBatch = 32
/** How often a worker looks for entries that another process published. */
const pollMs = 100
/** The same of what is urgent. */
const urgentPollMs = 15
/** What is due and could not be claimed, since another worker is about to, is looked at again after this. */
const shortestWaitMs = 20
/** A handler that fails by itself (a bug) is tried so often before its entry is a dead letter. */
const maxHandlerFailures = 10
/** A claim that got many is followed by another after so long at the earliest: a few more are as dear as many. */
const betweenClaimsMs = 15
const many = 16
/** After a claim that failed (the database is away), the wait before the next. */
const claimFailureMs = 1_000

const entryColumns = {
  lane: 'text',
  fairness_key: 'bigint',
  order_key: 'text',
  payload: 'text',
  due_at: 'bigint',
  attempts: 'integer',
  wakeups: 'integer',
  created_at: 'bigint'
} as const

interface EntryRow {
  id: number
  lane: string
  fairness_key: number
  payload: string
  due_at: number
  attempts: number
  wakeups: number
  claim_token: string
  created_at: number
}

/**
 * Lanes as rows of the application's own database: published in the transaction that causes the work,
 * claimed in batches.
 *
 * An entry is claimable when it is due. A claim moves `due_at` to the end of the lease, so an entry whose
 * worker died becomes due again by itself. On PostgreSQL rows locked by another worker are skipped; on
 * SQLite one process writes.
 */
export function createDatabaseQueue(deps: {
  database: Database
  clock: Clock
  log: Logger
  leaseMs: number
  /** Other processes publish to the same database. */
  shared: boolean
}): Queue & { close(): void } {
  const { database, clock, log, leaseMs } = deps
  // Whoever needs several rows locks them in this order, so that two transactions never wait for each other.
  const lockedInOrder = database.locking(
    'order by e.lane collate "C", e.order_key collate "C", e.id for update of e'
  )
  const consumers = new Set<LaneConsumer>()
  const wake = (lane: string): void => {
    for (const consumer of consumers) if (consumer.lane === lane) consumer.wake()
  }
  const poll = (everyMs: number, ofUrgent: boolean): Timer =>
    everyRealMs(everyMs, () => {
      for (const consumer of consumers) if (consumer.isUrgent === ofUrgent) consumer.wake()
    })
  const polls = deps.shared ? [poll(pollMs, false), poll(urgentPollMs, true)] : []

  const queue: Queue = {
    async publish(entries, tx) {
      if (entries.length === 0) return
      const now = clock.now()
      await database.insert(
        tx.sql,
        'lane_entries',
        entryColumns,
        mergedByOrderKey(entries).map(entry => ({
          lane: entry.lane,
          fairness_key: entry.fairnessKey,
          order_key: entry.orderKey ?? null,
          payload: entry.payload,
          due_at: entry.dueAt ?? now,
          attempts: 0,
          wakeups: 0,
          created_at: now
        })),
        sql`on conflict (lane, order_key) where order_key is not null do update set wakeups = lane_entries.wakeups + 1,
          due_at = case when lane_entries.claim_token is null and excluded.due_at < lane_entries.due_at
            then excluded.due_at else lane_entries.due_at end`
      )
      for (const lane of new Set(entries.map(entry => entry.lane))) tx.afterCommit(() => wake(lane))
    },

    consume(lane, options, handler) {
      const consumer = new LaneConsumer({
        lane,
        options,
        handler,
        claim,
        nextDueAt,
        handBack,
        clock,
        log
      })
      consumers.add(consumer)
      consumer.wake()
      return {
        async stop(graceMs) {
          await consumer.stop(graceMs)
          consumers.delete(consumer)
        }
      }
    },

    async settle(verdicts, tx) {
      const done = verdicts.filter(verdict => verdict.outcome === 'done')
      const retries = verdicts.filter(verdict => verdict.outcome === 'retry')
      const dead = verdicts.filter(verdict => verdict.outcome === 'dead')
      if (done.length < verdicts.length && retries.length < verdicts.length)
        await lock(
          verdicts.map(verdict => verdict.entry),
          tx
        )
      if (done.length > 0)
        await finish(
          done.map(verdict => verdict.entry),
          tx
        )
      if (retries.length > 0) await postpone(retries, tx)
      if (dead.length > 0) await bury(dead, tx)
      tx.afterCommit(() => {
        for (const consumer of consumers) consumer.settled(verdicts)
      })
    },

    async withdraw(lane, orderKey, tx) {
      await sql`delete from lane_entries where lane = ${lane} and order_key = ${orderKey} and claim_token is null`.execute(
        tx.sql
      )
    },

    async state() {
      const now = clock.now()
      const { rows } = await sql<{ lane: string; depth: number; oldest: number | null }>`
        select lane, count(*) as depth, min(case when due_at <= ${now} then due_at end) as oldest
        from lane_entries group by lane`.execute(database.sql)
      return rows.map(row => ({
        lane: row.lane,
        depth: row.depth,
        oldestDueAt: row.oldest ?? undefined
      }))
    }
  }

  /** Those of the lane's fairness keys from `after` on that have work that is due: one index step for each key. */
  async function keysWithDueWork(
    lane: string,
    after: number,
    full: readonly number[],
    now: number
  ): Promise<number[]> {
    const isDue = (key: RawBuilder<unknown>): RawBuilder<unknown> => sql`(
      (select min(d.due_at) from lane_entries d where d.lane = ${lane} and d.fairness_key = ${key}) <= ${now}
      ${full.length > 0 ? sql`and ${key} not in (${sql.join(full)})` : sql``})`
    const { rows } = await sql<{ key: number }>`
      with recursive keys(key, found) as (
        select (select min(fairness_key) from lane_entries where lane = ${lane} and fairness_key > ${after}), 0
        union all
        select
          (select min(e.fairness_key) from lane_entries e where e.lane = ${lane} and e.fairness_key > keys.key),
          found + case when ${isDue(sql`keys.key`)} then 1 else 0 end
        from keys where keys.key is not null and found < ${keysPerBatch}
      )
      select key from keys where key is not null and ${isDue(sql`keys.key`)}
      order by key limit ${keysPerBatch}`.execute(database.sql)
    return rows.map(row => row.key)
  }

  async function claim(
    lane: string,
    limit: number,
    after: number,
    places: Places
  ): Promise<{ entries: Entry[]; lastKey: number }> {
    const now = clock.now()
    const keys = await keysWithDueWork(lane, after, places.full, now)
    // The next batch begins where this one ends when there are more keys than one batch has places for.
    const isCrowded = keys.length >= Math.min(keysPerBatch, limit)
    if (keys.length < keysPerBatch && after >= 0) {
      const wrapped = await keysWithDueWork(lane, -1, places.full, now)
      keys.push(...wrapped.filter(key => key <= after).slice(0, keysPerBatch - keys.length))
    }
    if (keys.length === 0) return { entries: [], lastKey: -1 }

    const token = randomId()
    const shares = fairShares(keys, limit, places.roomFor)
    const picks = shares.map(
      ({ key, share }, place) => sql`select id from (
        select id from lane_entries
        where lane = ${lane} and fairness_key = ${key} and due_at <= ${now}
        order by due_at, id limit ${share} ${database.locking('for update skip locked')}
      ) as share_${sql.raw(String(place))}`
    )
    const { rows } = await sql<EntryRow>`
      with picked as materialized (${sql.join(picks, sql` union all `)})
      update lane_entries set due_at = ${now + leaseMs}, claim_token = ${token}
      from picked where lane_entries.id = picked.id
      returning lane_entries.id, lane, fairness_key, payload, due_at, attempts, wakeups, claim_token, created_at`.execute(
      database.sql
    )
    return {
      entries: rows.toSorted((a, b) => a.id - b.id).map(asEntry),
      lastKey: isCrowded ? (shares.at(-1)?.key ?? -1) : -1
    }
  }

  /** The earliest time at which a key that has room has work. */
  async function nextDueAt(lane: string, full: readonly number[]): Promise<number | undefined> {
    const { rows } = await sql<{ due: number | null }>`
      with recursive keys(key) as (
        select min(fairness_key) from lane_entries where lane = ${lane}
        union all
        select (select min(e.fairness_key) from lane_entries e where e.lane = ${lane} and e.fairness_key > keys.key)
        from keys where keys.key is not null
      )
      select min((select min(e.due_at) from lane_entries e where e.lane = ${lane} and e.fairness_key = keys.key)) as due
      from keys where keys.key is not null
        ${full.length > 0 ? sql`and keys.key not in (${sql.join(full)})` : sql``}`.execute(
      database.sql
    )
    return rows[0]?.due ?? undefined
  }

  /** Verdicts of several kinds are several statements; each would lock in order, and all of them would not. */
  async function lock(entries: readonly Entry[], tx: Transaction): Promise<void> {
    if (database.dialect !== 'postgresql') return
    const list = entries.map(({ id }) => ({ id }))
    await sql`select e.id from lane_entries e join ${database.rows(list, { id: 'bigint' })} on e.id = r.id
      ${lockedInOrder}`.execute(tx.sql)
  }

  /** Deletes finished entries; one that was published to meanwhile is due again instead. */
  async function finish(entries: Entry[], tx: Transaction): Promise<void> {
    const columns = { id: 'bigint', token: 'text', wakeups: 'integer' } as const
    const list = entries.map(entry => ({
      id: entry.id,
      token: entry.claimToken,
      wakeups: entry.wakeups
    }))
    const { rows } = await sql<{ id: number }>`
      with mine as materialized (
        select e.id, e.wakeups = r.wakeups as is_finished
        from lane_entries e join ${database.rows(list, columns)} on e.id = r.id and e.claim_token = r.token
        ${lockedInOrder}
      )
      delete from lane_entries where id in (select mine.id from mine where mine.is_finished) returning id`.execute(
      tx.sql
    )
    if (rows.length === entries.length) return
    const deleted = new Set(rows.map(row => row.id))
    await sql`
      update lane_entries set due_at = ${clock.now()}, claim_token = null, attempts = 0
      from ${database.rows(
        list.filter(row => !deleted.has(row.id)),
        columns
      )}
      where lane_entries.id = r.id and lane_entries.claim_token = r.token`.execute(tx.sql)
    for (const lane of new Set(entries.map(entry => entry.lane))) tx.afterCommit(() => wake(lane))
  }

  async function postpone(
    retries: readonly (Verdict & { outcome: 'retry' })[],
    tx: Transaction
  ): Promise<void> {
    const list = retries.map(({ entry, at, countsAsAttempt }) => ({
      id: entry.id,
      token: entry.claimToken,
      due_at: at,
      failed: countsAsAttempt ? 1 : 0
    }))
    await sql`
      update lane_entries
      set due_at = late.due_at, attempts = lane_entries.attempts + late.failed, claim_token = null
      from (
        select e.id, r.due_at, r.failed
        from lane_entries e join ${database.rows(list, { id: 'bigint', token: 'text', due_at: 'bigint', failed: 'integer' })}
          on e.id = r.id and e.claim_token = r.token
        ${lockedInOrder}
      ) as late
      where lane_entries.id = late.id`.execute(tx.sql)
  }

  async function bury(
    dead: readonly (Verdict & { outcome: 'dead' })[],
    tx: Transaction
  ): Promise<void> {
    const list = dead.map(({ entry, error }) => ({
      id: entry.id,
      token: entry.claimToken,
      error: storable(error.slice(0, 2_000))
    }))
    const columns = { id: 'bigint', token: 'text', error: 'text' } as const
    await sql`
      insert into dead_letters (lane, fairness_key, order_key, payload, attempts, error, created_at, dead_at)
      select e.lane, e.fairness_key, e.order_key, e.payload, e.attempts + 1, r.error, e.created_at, ${clock.now()}
      from lane_entries e join ${database.rows(list, columns)} on e.id = r.id and e.claim_token = r.token
      ${lockedInOrder}`.execute(tx.sql)
    await sql`
      delete from lane_entries where id in (
        select e.id from lane_entries e join ${database.rows(list, columns)} on e.id = r.id and e.claim_token = r.token
      )`.execute(tx.sql)
  }

  /** Gives claimed entries back, due at once. */
  async function handBack(verdicts: Verdict[]): Promise<void> {
    await database.transaction(tx => queue.settle(verdicts, tx))
  }

  return {
    ...queue,
    close() {
      for (const timer of polls) timer.cancel()
    }
  }
}

/** Where there is room for more. */
interface Places {
  /** Fairness keys that hold all the places they may. */
  full: readonly number[]
  roomFor: (key: number) => number
}

/** Parts the places of a batch between the keys: alike, the first ones taking what is left over. */
function fairShares(
  keys: readonly number[],
  limit: number,
  roomFor: Places['roomFor']
): { key: number; share: number }[] {
  const least = Math.floor(limit / keys.length)
  const leftOver = limit % keys.length
  return keys
    .map((key, place) => ({
      key,
      share: Math.min(least + (place < leftOver ? 1 : 0), roomFor(key))
    }))
    .filter(({ share }) => share > 0)
}

function asEntry(row: EntryRow): Entry {
  return {
    id: row.id,
    lane: row.lane,
    fairnessKey: row.fairness_key,
    payload: row.payload,
    attempts: row.attempts,
    wakeups: row.wakeups,
    claimToken: row.claim_token,
    createdAt: row.created_at,
    leaseEndsAt: row.due_at
  }
}

/**
 * One row per order key, since a statement may not touch a row twice; in the order of the keys, so that two
 * transactions that publish to the same ones do not wait for each other.
 */
function mergedByOrderKey(entries: readonly NewEntry[]): NewEntry[] {
  const merged = new Map<string, NewEntry>()
  const plain: NewEntry[] = []
  for (const entry of entries) {
    if (entry.orderKey === undefined) plain.push(entry)
    else merged.set(`${entry.lane} ${entry.orderKey}`, entry)
  }
  return [
    ...plain,
    ...[...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  ]
}

interface LaneConsumerDeps {
  lane: string
  options: ConsumeOptions
  handler: BatchHandler
  claim: (
    lane: string,
    limit: number,
    after: number,
    places: Places
  ) => Promise<{ entries: Entry[]; lastKey: number }>
  nextDueAt: (lane: string, full: readonly number[]) => Promise<number | undefined>
  handBack: (verdicts: Verdict[]) => Promise<void>
  clock: Clock
  log: Logger
}

/**
 * Claims batches while there is room and hands them to the handler.
 *
 * It is idle, running (claiming until a claim comes back empty), or stopped. It runs when it is woken: by a
 * publication, a settlement that makes room, the time at which the next entry is due, or the poll.
 */
class LaneConsumer {
  readonly lane: string
  readonly isUrgent: boolean
  readonly #deps: LaneConsumerDeps
  readonly #leastRoom: number
  readonly #inFlight = new Map<number, Entry>()
  /** How often the handler failed by itself, by entry: their own attempts count other failures too. */
  readonly #handlerFailures = new Map<number, number>()
  #stopped = false
  #running = false
  /** By the stopwatch. */
  #nextClaimAt = 0
  /** In the handler's hands. */
  #batches = 0
  #wokenMeanwhile = false
  #lastKey = -1
  #alarm: Timer | undefined
  /** Held from a claim until all that it brought is settled: work in hand takes no virtual time. */
  #release: (() => void) | undefined

  constructor(deps: LaneConsumerDeps) {
    this.lane = deps.lane
    this.isUrgent = deps.options.urgent ?? false
    this.#deps = deps
    const { batchSize, maxInFlight, maxInFlightPerKey = 0 } = deps.options
    // Waiting for half a batch of room avoids a claim for every single settlement. But the places that one
    // key may not take are for the others, at once.
    this.#leastRoom = Math.min(
      batchSize / 2,
      maxInFlight / 2,
      Math.max(maxInFlight - maxInFlightPerKey, 1)
    )
  }

  wake(): void {
    if (this.#stopped) return
    if (this.#running) {
      this.#wokenMeanwhile = true
      return
    }
    this.#running = true
    this.#release ??= this.#deps.clock.hold?.()
    void this.#run()
  }

  /** Makes room for what was settled. */
  settled(verdicts: readonly Verdict[]): void {
    let mine = false
    for (const { entry, outcome } of verdicts) {
      if (!this.#holds(entry)) continue
      this.#inFlight.delete(entry.id)
      if (outcome !== 'retry') this.#handlerFailures.delete(entry.id)
      mine = true
    }
    if (!mine) return
    if (this.#stopped) this.#letTimePass()
    else this.wake()
  }

  #letTimePass(): void {
    if (this.#running || this.#inFlight.size > 0) return
    this.#release?.()
    this.#release = undefined
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    this.#alarm?.cancel()
    const graceEndsAt = stopwatch() + graceMs
    while ((this.#inFlight.size > 0 || this.#running) && stopwatch() < graceEndsAt)
      await realPause(10)
    await this.#handBack([...this.#inFlight.values()])
    // A claim that was under way gives back what it got.
    while (this.#running && stopwatch() < graceEndsAt + claimFailureMs) await realPause(10)
  }

  async #run(): Promise<void> {
    const { claim, clock, log, options } = this.#deps
    try {
      while (!this.#stopped) {
        if (!this.isUrgent) await this.#gather()
        if (this.#stopped) break
        this.#wokenMeanwhile = false
        this.#forgetExpired()
        const room = options.maxInFlight - this.#inFlight.size
        if (room < this.#leastRoom || this.#isBusy()) {
          if (this.#inFlight.size > 0)
            this.#setAlarm(
              Math.min(...[...this.#inFlight.values()].map(entry => entry.leaseEndsAt))
            )
          break
        }
        const places = this.#places()
        const limit = Math.min(room, options.batchSize)
        const { entries, lastKey } = await claim(this.lane, limit, this.#lastKey, places)
        this.#lastKey = lastKey
        for (const entry of entries) this.#inFlight.set(entry.id, entry)
        if (entries.length >= many && entries.length < limit)
          this.#nextClaimAt = stopwatch() + betweenClaimsMs
        if (this.#stopped) await this.#handBack(entries)
        else if (entries.length > 0) void this.#workThrough(entries)
        // A claim that got less than it asked for has left little that is due, if anything.
        if (entries.length === limit || this.#isBusy()) continue
        if (entries.length > 0 && lastKey !== -1) continue
        const dueAt = await this.#deps.nextDueAt(this.lane, this.#places().full)
        if (this.#wokenMeanwhile) continue
        if (dueAt === undefined) break
        if (entries.length > 0 && dueAt <= clock.now()) continue
        this.#setAlarm(dueAt)
        break
      }
    } catch (error) {
      log.error({ err: error, lane: this.lane }, 'claiming failed')
      this.#wokenMeanwhile = false
      this.#setAlarm(clock.now() + claimFailureMs)
    } finally {
      this.#running = false
      this.#letTimePass()
    }
  }

  /** Who wakes it seldom wakes it alone: a turn or a moment later one claim serves them all. */
  async #gather(): Promise<void> {
    const waitMs = this.#nextClaimAt - stopwatch()
    if (waitMs >= 1) await realPause(waitMs)
    else await new Promise(resolve => setImmediate(resolve))
  }

  #isBusy(): boolean {
    const { maxBatches } = this.#deps.options
    return maxBatches !== undefined && this.#batches >= maxBatches
  }

  #holds(entry: Entry): boolean {
    return this.#inFlight.get(entry.id)?.claimToken === entry.claimToken
  }

  /** What a handler did not settle before its lease ended holds no place any more: another may have it. */
  #forgetExpired(): void {
    const now = this.#deps.clock.now()
    for (const entry of this.#inFlight.values())
      if (entry.leaseEndsAt <= now) this.#inFlight.delete(entry.id)
  }

  #places(): Places {
    const limit = this.#deps.options.maxInFlightPerKey
    if (limit === undefined) return { full: [], roomFor: () => Number.POSITIVE_INFINITY }
    const used = new Map<number, number>()
    for (const entry of this.#inFlight.values())
      used.set(entry.fairnessKey, (used.get(entry.fairnessKey) ?? 0) + 1)
    return {
      full: [...used].filter(([, count]) => count >= limit).map(([key]) => key),
      roomFor: key => limit - (used.get(key) ?? 0)
    }
  }

  async #workThrough(entries: Entry[]): Promise<void> {
    this.#batches++
    await this.#work(entries)
    this.#batches--
    if (this.#deps.options.maxBatches !== undefined) this.wake()
  }

  async #work(entries: Entry[]): Promise<void> {
    const { handler, clock, log } = this.#deps
    try {
      await handler(entries)
    } catch (error) {
      log.error({ err: error, lane: this.lane, entries: entries.length }, 'handling a batch failed')
      const left = entries.filter(entry => this.#holds(entry))
      const inTime = left.length > 1 ? left : []
      for (const entry of inTime) {
        if (this.#stopped || entry.leaseEndsAt <= clock.now()) break
        await this.#work([entry])
      }
      await this.#giveUp(
        left.filter(entry => this.#holds(entry)),
        String(error)
      )
    }
  }

  /** After a failure of the handler itself: another try, or a dead letter. */
  async #giveUp(entries: Entry[], error: string): Promise<void> {
    const { clock } = this.#deps
    const verdicts = entries.map((entry): Verdict => {
      const failures = (this.#handlerFailures.get(entry.id) ?? 0) + 1
      this.#handlerFailures.set(entry.id, failures)
      if (failures >= maxHandlerFailures) return { entry, outcome: 'dead', error }
      return {
        entry,
        outcome: 'retry',
        at: clock.now() + backoffMs(failures - 1),
        countsAsAttempt: true
      }
    })
    await this.#settleOrForget(verdicts)
  }

  async #handBack(entries: Entry[]): Promise<void> {
    const now = this.#deps.clock.now()
    await this.#settleOrForget(
      entries.map(entry => ({ entry, outcome: 'retry', at: now, countsAsAttempt: false }))
    )
  }

  /** When even this cannot be written, the leases end by themselves. */
  async #settleOrForget(verdicts: Verdict[]): Promise<void> {
    if (verdicts.length === 0) return
    try {
      await this.#deps.handBack(verdicts)
    } catch (error) {
      this.#deps.log.error(
        { err: error, lane: this.lane },
        'handing entries back failed; their leases will end'
      )
      for (const { entry } of verdicts) if (this.#holds(entry)) this.#inFlight.delete(entry.id)
      if (this.#stopped) this.#letTimePass()
      else this.wake()
    }
  }

  #setAlarm(at: number): void {
    this.#alarm?.cancel()
    if (this.#stopped) return
    this.#alarm = this.#deps.clock.setTimer(
      Math.max(at - this.#deps.clock.now(), shortestWaitMs),
      () => this.wake()
    )
  }
}
