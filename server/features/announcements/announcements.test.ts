import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { textsAtProvider } from '../../testing/messages.ts'

/** Numbers that announcements go out from, beside the development numbers; the mock owns them too. */
async function anAnnouncementPool(server: TestServer, rates: readonly number[]): Promise<string[]> {
  const world = server.mock.world()
  const numbers = rates.map((_, place) => `+1601555020${place}`)
  const service = [...world.services.values()][0]
  assert.ok(service)
  for (const [place, number] of numbers.entries()) {
    const owned = world.addNumber({
      phone_number: number,
      sid: `PN0000000000000000000000000000010${place}`,
      sms_url: `${server.url}/api/v1/twilio_announcements/inbound`
    })
    owned.serviceSid = service.sid
    service.pool.push({ number: owned, joinedAt: world.now() })
    await sql`insert into provider_numbers (messaging_service_id, number, sid, announcement_number, number_type,
        messages_per_second, next_slot_at, next_send_at, created_at)
      values (1, ${number}, ${owned.sid}, ${server.deps.database.dialect === 'postgresql' ? true : 1},
        'long_code', ${rates[place]}, 0, 0, 0)`.execute(server.deps.database.sql)
  }
  return numbers
}

const announcement = (fields: object) => ({
  announcement: {
    client_announcement_id: 'snow-day',
    global_customer_id: 'local-district',
    type: 'sms',
    body: 'School is closed today.',
    ...fields
  }
})

const family = (index: number): string => `+1601556${String(index).padStart(4, '0')}`

onEachDatabase(dialect => {
  test('everybody named in an announcement is texted once', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])
    const recipients = [family(1), { recipient_number: family(2), client_message_id: 'two' }, family(1)]

    const answer = await server.request('POST', '/announcements', { body: announcement({ recipients }) })
    await server.advance('1 min')

    assert.deepEqual(
      [answer.status, answer.body.accepted, answer.body.duplicates, answer.body.rejected],
      [202, 2, 1, []]
    )
    assert.deepEqual(
      textsAtProvider(server).map(text => [text.to, text.body, text.status]),
      [
        [family(1), 'School is closed today.', 'delivered'],
        [family(2), 'School is closed today.', 'delivered']
      ]
    )
    const read = await server.request('GET', '/announcements/snow-day')
    assert.deepEqual(read.body.counts, { delivered: 2 })
    assert.deepEqual(
      read.body.messages.map((message: { client_message_id: string | null }) => message.client_message_id),
      [null, 'two']
    )
    const told = server.clientApp.events.filter(
      ({ type }) => type === 'announcements.message.status_update'
    )
    assert.deepEqual(told.map(({ payload }) => payload['internal_status']).toSorted(), [
      'delivered',
      'delivered',
      'sent',
      'sent'
    ])
  })
})
