import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { createDeps } from '../../app.ts'
import { development } from '../../seed.ts'
import {
  type Answer,
  build,
  firstNumber,
  onEachDatabase,
  type TestServer
} from '../../testing/build.ts'

const family = (index: number): string => `+1601557${String(index).padStart(4, '0')}`
const families = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => family(from + index))

const announce = (server: TestServer, recipients: string[], query = '') =>
  server.request('POST', `/announcements${query}`, {
    body: {
      announcement: {
        client_announcement_id: 'snow-day',
        global_customer_id: 'local-district',
        type: 'sms',
        body: 'School is closed today.',
        recipients
      }
    }
  })

const setLimits = (server: TestServer, body: object, id = 1) =>
  server.request('PUT', `/admin/bearers/${id}/limits`, { body })

const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b)

onEachDatabase(dialect => {
  test('texts beyond the limit of a minute are refused until the next', async t => {
    const server = await build(t, dialect, {
      workers: false,
      environment: { TEXTS_PER_MINUTE: '2' }
    })
    await server.advance('20 s')

    const answers = [
      await server.sendMessage(),
      await server.sendMessage(),
      await server.sendMessage()
    ]
    const refusal = answers[2]
    await server.advance('40 s')
    const later = await server.sendMessage()

    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 429]
    )
    assert.deepEqual(
      [refusal?.body.error.code, refusal?.body.error.message],
      ['limit_reached', 'This bearer may send 2 texts a minute; retry in 40 s.']
    )
    assert.deepEqual(
      ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map(name =>
        String(refusal?.headers[name])
      ),
      ['40', '2', '0', '40']
    )
    assert.equal(later.status, 201)
  })

  test('of many texts at once, through two processes, exactly as many as allowed are taken', async t => {
    const server = await build(t, dialect, { workers: false, environment: { TEXTS_PER_DAY: '25' } })
    // A SQLite file has one process.
    const other = dialect === 'sqlite' ? server.deps : await createDeps(server.deps)

    const here = Array.from({ length: 30 }, () => server.sendMessage())
    const there = Array.from({ length: 10 }, () =>
      other.database.transaction(tx => other.guard.grant(tx, 'texts', [{ bearerId: 1, count: 1 }]))
    )
    const accepted = (await Promise.all(here)).filter(({ status }) => status === 201).length
    const granted = (await Promise.all(there)).filter(([grant]) => grant?.granted === 1).length
    if (other !== server.deps) await other.close()

    assert.equal(accepted + granted, 25)
    const { body } = await server.request('GET', '/limits')
    assert.deepEqual(body.texts.day, {
      limit: 25,
      used: 25,
      resets_at: '2026-11-24T00:00:00.000Z'
    })
  })

  test('an administrator may allow a bearer more or less than is usual, at once', async t => {
    const server = await build(t, dialect, {
      workers: false,
      environment: { TEXTS_PER_MINUTE: '1' }
    })
    const { id, token } = await server.createBearer()

    const set = await setLimits(server, { texts_per_minute: 2 }, id)
    const asOther = [
      await server.sendMessage({}, { token }),
      await server.sendMessage({}, { token }),
      await server.sendMessage({}, { token })
    ]
    await setLimits(server, { texts_per_minute: 0 }, id)
    const without = await server.sendMessage({}, { token })
    await setLimits(server, {}, id)
    const asUsual = await server.request('GET', `/admin/bearers/${id}/limits`)
    const absent = await setLimits(server, {}, 4711)

    assert.deepEqual(
      [set.body.texts.minute.limit, set.body.texts.day.limit, set.body.calls.minute.limit],
      [2, null, null]
    )
    assert.deepEqual(statusesOf(asOther), [201, 201, 429])
    assert.equal(without.status, 201)
    assert.equal(asUsual.body.texts.minute.limit, 1)
    assert.equal(absent.status, 404)
  })

  test('what is refused for another reason is not counted', async t => {
    const server = await build(t, dialect, { workers: false, environment: { TEXTS_PER_DAY: '1' } })
    await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
      values ('+16015550142', '+16015550100', 'messages', 'STOP', 1)`.execute(
      server.deps.database.sql
    )

    const optedOut = await server.sendMessage()
    const invalid = await server.sendMessage({ receiver_number: '12' })
    const taken = await server.sendMessage({ receiver_number: family(1) })

    assert.deepEqual([optedOut.status, invalid.status, taken.status], [422, 422, 201])
  })

  test('an announcement that would pass the limit of the day is refused as a whole, and the dry run tells', async t => {
    const server = await build(t, dialect, { workers: false, environment: { TEXTS_PER_DAY: '5' } })
    await server.sendMessage()

    const estimate = await announce(server, families(1, 5), '?dry_run=true')
    const refused = await announce(server, families(1, 5))
    const taken = await announce(server, families(1, 4))
    const full = await announce(server, families(9, 1))

    assert.equal(estimate.body.left_today, 4)
    assert.deepEqual(
      [refused.status, refused.headers['retry-after'], taken.status, full.status],
      [429, '43200', 202, 429]
    )
    const { rows } = await sql<{ count: number }>`
      select sum(recipient_count) as count from announcement_batches`.execute(
      server.deps.database.sql
    )
    assert.equal(Number(rows[0]?.count), 4)
  })

  test('recipients that were announced to before are not counted again', async t => {
    const server = await build(t, dialect, { environment: { TEXTS_PER_DAY: '10' } })
    await announce(server, families(1, 4))
    await server.advance('1 min')

    await announce(server, families(1, 4))
    await server.advance('1 min')

    const { body } = await server.request('GET', '/limits')
    assert.equal(body.texts.day.used, 4)
  })

  test('a conference call that would pass the limit of calls is refused, and counts by its legs', async t => {
    const server = await build(t, dialect, { workers: false })
    await setLimits(server, { calls_per_day: 5 })
    const convene = (participants: string[]) =>
      server.request('POST', '/conference_calls', {
        body: {
          twilio_number: firstNumber,
          moderator_number: family(9),
          participant_numbers: participants,
          client_conversation_id: 'class-4b'
        }
      })

    const answers = [await convene(families(0, 2)), await convene(families(0, 2))]
    const { body } = await server.request('GET', '/admin/stats?source=conference_calls')

    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 429]
    )
    assert.deepEqual(body.totals, { conference_calls: { queued: 1 } })
  })

  test('a call from a browser beyond the limit is refused', async t => {
    const server = await build(t, dialect, { workers: false })
    await setLimits(server, { calls_per_minute: 1 })
    const call = () =>
      server.request('POST', '/sdk_calls/voice_response', {
        body: { To: family(1), messaging_service_sid: development.messagingServiceSid }
      })

    const answers = [await call(), await call()]

    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 429]
    )
  })

  test('no wishes in whatever order are ever granted more than the limit, nor less than there is room', async t => {
    const server = await build(t, dialect, { workers: false })
    const { database, guard } = server.deps
    await setLimits(server, { calls_per_day: 20, calls_per_minute: 8 })
    const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
    const wishes = fc.array(fc.nat({ max: 6 }), { maxLength: 8 })

    await fc.assert(
      fc.asyncProperty(wishes, async counts => {
        await sql`delete from usage_counts`.execute(database.sql)
        let room = 8
        for (const count of counts) {
          const [grant] = await database.transaction(tx =>
            guard.grant(tx, 'calls', [{ bearerId: 1, count }])
          )
          assert.equal(grant?.granted, Math.min(count, room))
          room -= Math.min(count, room)
        }
      }),
      { seed, numRuns: 15 }
    )
  })
})
