import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { development } from '../../seed.ts'
import {
  type Answer,
  build,
  firstNumber,
  onEachDatabase,
  type TestServer
} from '../../testing/build.ts'

const sidOf = (digit: string): string => `MG${digit.repeat(32)}`

const create = (server: TestServer, fields: object = {}, token?: string) =>
  server.request('POST', '/messaging_services', {
    body: {
      messaging_service: {
        name: 'Lamar County',
        global_customer_id: 'lamar-county',
        provider_messaging_sid: sidOf('a'),
        ...fields
      }
    },
    ...(token !== undefined && { token })
  })

const fieldsOf = (answer: Answer | undefined): string[] =>
  answer?.body.error.details.map(({ field }: { field: string }) => field)

onEachDatabase(dialect => {
  test('a messaging service is created with its numbers and found by each of its keys', async t => {
    const server = await build(t, dialect, { workers: false })

    const created = await create(server, {
      state_code: 'MS',
      provider_numbers_attributes: [
        { number: '+16015550177', sid: `PN${'1'.repeat(32)}`, announcement_number: true },
        { number: '+18005550177' }
      ]
    })

    assert.equal(created.status, 201)
    const [local, tollFree] = created.body.provider_numbers
    assert.deepEqual(
      { ...local, id: 0 },
      {
        id: 0,
        number: '+16015550177',
        sid: `PN${'1'.repeat(32)}`,
        state_code: 'MS',
        announcement_number: true,
        number_type: 'long_code'
      }
    )
    assert.deepEqual([tollFree.sid, tollFree.number_type], ['', 'toll_free'])
    assert.equal(created.body.twilio_messaging_sid, sidOf('a'))
    for (const path of [
      `/${created.body.uuid}`,
      `/by_twilio_messaging_sid?twilio_messaging_sid=${sidOf('a')}`,
      `/by_provider_messaging_sid?provider_messaging_sid=${sidOf('a')}`,
      '/by_global_customer_id?global_customer_id=lamar-county',
      '/by_name?name=Lamar%20County'
    ]) {
      const found = await server.request('GET', `/messaging_services${path}`)
      assert.deepEqual([found.status, found.body], [200, created.body], path)
    }
  })

  test('numbers may come as a list or as an object, under any of their three names', async t => {
    const server = await build(t, dialect, { workers: false })

    const asObject = await server.request('POST', '/admin/messaging_services', {
      body: {
        provider_messaging_sid: sidOf('b'),
        global_customer_id: 'jones-county',
        twilio_numbers: { '0': { number: '+16015550178' }, '1': { number: '+16015550179' } }
      }
    })
    const asList = await create(server, { provider_numbers: [{ number: '+16015550180' }] })

    assert.deepEqual(
      [...asObject.body.provider_numbers, ...asList.body.provider_numbers].map(
        ({ number }) => number
      ),
      ['+16015550178', '+16015550179', '+16015550180']
    )
    assert.equal(asObject.body.name, sidOf('b'))
  })

  test('PATCH and PUT change what is given and leave the rest, numbers too', async t => {
    const server = await build(t, dialect, { workers: false })
    const { body: service } = await create(server, {
      provider_numbers: [{ number: '+16015550177', state_code: 'MS' }, { number: '+16015550178' }]
    })
    const path = `/messaging_services/${service.uuid}`

    const patched = await server.request('PATCH', path, {
      body: {
        messaging_service: {
          business_profile_sid: `BU${'1'.repeat(32)}`,
          provider_numbers_attributes: [
            { number: '+16015550177', announcement_number: true },
            { number: '+16015550178', _destroy: true }
          ]
        }
      }
    })
    const put = await server.request('PUT', path, {
      body: { messaging_service: { name: 'Lamar', business_profile_sid: null } }
    })

    assert.equal(patched.body.business_profile_sid, `BU${'1'.repeat(32)}`)
    assert.deepEqual(
      patched.body.provider_numbers.map((item: object) => ({ ...item, id: 0 })),
      [
        {
          id: 0,
          number: '+16015550177',
          sid: '',
          state_code: 'MS',
          announcement_number: true,
          number_type: 'long_code'
        }
      ]
    )
    assert.deepEqual(put.body, {
      ...patched.body,
      name: 'Lamar',
      business_profile_sid: null,
      updated_at: put.body.updated_at
    })
  })

  test('what another service has is refused with 409, and nothing of the request stays', async t => {
    const server = await build(t, dialect, { workers: false })
    await create(server)

    const answers = [
      await create(server),
      await create(server, { name: 'Other' }),
      await create(server, { provider_messaging_sid: sidOf('b') }),
      await create(server, {
        name: 'Other',
        provider_messaging_sid: sidOf('c'),
        provider_numbers: [{ number: '+16015550199' }, { number: firstNumber }]
      })
    ]

    assert.deepEqual(
      answers.map(({ status }) => status),
      [409, 409, 409, 409]
    )
    assert.deepEqual(fieldsOf(answers[0]), [
      'messaging_service.name',
      'messaging_service.provider_messaging_sid'
    ])
    assert.deepEqual(fieldsOf(answers[1]), ['messaging_service.provider_messaging_sid'])
    assert.deepEqual(fieldsOf(answers[2]), ['messaging_service.name'])
    assert.match(answers[3]?.body.error.message, /\+16015550100/)
    const { rows } = await sql<{ count: number }>`select count(*) as count from provider_numbers
      where number = '+16015550199'`.execute(server.deps.database.sql)
    assert.equal(Number(rows[0]?.count), 0)
  })

  test('SIDs, numbers and states that cannot be are refused with their field', async t => {
    const server = await build(t, dialect, { workers: false })
    const cases: [object, string[]][] = [
      [{ provider_messaging_sid: 'MG123' }, ['messaging_service.provider_messaging_sid']],
      [{ provider_messaging_sid: undefined }, ['messaging_service.provider_messaging_sid']],
      [{ twilio_messaging_sid: 'PN12' }, ['messaging_service.twilio_messaging_sid']],
      [{ twilio_messaging_sid: sidOf('d') }, ['messaging_service.twilio_messaging_sid']],
      [{ business_profile_sid: 'BU1' }, ['messaging_service.business_profile_sid']],
      [{ state_code: 'Mississippi' }, ['messaging_service.state_code']],
      [{ provider_numbers: [{ number: '12' }] }, ['messaging_service.provider_numbers[0].number']],
      [
        { state_code: 'MS', twilio_numbers: { a: { number: '+16015550177', state_code: 'AL' } } },
        ['messaging_service.twilio_numbers.a.state_code']
      ],
      [
        { provider_numbers: [{ number: '+16015550177' }, { number: '+16015550177' }] },
        ['messaging_service.provider_numbers[1].number']
      ]
    ]

    for (const [fields, expected] of cases) {
      const answer = await create(server, fields)
      assert.deepEqual([answer.status, fieldsOf(answer)], [422, expected], JSON.stringify(fields))
    }
  })

  test("a customer's state must match the numbers that it has", async t => {
    const server = await build(t, dialect, { workers: false })
    const { body: service } = await create(server, {
      provider_numbers: [{ number: '+16015550177', state_code: 'MS' }]
    })

    const answer = await server.request('PATCH', `/messaging_services/${service.uuid}`, {
      body: { messaging_service: { state_code: 'AL' } }
    })

    assert.deepEqual([answer.status, fieldsOf(answer)], [422, ['messaging_service.state_code']])
  })

  test('a service at Bandwidth has an id of its own kind, and may have one at Twilio too', async t => {
    const server = await build(t, dialect, { workers: false })

    const answer = await create(server, {
      provider_name: 'bandwidth',
      provider_messaging_sid: '93de2206-9669-4e07-948d-329f4b722ee2',
      twilio_messaging_sid: sidOf('e')
    })

    assert.deepEqual(
      [answer.status, answer.body.provider_name, answer.body.twilio_messaging_sid],
      [201, 'bandwidth', sidOf('e')]
    )
  })

  test('a bearer has its own services alone; an Admin sees all', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const { body: own } = await create(server, {}, token)
    const foreign = development.messagingServiceUuid

    const list = await server.request('GET', '/messaging_services', { token })
    const all = await server.request('GET', '/messaging_services')
    const refused = [
      await server.request('GET', `/messaging_services/${foreign}`, { token }),
      await server.request('PATCH', `/messaging_services/${foreign}`, {
        token,
        body: { messaging_service: { name: 'Mine' } }
      }),
      await server.request('GET', '/messaging_services/by_name?name=Local%20district', { token }),
      await server.request('GET', '/messaging_services/no-uuid', { token })
    ]

    assert.deepEqual(
      list.body.map(({ uuid }: { uuid: string }) => uuid),
      [own.uuid]
    )
    assert.equal(all.body.length, 2)
    assert.deepEqual(
      refused.map(({ status }) => status),
      [404, 404, 404, 404]
    )
  })

  test('services come in pages without gap or repeat', async t => {
    const server = await build(t, dialect, { workers: false })
    for (const digit of '1234')
      await create(server, { name: digit, provider_messaging_sid: sidOf(digit) })

    const seen: string[] = []
    for (let cursor = ''; ;) {
      const page = await server.request('GET', `/messaging_services?limit=2${cursor}`)
      seen.push(...page.body.map(({ name }: { name: string }) => name))
      const next = page.headers['x-next-cursor']
      if (next === undefined) break
      cursor = `&cursor=${String(next)}`
    }

    assert.deepEqual(seen, ['Local district', '1', '2', '3', '4'])
  })

  test('who opted out from a service is opted out from it under a new id', async t => {
    const server = await build(t, dialect, { workers: false })
    const { database } = server.deps
    await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
      values ('+16015550142', ${development.messagingServiceSid}, 'messages', 'STOP', 1)`.execute(
      database.sql
    )

    await server.request('PATCH', `/messaging_services/${development.messagingServiceUuid}`, {
      body: { messaging_service: { provider_messaging_sid: sidOf('f') } }
    })

    const answer = await server.sendMessage()
    assert.equal(answer.body.error.code, 'receiver_opted_out')
  })
})
