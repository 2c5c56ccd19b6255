import assert from 'node:assert/strict'
import { test } from 'node:test'
import { development } from '../../seed.ts'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import {
  anAnnouncementPool,
  announce,
  announcement,
  arrivals,
  families,
  family,
  mostInASecond,
  readAnnouncement as read,
  receiversOf
} from '../../testing/announcements.ts'
import { build, onEachDatabase, startOfTest } from '../../testing/build.ts'
import { textsAtProvider } from '../../testing/messages.ts'
import { countRows } from '../../testing/rows.ts'

const developmentServiceSid = development.messagingServiceSid

onEachDatabase(dialect => {
  test('everybody named in an announcement is texted once', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])
    const recipients = [
      family(1),
      { recipient_number: family(2), client_message_id: 'two' },
      family(1)
    ]

    const answer = await server.request('POST', '/announcements', {
      body: announcement({ recipients })
    })
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
      read.body.messages.map(
        (message: { client_message_id: string | null }) => message.client_message_id
      ),
      [null, 'two']
    )
    const told = server.clientApp.events.filter(
      ({ type }) => type === 'announcements.message.status_update'
    )
    assert.deepEqual(told.map(({ payload }) => String(payload['internal_status'])).toSorted(), [
      'delivered',
      'delivered',
      'sent',
      'sent'
    ])
  })

  test('a wrong number is named by its place, and stops nobody else', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])

    const answer = await announce(server, {
      recipients: [family(1), '555-0100', { recipient_number: family(2), body: 7 }, family(3)]
    })
    await server.advance('1 min')

    assert.equal(answer.status, 202)
    assert.deepEqual(
      answer.body.rejected.map(({ index, message }: { index: number; message: string }) => [
        index,
        message.split(' ')[0]
      ]),
      [
        [1, 'recipient_number'],
        [2, 'body']
      ]
    )
    assert.deepEqual(receiversOf(server), [family(1), family(3)])
  })

  test('a stream of lines is an announcement too, and a line that is no JSON is one wrong recipient', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])
    const { announcement: shared } = announcement({})
    const lines = [
      JSON.stringify({ announcement: shared }),
      JSON.stringify(family(1)),
      '{"recipient_number":',
      JSON.stringify({ recipient_number: family(2), body: 'Your bus is late.' })
    ]

    const answer = await server.request('POST', '/announcements', {
      body: `${lines.join('\r\n')}\n`,
      headers: { 'content-type': 'application/x-ndjson' }
    })
    await server.advance('1 min')

    assert.deepEqual([answer.status, answer.body.accepted], [202, 2])
    assert.deepEqual(answer.body.rejected, [
      { index: 1, recipient_number: '', message: 'the line is not JSON' }
    ])
    assert.deepEqual(
      textsAtProvider(server).map(({ body }) => body),
      ['School is closed today.', 'Your bus is late.']
    )
  })

  test('an announcement that two clients post at the same time reaches everybody once', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [5_000, 5_000])
    const recipients = families(100)

    const answers = await Promise.all([
      announce(server, { recipients }),
      announce(server, { recipients: recipients.toReversed() })
    ])
    await server.advance('1 min')

    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.accepted]),
      [
        [202, 100],
        [202, 100]
      ]
    )
    assert.deepEqual(receiversOf(server), recipients)
    const { ledger } = await read(server)
    assert.deepEqual([ledger.accepted, ledger.sent, ledger.repeated], [100, 100, 100])
  })

  test('nothing more goes out while an announcement is paused, and the rest when it is resumed', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [1])
    await announce(server, { recipients: families(20) })
    await server.advance('5 s')
    const sentBefore = receiversOf(server).length

    await server.request('POST', '/announcements/snow-day/pause')
    await server.advance('1 min')
    const sentMeanwhile = receiversOf(server).length
    await server.request('POST', '/announcements/snow-day/resume')
    await server.advance('1 min')

    assert.ok(sentBefore >= 5 && sentBefore < 20, `${sentBefore} were sent in 5 s`)
    assert.equal(sentMeanwhile, sentBefore)
    assert.deepEqual(receiversOf(server), families(20))
  })

  test('an announcement from one number alone goes on from that number when it is resumed', async t => {
    const server = await build(t, dialect)
    const [, slow] = await anAnnouncementPool(server, [100, 1, 100])
    await announce(server, { recipients: families(20), provider_number: slow })
    await server.advance('5 s')

    await server.request('POST', '/announcements/snow-day/pause')
    await server.advance('1 min')
    await server.request('POST', '/announcements/snow-day/resume')
    await server.advance('1 min')

    assert.deepEqual(receiversOf(server), families(20))
    assert.deepEqual([...arrivals(server).keys()], [slow])
  })

  test('who waits when an announcement is canceled is never texted, and the client hears of it', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [1])
    await announce(server, { recipients: families(20) })
    await server.advance('5 s')
    const sent = receiversOf(server).length

    const answer = await server.request('POST', '/announcements/snow-day/cancel')
    await server.advance('1 min')

    assert.deepEqual(
      [answer.status, answer.body],
      [200, { client_announcement_id: 'snow-day', state: 'canceled' }]
    )
    assert.equal(receiversOf(server).length, sent)
    const { ledger } = await read(server)
    assert.deepEqual([ledger.sent, ledger.canceled, ledger.pending], [sent, 20 - sent, 0])
    const told = server.clientApp.events.filter(
      ({ payload }) => payload['internal_status'] === 'canceled'
    )
    assert.equal(told.length, 20 - sent)
    assert.equal((await announce(server, { recipients: [family(99)] })).status, 409)
  })

  test('no number is used faster than its rate, and the end comes when it was predicted', async t => {
    const server = await build(t, dialect)
    const [slow = '', fast = ''] = await anAnnouncementPool(server, [1, 3])
    const recipients = families(120)

    const estimate = await announce(server, { recipients }, '?dry_run=true')
    await announce(server, { recipients })
    await server.advance('2 min')

    const times = arrivals(server)
    assert.deepEqual(receiversOf(server), recipients)
    for (const [number, rate] of [
      [slow, 1],
      [fast, 3]
    ] as const)
      assert.ok(mostInASecond(times.get(number) ?? []) <= rate, `${number} sent too fast`)
    const begin = startOfTest
    const last = Math.max(...[...times.values()].flat())
    const predicted = Date.parse(estimate.body.finishes_at) - begin
    assert.ok(
      Math.abs(last - begin - predicted) / predicted < 0.05,
      `${last - begin}, ${predicted}`
    )
  })

  test('a dry run tells what would happen, and nothing does', async t => {
    const server = await build(t, dialect)
    const [number] = await anAnnouncementPool(server, [1])

    const answer = await announce(
      server,
      { recipients: [...families(10), family(3), 'nobody'] },
      '?dry_run=true'
    )
    await server.advance('1 min')

    const { accepted, duplicates, rejected_count, segments, cost, numbers, finishes_at } =
      answer.body
    assert.deepEqual(
      { status: answer.status, accepted, duplicates, rejected_count, segments, cost, finishes_at },
      {
        status: 200,
        accepted: 10,
        duplicates: 1,
        rejected_count: 1,
        segments: 10,
        cost: { amount: '0.0790', currency: 'USD' },
        finishes_at: new Date(startOfTest + 10_000).toISOString()
      }
    )
    assert.deepEqual(
      numbers.map(({ provider_number, recipients }: Record<string, unknown>) => [
        provider_number,
        recipients
      ]),
      [[number, 10]]
    )
    assert.deepEqual(receiversOf(server), [])
    assert.equal((await server.request('GET', '/announcements/snow-day')).status, 404)
  })

  test('a family hears every announcement from the same number', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100, 100, 100])

    await announce(server, { recipients: families(30) })
    await server.advance('1 min')
    await announce(server, {
      client_announcement_id: 'second',
      recipients: families(30).toReversed()
    })
    await server.advance('1 min')

    const senders = Map.groupBy(textsAtProvider(server), ({ to }) => to)
    assert.equal(senders.size, 30)
    for (const texts of senders.values())
      assert.equal(new Set(texts.map(({ from }) => from)).size, 1)
    assert.equal(new Set(textsAtProvider(server).map(({ from }) => from)).size, 3)
  })

  test('STOP to an announcement number blocks announcements and START unblocks them', async t => {
    const server = await build(t, dialect)
    const [number = ''] = await anAnnouncementPool(server, [100])
    await announce(server, { recipients: [family(1)] })
    await server.advance('1 min')

    await phone(server.mock, family(1)).texts(number, 'stop')
    await server.advance('1 min')
    await announce(server, { client_announcement_id: 'second', recipients: [family(1), family(2)] })
    await server.advance('1 min')
    const blocked = await read(server, 'second')
    await phone(server.mock, family(1)).texts(number, 'START')
    await server.advance('1 min')
    await announce(server, { client_announcement_id: 'third', recipients: [family(1)] })
    await server.advance('1 min')

    assert.deepEqual(blocked.counts, { blocked: 1, delivered: 1 })
    assert.deepEqual((await read(server, 'third')).counts, { delivered: 1 })
    const told = server.clientApp.events.filter(
      ({ type }) => type === 'announcements.message.opt_out'
    )
    assert.deepEqual(
      told.map(({ payload }) => [
        payload['keyword'],
        payload['opted_out'],
        payload['recipient_number'],
        payload['provider_number'],
        payload['client_announcement_id']
      ]),
      [
        ['STOP', true, family(1), number, 'snow-day'],
        ['START', false, family(1), number, 'snow-day']
      ]
    )
  })

  test('who writes to an announcement number is answered, and heard by the customer', async t => {
    const server = await build(t, dialect)
    const [number = ''] = await anAnnouncementPool(server, [100])

    await phone(server.mock, family(1)).texts(number, 'Is the gym open?')
    await server.advance('1 min')

    phone(server.mock, family(1)).expects('only sends announcements')
    const [told] = server.clientApp.events.filter(
      ({ type }) => type === 'messages.message.inbound_sms'
    )
    assert.deepEqual(
      [told?.payload['message_body'], told?.payload['client_conversation_id']],
      ['Is the gym open?', null]
    )
  })

  test('a number that the provider does not take as a sender is left alone, and another one sends', async t => {
    const server = await build(t, dialect)
    const [broken = '', other = ''] = await anAnnouncementPool(server, [100, 100])
    server.mock.world().faults.add({
      match: { from: broken },
      effect: { type: 'http', status: 400, code: 21606 }
    })

    await announce(server, { recipients: families(10) })
    await server.advance('1 min')

    assert.deepEqual(receiversOf(server), families(10))
    assert.deepEqual(new Set(textsAtProvider(server).map(({ from }) => from)), new Set([other]))
  })

  test('a customer without an announcement number gets one in its state, and keeps it', async t => {
    const server = await build(t, dialect)

    await announce(server, { recipients: [family(1)] })
    await server.advance('1 min')
    await announce(server, { client_announcement_id: 'second', recipients: [family(2)] })
    await server.advance('1 min')

    const bought = [...server.mock.world().numbers.values()].filter(number =>
      number.friendlyName.startsWith('Announcements')
    )
    assert.equal(bought.length, 1)
    const [number] = bought
    assert.match(number?.phoneNumber ?? '', /^\+1(601|662|769|228)/)
    assert.equal(number?.smsUrl, `${server.url}/api/v1/twilio_announcements/inbound`)
    assert.equal(number?.serviceSid, developmentServiceSid)
    assert.deepEqual(
      textsAtProvider(server).map(({ to, from }) => [to, from]),
      [
        [family(1), number?.phoneNumber],
        [family(2), number?.phoneNumber]
      ]
    )
  })

  test('what cannot be announced is refused with the field, and nothing is queued', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])
    const before = await countRows(server.deps.database)
    const recipients = [family(1)]

    const refusals = [
      await announce(server, { recipients, global_customer_id: 'nobody' }),
      await announce(server, { recipients: [] }),
      await announce(server, { recipients: ['12'] }),
      await announce(server, { recipients, body: { text: 'no' } }),
      await announce(server, { recipients, body: ' ' }),
      await announce(server, { recipients, type: 'fax' }),
      await announce(server, { recipients: 'all' }),
      await announce(server, { recipients, provider_number: '+16015550100' }),
      await announce(server, { recipients, send_at: '2020-01-01T00:00:00Z' }),
      await announce(server, { recipients, client_announcement_id: 'null\u0000byte' })
    ]

    assert.deepEqual(
      refusals.map(({ status, body }) => [status, body.error.details[0]?.field]),
      [
        [422, 'announcement.global_customer_id'],
        [422, 'announcement.recipients'],
        [422, 'announcement.recipients[0]'],
        [422, 'announcement.body'],
        [422, 'announcement.body'],
        [422, 'announcement.type'],
        [422, 'announcement.recipients'],
        [422, 'announcement.provider_number'],
        [422, 'announcement.send_at'],
        [422, 'announcement.client_announcement_id']
      ]
    )
    assert.deepEqual(await countRows(server.deps.database), before)
  })
})
