import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { development } from '../../seed.ts'
import { build, firstNumber, onEachDatabase, secondNumber } from '../../testing/build.ts'
import {
  aNumberAtProvider,
  aServiceAtProvider,
  numbersHere,
  releaseAtProvider
} from '../../testing/provider-account.ts'
import { createNumberSynchronization } from './synchronize-numbers.ts'
import type { Entry } from '../../platform/queue.ts'

const { messagingServiceSid: sid, messagingServiceUuid: uuid } = development
const synchronize = `/admin/messaging_services/${uuid}/synchronize`

onEachDatabase(dialect => {
  test('numbers bought and released at the provider appear and disappear, when they are asked for', async t => {
    const server = await build(t, dialect)
    await server.advance('1 s')
    const chat = await aNumberAtProvider(server, sid)
    const announcing = await aNumberAtProvider(server, sid, {
      SmsUrl: `${server.url}/api/v1/twilio_announcements/inbound`
    })
    await releaseAtProvider(server, development.numbers[1].sid)

    const answer = await server.request('POST', synchronize)
    await server.idle()

    assert.deepEqual([answer.status, answer.body], [202, { requested: 1 }])
    const { body } = await server.request('GET', `/messaging_services/${uuid}`)
    assert.deepEqual(
      body.provider_numbers.map((item: object) => ({ ...item, id: 0 })),
      [
        [firstNumber, development.numbers[0].sid, false],
        [chat.number, chat.sid, false],
        [announcing.number, announcing.sid, true]
      ].map(([number, numberSid, announces]) => ({
        id: 0,
        number,
        sid: numberSid,
        state_code: 'MS',
        announcement_number: announces,
        number_type: 'long_code'
      }))
    )
    assert.deepEqual(
      [body.synchronized_at, body.synchronization_error],
      ['2026-11-23T12:00:01.000Z', null]
    )
  })

  test('a number that was moved at the provider comes with what is known of it, by the clock alone', async t => {
    const server = await build(t, dialect)
    const otherSid = await aServiceAtProvider(server)
    const { body: other } = await server.request('POST', '/messaging_services', {
      body: { messaging_service: { provider_messaging_sid: otherSid, name: 'Other' } }
    })
    await server.request('PATCH', `/messaging_services/${uuid}`, {
      body: {
        messaging_service: {
          provider_numbers: [{ number: firstNumber, announcement_number: true }]
        }
      }
    })
    await server.deps.numbers.removeFromService(sid, development.numbers[0].sid)
    await server.deps.numbers.addToService(otherSid, development.numbers[0].sid)

    await server.request('POST', `/admin/messaging_services/${other.uuid}/synchronize`)
    await server.advance('1 s')
    await server.request('POST', `/admin/messaging_services/${other.uuid}/synchronize`)
    await server.advance('1 h')

    assert.deepEqual(await numbersHere(server, uuid), [secondNumber])
    const { body } = await server.request('GET', `/messaging_services/${other.uuid}`)
    assert.deepEqual(
      body.provider_numbers.map(({ number, announcement_number: announces }: never) => [
        number,
        announces
      ]),
      [[firstNumber, true]]
    )
  })

  test('a service that the provider does not know keeps its numbers, and says so', async t => {
    const server = await build(t, dialect)
    const { body: service } = await server.request('POST', '/messaging_services', {
      body: {
        messaging_service: {
          provider_messaging_sid: `MG${'9'.repeat(32)}`,
          provider_numbers: [{ number: '+16015550199' }]
        }
      }
    })
    await server.advance('1 s')

    await server.request('POST', '/admin/messaging_services/synchronize')
    await server.idle()

    const { body } = await server.request('GET', `/messaging_services/${service.uuid}`)
    assert.equal(body.synchronization_error, 'The provider has no such service.')
    assert.equal(body.provider_numbers.length, 1)
  })

  test('a number that was placed since the provider was asked stays, whatever it said', async t => {
    const server = await build(t, dialect, { workers: false })
    const { deps } = server
    await server.advance('1 s')
    const synchronization = createNumberSynchronization({
      ...deps,
      numbers: {
        ...deps.numbers,
        async membersOf(serviceSid) {
          const members = await deps.numbers.membersOf(serviceSid)
          await server.request('PATCH', `/messaging_services/${uuid}`, {
            body: { messaging_service: { provider_numbers: [{ number: '+16015550177' }] } }
          })
          return members
        }
      }
    })
    const entry: Entry = {
      id: 0,
      lane: '',
      fairnessKey: 0,
      payload: '1',
      attempts: 0,
      createdAt: 0,
      leaseEndsAt: 0,
      claimToken: '',
      wakeups: 0
    }

    await synchronization([entry])

    assert.deepEqual(await numbersHere(server, uuid), [firstNumber, secondNumber, '+16015550177'])
  })

  test('two synchronisations at once, and one that is repeated, end alike', async t => {
    const server = await build(t, dialect, { workers: false })
    await server.advance('1 s')
    const bought = [await aNumberAtProvider(server, sid), await aNumberAtProvider(server, sid)]
    const entry: Entry = {
      id: 0,
      lane: '',
      fairnessKey: 0,
      payload: '1',
      attempts: 0,
      createdAt: 0,
      leaseEndsAt: 0,
      claimToken: '',
      wakeups: 0
    }
    const synchronization = createNumberSynchronization(server.deps)

    await Promise.all([synchronization([entry]), synchronization([entry])])
    await synchronization([entry])

    assert.deepEqual(
      await numbersHere(server, uuid),
      [firstNumber, secondNumber, ...bought.map(({ number }) => number)].toSorted()
    )
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from provider_numbers`.execute(server.deps.database.sql)
    assert.equal(rows[0]?.count, 4)
  })

  test('a service elsewhere is not synchronised, and nobody else may ask for it', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const { body: service } = await server.request('POST', '/messaging_services', {
      body: {
        messaging_service: { provider_name: 'bandwidth', provider_messaging_sid: 'an-application' }
      }
    })

    const elsewhere = await server.request(
      'POST',
      `/admin/messaging_services/${service.uuid}/synchronize`
    )
    const foreign = await server.request('POST', synchronize, { token })

    assert.deepEqual([elsewhere.status, foreign.status], [422, 403])
  })
})
