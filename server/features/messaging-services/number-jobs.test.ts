import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { createDeps, startWorkers } from '../../app.ts'
import { development } from '../../seed.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  secondNumber,
  type TestServer
} from '../../testing/build.ts'
import { aServiceAtProvider, numbersHere, poolOf } from '../../testing/provider-account.ts'
import { createNumberJobs } from './do-number-jobs.ts'
import { numberJobsLane } from './number-jobs.ts'

const { messagingServiceSid: sid, messagingServiceUuid: uuid } = development
const admin = `/admin/messaging_services/${uuid}`

async function anotherService(
  server: TestServer,
  fields: object = {}
): Promise<{ uuid: string; sid: string }> {
  const otherSid = await aServiceAtProvider(server)
  const { body } = await server.request('POST', '/messaging_services', {
    body: { messaging_service: { name: 'Other', provider_messaging_sid: otherSid, ...fields } }
  })
  return { uuid: body.uuid, sid: otherSid }
}

const job = async (server: TestServer, id: string) =>
  (await server.request('GET', `/admin/number_jobs/${id}`)).body

onEachDatabase(dialect => {
  test('numbers move at the provider and here, and who opted out stays opted out', async t => {
    const server = await build(t, dialect)
    const { database } = server.deps
    const other = await anotherService(server)
    await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
      values ('+16015550142', ${sid}, 'messages', 'STOP', 1)`.execute(database.sql)
    await sql`insert into sticky_senders (messaging_service_id, recipient_number, provider_number)
      values (1, '+16015550142', ${firstNumber})`.execute(database.sql)

    const answer = await server.request('POST', `${admin}/migrate`, {
      body: { target_uuid: other.uuid }
    })
    await server.idle()

    assert.equal(answer.status, 202)
    assert.equal(answer.body.state, 'running')
    const { state, numbers } = await job(server, answer.body.uuid)
    assert.deepEqual(
      [state, numbers.map((item: { state: string }) => item.state)],
      ['done', ['done', 'done']]
    )
    assert.deepEqual(await poolOf(server, other.sid), [firstNumber, secondNumber])
    assert.deepEqual(await numbersHere(server, other.uuid), [firstNumber, secondNumber])
    assert.deepEqual(await numbersHere(server, uuid), [])
    const text = await server.sendMessage()
    assert.equal(text.body.error.code, 'receiver_opted_out')
    const { rows } = await sql<{ count: number }>`select count(*) as count from sticky_senders s
      join messaging_services m on m.id = s.messaging_service_id where m.uuid = ${other.uuid}`.execute(
      database.sql
    )
    assert.equal(rows[0]?.count, 1)
  })

  test('a migration that was broken off anywhere is carried on to its end', async t => {
    const server = await build(t, dialect, { workers: false })
    const { deps } = server
    const other = await anotherService(server)
    const { body } = await server.request('POST', `${admin}/migrate`, {
      body: { target_uuid: other.uuid }
    })

    // The process dies after each of the provider's answers in turn: nothing after that line is done.
    for (let deaths = 0; deaths < 4; deaths++) {
      let answers = 0
      const dying =
        <Args extends unknown[], Result>(ask: (...args: Args) => Promise<Result>) =>
        async (...args: Args): Promise<Result> => {
          const answer = await ask(...args)
          if (answers++ === deaths) throw new Error('The process died')
          return answer
        }
      const work = createNumberJobs({
        ...deps,
        numbers: {
          ...deps.numbers,
          addToService: dying((to: string, number: string) =>
            deps.numbers.addToService(to, number)
          ),
          removeFromService: dying((from: string, number: string) =>
            deps.numbers.removeFromService(from, number)
          )
        }
      })
      const { rows } = await sql<{ payload: string }>`
        select payload from lane_entries where lane = ${numberJobsLane}`.execute(deps.database.sql)
      await work([
        {
          id: 0,
          lane: numberJobsLane,
          fairnessKey: 0,
          payload: rows[0]?.payload ?? '',
          attempts: 0,
          createdAt: 0,
          leaseEndsAt: Number.MAX_SAFE_INTEGER,
          claimToken: '',
          wakeups: 0
        }
      ]).catch(() => undefined)
    }
    const workers = startWorkers(deps)
    await server.idle()
    await workers.stop()

    assert.equal((await job(server, body.uuid)).state, 'done')
    assert.deepEqual(await poolOf(server, other.sid), [firstNumber, secondNumber])
    assert.deepEqual(await poolOf(server, sid), [])
    assert.deepEqual(await numbersHere(server, other.uuid), [firstNumber, secondNumber])
  })

  test('what the provider refuses stays where it was, and the others go', async t => {
    const server = await build(t, dialect)
    const other = await anotherService(server)
    // Somebody released it meanwhile, and nobody told us.
    await sql`update provider_numbers set sid = ${`PN${'f'.repeat(32)}`}
      where number = ${firstNumber}`.execute(server.deps.database.sql)

    const { body } = await server.request('POST', `${admin}/migrate`, {
      body: { target_uuid: other.uuid, numbers: [firstNumber, secondNumber] }
    })
    await server.idle()

    const { state, numbers } = await job(server, body.uuid)
    assert.equal(state, 'failed')
    assert.deepEqual(
      numbers.map((item: { state: string; error_code: string }) => [item.state, item.error_code]),
      [
        ['failed', '21421'],
        ['done', null]
      ]
    )
    assert.deepEqual(await numbersHere(server, uuid), [firstNumber])
    assert.deepEqual(await numbersHere(server, other.uuid), [secondNumber])
  })

  test('numbers that cannot go are refused before anything is moved', async t => {
    const server = await build(t, dialect, { workers: false })
    const other = await anotherService(server)
    const alabama = await anotherService(server, { name: 'Alabama', state_code: 'AL' })
    const migrate = (body: object) => server.request('POST', `${admin}/migrate`, { body })

    const answers = [
      await migrate({ target_uuid: uuid }),
      await migrate({ target_uuid: 'no-uuid' }),
      await migrate({ target_uuid: alabama.uuid }),
      await migrate({ target_uuid: other.uuid, numbers: ['+16015550199'] }),
      await migrate({ target_uuid: other.uuid, numbers: [] }),
      await migrate({ target_uuid: other.uuid, numbers: [firstNumber] }),
      await migrate({ target_uuid: other.uuid })
    ]

    assert.deepEqual(
      answers.map(({ status }) => status),
      [422, 422, 422, 422, 422, 202, 409]
    )
  })

  test('numbers are bought in the state of the customer, into its service, calling us', async t => {
    const server = await build(t, dialect)

    const { status, body } = await server.request('POST', `${admin}/provision`, {
      body: { count: 2, announcement_number: true }
    })
    await server.idle()

    assert.equal(status, 202)
    const { state, numbers } = await job(server, body.uuid)
    const bought: string[] = numbers.map(({ number }: { number: string }) => number)
    assert.equal(state, 'done')
    for (const number of bought) assert.match(number, /^\+1(601|662|769|228)/)
    assert.deepEqual(await poolOf(server, sid), [firstNumber, secondNumber, ...bought].toSorted())
    const { body: service } = await server.request('GET', `/messaging_services/${uuid}`)
    assert.deepEqual(
      service.provider_numbers.map((item: Record<string, unknown>) => [
        item['announcement_number'],
        item['state_code']
      ]),
      [
        [false, 'MS'],
        [false, 'MS'],
        [true, 'MS'],
        [true, 'MS']
      ]
    )
    const owned = [...server.mock.world().numbers.values()].filter(number =>
      bought.includes(number.phoneNumber)
    )
    assert.ok(owned.every(number => number.smsUrl?.endsWith('/twilio_announcements/inbound')))
  })

  test('a purchase that was broken off buys no number twice', async t => {
    const server = await build(t, dialect, { workers: false })
    const { deps } = server
    const { body } = await server.request('POST', `${admin}/provision`, { body: { count: 1 } })
    const dying = await createDeps(deps)
    const workers = startWorkers({
      ...dying,
      numbers: {
        ...dying.numbers,
        async buyNumber(wanted) {
          await dying.numbers.buyNumber(wanted)
          throw new Error('The process died')
        }
      }
    })
    await server.idle()
    await workers.stop()
    await dying.close()

    const others = startWorkers(deps)
    await server.advance('1 min')
    await server.idle()
    await others.stop()

    assert.equal((await job(server, body.uuid)).state, 'done')
    assert.equal(server.mock.world().numbers.size, 3)
  })

  test('a state that is not the customer’s is refused, and jobs are listed newest first', async t => {
    const server = await build(t, dialect, { workers: false })

    const refused = await server.request('POST', `${admin}/provision`, {
      body: { count: 1, state_code: 'AL' }
    })
    for (const count of [1, 2, 3])
      await server.request('POST', `${admin}/provision`, { body: { count } })
    const page = await server.request('GET', '/admin/number_jobs?limit=2&state=running')

    assert.deepEqual([refused.status, refused.body.error.details[0].field], [422, 'state_code'])
    assert.deepEqual(
      page.body.map(({ numbers }: { numbers: unknown[] }) => numbers.length),
      [3, 2]
    )
    assert.ok(page.headers['x-next-cursor'])
  })

  test('jobs are listed by the messaging service that they are from or to', async t => {
    const server = await build(t, dialect, { workers: false })
    const other = await anotherService(server)
    await server.request('POST', `${admin}/provision`, { body: { count: 1 } })
    await server.request('POST', `${admin}/migrate`, { body: { target_uuid: other.uuid } })
    const kinds = async (service: string): Promise<string[]> =>
      (
        await server.request('GET', `/admin/number_jobs?messaging_service_uuid=${service}`)
      ).body.map(({ kind }: { kind: string }) => kind)

    assert.deepEqual(await kinds(uuid), ['migrate', 'provision'])
    assert.deepEqual(await kinds(other.uuid), ['migrate'])
    assert.deepEqual(await kinds('nonsense'), [])
  })
})
