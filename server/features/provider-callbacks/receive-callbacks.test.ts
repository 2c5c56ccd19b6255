import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import {
  callback,
  inboundForm,
  read,
  reportStatus,
  statusesTold,
  textsAtProvider
} from '../../testing/messages.ts'

const statusPath = '/twilio_requests/webhook_message_updates'
const inboundPath = '/twilio_requests/inbound'
const nobody = '018f0000-0000-7000-8000-000000000000'

onEachDatabase(dialect => {
  for (const [name, path, form] of [
    [
      'status',
      `${statusPath}?message_uuid=${nobody}`,
      { MessageSid: 'SM1', MessageStatus: 'delivered' }
    ],
    ['inbound', inboundPath, inboundForm({})]
  ] as const) {
    test(`a wrongly signed ${name} callback is refused and changes nothing`, async t => {
      const server = await build(t, dialect)

      const answers = [
        await callback(server, path, form, { signature: 'wrong' }),
        await callback(server, path, form, { signature: '' })
      ]
      await server.idle()

      assert.deepEqual(answers, [403, 403])
      assert.equal(await countOf(server, 'provider_callbacks'), 0)
      assert.equal(await countOf(server, 'messages'), 0)
      assert.equal(server.clientApp.events.length, 0)
    })
  }

  test('a signature for another message is refused', async t => {
    const server = await build(t, dialect)
    const { body: message } = await server.sendMessage()
    await server.idle()
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'wrong_signature' } })

    await server.advance('1 min')

    assert.equal((await read(server, message)).internal_status, 'sending')
    assert.deepEqual(statusesTold(server), [])
  })

  test('a report of a message that we do not know is kept and harmless', async t => {
    const server = await build(t, dialect)

    const answers = [
      await reportStatus(server, nobody, 'delivered'),
      await callback(server, `${statusPath}?message_uuid=not-an-id`, {
        MessageSid: 'SM1',
        MessageStatus: 'sent'
      }),
      await callback(server, statusPath, { MessageSid: 'SM2', MessageStatus: 'sent' }),
      await callback(server, statusPath, {})
    ]
    await server.idle()

    assert.deepEqual(answers, [204, 204, 204, 204])
    assert.deepEqual(await outcomes(server), ['unmatched', 'unmatched', 'unmatched', 'unmatched'])
    assert.equal(server.clientApp.events.length, 0)
  })

  test('a report without our id finds its message by the SID', async t => {
    const server = await build(t, dialect)
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
    const { body: message } = await server.sendMessage()
    await server.idle()
    const { message_sid: sid } = await read(server, message)

    await callback(server, statusPath, { MessageSid: sid, MessageStatus: 'delivered' })
    await server.idle()

    assert.equal((await read(server, message)).internal_status, 'delivered')
  })

  test('a word that the provider has never used is kept and moves nothing', async t => {
    const server = await build(t, dialect)
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
    const { body: message } = await server.sendMessage()
    await server.idle()

    await reportStatus(server, message.message_uuid, 'teleported')
    await server.idle()

    assert.equal((await read(server, message)).internal_status, 'sending')
    assert.deepEqual(await outcomes(server), ['not_understood'])
  })

  test("a report that comes before the provider's answer is stored stands", async t => {
    const server = await build(t, dialect)
    const { faults } = server.mock.world()
    faults.add({ effect: { type: 'callback', fault: 'drop' } })
    faults.add({
      match: { operation: 'create-message' },
      effect: { type: 'connection', fault: 'answer_lost' }
    })
    const { body: message } = await server.sendMessage()
    await server.idle()
    const [text] = textsAtProvider(server)
    const before = await read(server, message)

    await reportStatus(server, message.message_uuid, 'delivered', { sid: text?.sid ?? '' })
    await server.advance('5 min')

    const after = await read(server, message)
    assert.deepEqual([before.internal_status, before.message_sid], ['sending', null])
    assert.deepEqual([after.internal_status, after.message_sid], ['delivered', text?.sid])
    assert.equal(textsAtProvider(server).length, 1)
    assert.deepEqual(statusesTold(server), ['delivered'])
  })

  test('dropped, doubled and reordered callbacks of many texts leave each delivered and told once', async t => {
    const server = await build(t, dialect)
    const { faults } = server.mock.world()
    faults.add({ effect: { type: 'callback', fault: 'duplicate' }, probability: 0.4 })
    faults.add({ effect: { type: 'callback', fault: 'reorder' }, probability: 0.4 })
    faults.add({ effect: { type: 'callback', fault: 'drop', status: 'sent' }, probability: 0.4 })
    const uuids: string[] = await Promise.all(
      Array.from(
        { length: 60 },
        async (_, place) =>
          (await server.sendMessage({ message_body: `Text ${place}` })).body.message_uuid
      )
    )

    await server.advance('30 min')

    for (const uuid of uuids) {
      const told = statusesTold(server, uuid)
      assert.equal(told.at(-1), 'delivered', told.join(', '))
      assert.ok(told.length === 1 || (told.length === 2 && told[0] === 'sent'), told.join(', '))
    }
  })

  test('a callback with null bytes and broken characters is processed like any other', async t => {
    const server = await build(t, dialect)
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
    const { body: message } = await server.sendMessage()
    await server.idle()
    const form = 'MessageSid=SM%00x&MessageStatus=failed&ErrorCode=30008%00&ErrorMessage=%ED%A0%80'

    const answer = await callback(
      server,
      `${statusPath}?message_uuid=${message.message_uuid}`,
      form
    )
    await server.idle()

    assert.equal(answer, 204)
    assert.equal((await read(server, message)).internal_status, 'failed')
    assert.deepEqual(statusesTold(server), ['failed'])
  })
})

async function outcomes({ deps }: TestServer): Promise<string[]> {
  const { rows } = await sql<{
    outcome: string
  }>`select outcome from provider_callbacks order by id`.execute(deps.database.sql)
  return rows.map(row => row.outcome)
}

async function countOf({ deps }: TestServer, table: string): Promise<number> {
  const { rows } = await sql<{
    count: number
  }>`select count(*) as count from ${sql.table(table)}`.execute(deps.database.sql)
  return Number(rows[0]?.count)
}
