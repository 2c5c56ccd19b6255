import { sql } from 'kysely'
import type { Logger } from 'pino'
import { backoffMs } from './backoff.ts'
import { type Clock, everyRealMs, realPause, type Timer } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { randomId } from './ids.ts'
import type { BatchHandler, ConsumeOptions, Consumer, Entry, NewEntry, Queue, Verdict } from './queue.ts'

/** The number of bearers that one batch is shared between. */
const keysPerBatch = 32
/** How often a worker looks for entries that another process published. */
const pollMs = 100
/** What is due and could not be claimed (locked by another worker, its bearer at its limit) is looked at again after this. */
const shortestWaitMs = 20
/** A handler that fails by itself (a bug) is tried so often before its entries are dead letters. */
const maxHandlerFailures = 10

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
  const consumers = new Set<LaneConsumer>()
  const wake = (lane: string): void => {
    for (const consumer of consumers) if (consumer.lane === lane) consumer.wake()
  }
  const poll: Timer | undefined = deps.shared
    ? everyRealMs(pollMs, () => {
        for (const consumer of consumers) consumer.wake()
      })
    : undefined

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
        sql`on conflict (lane, order_key) do update set wakeups = lane_entries.wakeups + 1`
      )
      for (const lane of new Set(entries.map(entry => entry.lane))) tx.afterCommit(() => wake(lane))
    },

    consume(lane, options, handler) {
      const consumer = new LaneConsumer({ lane, options, handler, claim, nextDueAt, handBack, clock, log })
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
      if (done.length > 0) await finish(done.map(verdict => verdict.entry), tx)
      if (retries.length > 0) {
        await sql`update lane_entries
          set due_at = r.due_at, attempts = lane_entries.attempts + r.failed, claim_token = null
          from ${database.rows(
            retries.map(({ entry, at, countsAsAttempt }) => ({
              id: entry.id,
              token: entry.claimToken,
              due_at: at,
              failed: countsAsAttempt ? 1 : 0
            })),
            { id: 'bigint', token: 'text', due_at: 'bigint', failed: 'integer' }
          )}
          where lane_entries.id = r.id and lane_entries.claim_token = r.token`.execute(tx.sql)
      }
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
      return rows.map(row => ({ lane: row.lane, depth: Number(row.depth), oldestDueAt: row.oldest ?? undefined }))
    }
  }

  /** The fairness keys that have work in the lane, from `after` on: one index step for each. */
  async function keysWithWork(lane: string, after: number, tx: Transaction): Promise<number[]> {
    const { rows } = await sql<{ key: number }>`
      with recursive keys(key, n) as (
        select (select min(fairness_key) from lane_entries where lane = ${lane} and fairness_key > ${after}), 1
        union all
        select (select min(e.fairness_key) from lane_entries e where e.lane = ${lane} and e.fairness_key > keys.key), n + 1
        from keys where keys.key is not null and n < ${keysPerBatch}
      )
      select key from keys where key is not null`.execute(tx.sql)
    return rows.map(row => row.key)
  }

  async function claim(
    lane: string,
    limit: number,
    after: number,
    roomFor: (key: number) => number
  ): Promise<{ entries: Entry[]; lastKey: number }> {
    return database.transaction(async tx => {
      const keys = await keysWithWork(lane, after, tx)
      if (keys.length < keysPerBatch && after >= 0) {
        const wrapped = await keysWithWork(lane, -1, tx)
        keys.push(...wrapped.filter(key => key <= after).slice(0, keysPerBatch - keys.length))
      }
      const shares = keys
        .map(key => ({ key, share: Math.min(Math.ceil(limit / keys.length), roomFor(key)) }))
        .filter(({ share }) => share > 0)
      if (shares.length === 0) return { entries: [], lastKey: -1 }

      const now = clock.now()
      const token = randomId()
      const picks = shares.map(
        ({ key, share }) => sql`select id from (
          select id from lane_entries
          where lane = ${lane} and fairness_key = ${key} and due_at <= ${now}
          order by due_at, id limit ${share} ${database.locking('for update skip locked')}
        ) as share_${sql.raw(String(key))}`
      )
      const { rows } = await sql<EntryRow>`
        with picked as materialized (${sql.join(picks, sql` union all `)})
        update lane_entries set due_at = ${now + leaseMs}, claim_token = ${token}
        from picked where lane_entries.id = picked.id
        returning lane_entries.id, lane, fairness_key, payload, attempts, wakeups, claim_token, created_at`.execute(tx.sql)
      return {
        entries: rows.toSorted((a, b) => a.id - b.id).map(asEntry),
        lastKey: shares.at(-1)?.key ?? -1
      }
    })
  }

  async function nextDueAt(lane: string): Promise<number | undefined> {
    const { rows } = await sql<{ due: number | null }>`
      with recursive keys(key) as (
        select min(fairness_key) from lane_entries where lane = ${lane}
        union all
        select (select min(e.fairness_key) from lane_entries e where e.lane = ${lane} and e.fairness_key > keys.key)
        from keys where keys.key is not null
      )
      select min((select min(e.due_at) from lane_entries e where e.lane = ${lane} and e.fairness_key = keys.key)) as due
      from keys where keys.key is not null`.execute(database.sql)
    return rows[0]?.due ?? undefined
  }

  /** Deletes finished entries; one that was published to meanwhile is due again instead. */
  async function finish(entries: Entry[], tx: Transaction): Promise<void> {
    const columns = { id: 'bigint', token: 'text', wakeups: 'integer' } as const
    const list = entries.map(entry => ({ id: entry.id, token: entry.claimToken, wakeups: entry.wakeups }))
    const { rows } = await sql<{ id: number }>`
      delete from lane_entries where id in (
        select e.id from lane_entries e join ${database.rows(list, columns)}
          on e.id = r.id and e.claim_token = r.token and e.wakeups = r.wakeups
        ${database.locking('for update of e')}
      ) returning id`.execute(tx.sql)
    if (rows.length === entries.length) return
    const deleted = new Set(rows.map(row => row.id))
    await sql`
      update lane_entries set due_at = ${clock.now()}, claim_token = null, attempts = 0
      from ${database.rows(list.filter(row => !deleted.has(row.id)), columns)}
      where lane_entries.id = r.id and lane_entries.claim_token = r.token`.execute(tx.sql)
    for (const lane of new Set(entries.map(entry => entry.lane))) tx.afterCommit(() => wake(lane))
  }

  async function bury(dead: readonly (Verdict & { outcome: 'dead' })[], tx: Transaction): Promise<void> {
    const list = dead.map(({ entry, error }) => ({ id: entry.id, token: entry.claimToken, error: error.slice(0, 2_000) }))
    const columns = { id: 'bigint', token: 'text', error: 'text' } as const
    await sql`
      insert into dead_letters (lane, fairness_key, payload, attempts, error, created_at, dead_at)
      select e.lane, e.fairness_key, e.payload, e.attempts + 1, r.error, e.created_at, ${clock.now()}
      from lane_entries e join ${database.rows(list, columns)} on e.id = r.id and e.claim_token = r.token`.execute(tx.sql)
    await sql`
      delete from lane_entries where id in (
        select e.id from lane_entries e join ${database.rows(list, columns)} on e.id = r.id and e.claim_token = r.token
      )`.execute(tx.sql)
  }

  /** Gives claimed entries back, due at once. */
  async function handBack(verdicts: Verdict[]): Promise<void> {
    await database.transaction(tx => queue.settle(verdicts, tx))
  }

  return { ...queue, close: () => poll?.cancel() }
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
    createdAt: row.created_at
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
  return [...plain, ...[...merged].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)]
}

interface LaneConsumerDeps {
  lane: string
  options: ConsumeOptions
  handler: BatchHandler
  claim: (lane: string, limit: number, after: number, roomFor: (key: number) => number) => Promise<{ entries: Entry[]; lastKey: number }>
  nextDueAt: (lane: string) => Promise<number | undefined>
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
  readonly #deps: LaneConsumerDeps
  readonly #inFlight = new Map<number, Entry>()
  #stopped = false
  #running = false
  #wokenMeanwhile = false
  #lastKey = -1
  #alarm: Timer | undefined

  constructor(deps: LaneConsumerDeps) {
    this.lane = deps.lane
    this.#deps = deps
  }

  wake(): void {
    if (this.#stopped) return
    if (this.#running) {
      this.#wokenMeanwhile = true
      return
    }
    this.#running = true
    void this.#run()
  }

  /** Makes room for what was settled. */
  settled(verdicts: readonly Verdict[]): void {
    let mine = false
    for (const { entry } of verdicts) {
      if (this.#inFlight.get(entry.id)?.claimToken === entry.claimToken) mine = this.#inFlight.delete(entry.id) || mine
    }
    if (mine) this.wake()
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    this.#alarm?.cancel()
    for (let waitedMs = 0; (this.#inFlight.size > 0 || this.#running) && waitedMs < graceMs; waitedMs += 10) {
      await realPause(10)
    }
    if (this.#inFlight.size > 0) await this.#handBack([...this.#inFlight.values()])
  }

  async #run(): Promise<void> {
    const { claim, clock, log, options } = this.#deps
    try {
      while (!this.#stopped) {
        this.#wokenMeanwhile = false
        const room = options.maxInFlight - this.#inFlight.size
        // Waiting for half a batch of room avoids a claim for every single settlement.
        if (room < Math.min(options.batchSize, options.maxInFlight) / 2) break
        const { entries, lastKey } = await claim(this.lane, Math.min(room, options.batchSize), this.#lastKey, this.#roomFor())
        this.#lastKey = lastKey
        if (entries.length > 0) this.#handle(entries)
        else if (!this.#wokenMeanwhile) {
          await this.#sleepUntilNextIsDue()
          if (!this.#wokenMeanwhile) break
        }
      }
    } catch (error) {
      log.error({ err: error, lane: this.lane }, 'claiming failed')
      this.#setAlarm(clock.now() + 1_000)
    } finally {
      this.#running = false
    }
    if (this.#wokenMeanwhile && this.#inFlight.size === 0) this.wake()
  }

  #roomFor(): (key: number) => number {
    const limit = this.#deps.options.maxInFlightPerKey
    if (limit === undefined) return () => Number.POSITIVE_INFINITY
    const used = new Map<number, number>()
    for (const entry of this.#inFlight.values()) used.set(entry.fairnessKey, (used.get(entry.fairnessKey) ?? 0) + 1)
    return key => limit - (used.get(key) ?? 0)
  }

  #handle(entries: Entry[]): void {
    for (const entry of entries) this.#inFlight.set(entry.id, entry)
    this.#deps.handler(entries).catch(async (error: unknown) => {
      this.#deps.log.error({ err: error, lane: this.lane }, 'handling a batch failed')
      await this.#release(entries.filter(entry => this.#inFlight.has(entry.id)), String(error))
    })
  }

  /** After a failure of the handler itself: another try, or a dead letter. */
  async #release(entries: Entry[], error: string): Promise<void> {
    const { clock } = this.#deps
    const verdicts = entries.map((entry): Verdict =>
      entry.attempts + 1 >= maxHandlerFailures
        ? { entry, outcome: 'dead', error }
        : { entry, outcome: 'retry', at: clock.now() + backoffMs(entry.attempts), countsAsAttempt: true }
    )
    await this.#settleOrForget(verdicts)
  }

  async #handBack(entries: Entry[]): Promise<void> {
    const now = this.#deps.clock.now()
    await this.#settleOrForget(entries.map(entry => ({ entry, outcome: 'retry', at: now, countsAsAttempt: false })))
  }

  /** When even this cannot be written, the leases end by themselves. */
  async #settleOrForget(verdicts: Verdict[]): Promise<void> {
    try {
      await this.#deps.handBack(verdicts)
    } catch (error) {
      this.#deps.log.error({ err: error, lane: this.lane }, 'handing entries back failed; their leases will end')
      for (const { entry } of verdicts) this.#inFlight.delete(entry.id)
    }
  }

  async #sleepUntilNextIsDue(): Promise<void> {
    const dueAt = await this.#deps.nextDueAt(this.lane)
    if (dueAt !== undefined) this.#setAlarm(dueAt)
  }

  #setAlarm(at: number): void {
    this.#alarm?.cancel()
    if (this.#stopped) return
    this.#alarm = this.#deps.clock.setTimer(Math.max(at - this.#deps.clock.now(), shortestWaitMs), () => this.wake())
  }
}
