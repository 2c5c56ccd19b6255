import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import type { CallRecord } from '../../../mock-twilio/voice/call-record.ts'
import { build, onEachDatabase, startOfTest, type TestServer } from '../../testing/build.ts'
import { callback, signedCallback } from '../../testing/messages.ts'

/** Numbers that announcements go out from; the mock owns them too. */
async function numbersToCallFrom(server: TestServer, count = 1): Promise<string[]> {
  const world = server.mock.world()
  const [service] = world.services.values()
  assert.ok(service)
  const numbers = Array.from({ length: count }, (_, place) => `+1601555020${place}`)
  for (const [place, number] of numbers.entries()) {
    const owned = world.addNumber({
      phone_number: number,
      sid: `PN0000000000000000000000000000010${place}`,
      sms_url: `${server.url}/api/v1/twilio_announcements/inbound`,
      voice_url: `${server.url}/api/v1/twilio_announcements/voice`
    })
    owned.serviceSid = service.sid
    service.pool.push({ number: owned, joinedAt: world.now() })
    await sql`insert into provider_numbers (messaging_service_id, number, sid, announcement_number, number_type,
        next_slot_at, next_send_at, created_at)
      values (1, ${number}, ${owned.sid}, ${server.deps.database.dialect === 'postgresql' ? true : 1},
        'long_code', 0, 0, 0)`.execute(server.deps.database.sql)
  }
  return numbers
}

const family = (index: number): string => `+1601557${String(index).padStart(4, '0')}`

const families = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => family(index))

const announce = (server: TestServer, fields: object, query = '') =>
  server.request('POST', `/announcements${query}`, {
    body: {
      announcement: {
        client_announcement_id: 'snow-day',
        global_customer_id: 'local-district',
        type: 'voice',
        body: 'School is closed today.',
        ...fields
      }
    }
  })

const read = async (server: TestServer, id = 'snow-day') =>
  (await server.request('GET', `/announcements/${id}`)).body

/** The calls that the provider has from us, oldest first. */
const callsAtProvider = ({ mock }: TestServer): CallRecord[] =>
  [...mock.world().calls.all()].filter(({ direction }) => direction === 'outbound-api')

const eventsOf = (server: TestServer, type: string) =>
  server.clientApp.events.filter(event => event.type === type).map(({ payload }) => payload)

const wordsHeard = (server: TestServer, number: string): string[] =>
  phone(server.mock, number)
    .conversation()
    .filter(({ direction }) => direction === 'heard')
    .map(({ body, media }) => media[0] ?? body)

const menu = 'Press 1 to hear this again, or 9 to receive no more announcements.'

onEachDatabase(dialect => {
  test('everybody named in a voice announcement is called once, and hears it', async t => {
    const server = await build(t, dialect)
    const [number] = await numbersToCallFrom(server)

    const answer = await announce(server, {
      recipients: [
        family(1),
        { recipient_number: family(2), body: 'Your bus is late & slow.' },
        family(1)
      ]
    })
    await server.advance('2 min')

    assert.deepEqual([answer.status, answer.body.accepted, answer.body.duplicates], [202, 2, 1])
    assert.deepEqual(wordsHeard(server, family(1)), ['School is closed today.', menu])
    assert.deepEqual(wordsHeard(server, family(2)), ['Your bus is late & slow.', menu])
    assert.deepEqual(
      callsAtProvider(server).map(({ to, from, status }) => [to, from, status]),
      [
        [family(1), number, 'completed'],
        [family(2), number, 'completed']
      ]
    )
    const { counts, messages } = await read(server)
    assert.deepEqual(counts, { delivered: 2 })
    assert.deepEqual(
      messages.map((message: Record<string, unknown>) => [
        message['provider_status'],
        message['answered_by']
      ]),
      [
        ['completed', 'human'],
        ['completed', 'human']
      ]
    )
    const told = eventsOf(server, 'announcements.message.status_update')
    assert.deepEqual(told.map(payload => String(payload['internal_status'])).toSorted(), [
      'delivered',
      'delivered',
      'sent',
      'sent'
    ])
  })

  test('calls keep to one a second for each number, and the end comes when it was predicted', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server, 2)
    const recipients = families(30)

    const estimate = await announce(server, { recipients }, '?dry_run=true')
    await announce(server, { recipients })
    await server.advance('2 min')

    const calls = callsAtProvider(server)
    assert.deepEqual(calls.map(({ to }) => to).toSorted(), recipients)
    for (const [from, theirs] of Map.groupBy(calls, call => call.from)) {
      const times = theirs.map(({ dateCreated }) => dateCreated).toSorted((a, b) => a - b)
      for (const [place, time] of times.entries())
        assert.ok(place === 0 || time - (times[place - 1] ?? 0) >= 1_000, `${from} calls too fast`)
    }
    const last = Math.max(...calls.map(({ dateCreated }) => dateCreated))
    const predicted = Date.parse(estimate.body.finishes_at)
    assert.ok(
      Math.abs(last - predicted) <= 2_000,
      `${last - startOfTest}, ${predicted - startOfTest}`
    )
    assert.deepEqual(estimate.body.cost, { amount: '0.4200', currency: 'USD' })
  })

  test('who is busy or does not pick up is told apart, in words', async t => {
    const server = await build(t, dialect, { environment: { ANNOUNCEMENT_CALL_RETRIES: 'none' } })
    await numbersToCallFrom(server)
    phone(server.mock, family(1)).isBusy()
    phone(server.mock, family(2)).letsItRing()
    phone(server.mock, family(3)).is({ condition: 'inactive' })

    await announce(server, { recipients: [family(1), family(2), family(3)] })
    await server.advance('3 min')

    const { messages, ledger } = await read(server)
    assert.deepEqual(
      messages.map((message: Record<string, unknown>) => [
        message['internal_status'],
        message['error_code'],
        message['error_description']
      ]),
      [
        ['undelivered', 'busy', 'The line was busy, or the call was declined.'],
        ['undelivered', 'no-answer', 'Nobody picked up.'],
        ['failed', 'failed', 'The call could not be put through.']
      ]
    )
    assert.equal(ledger.sent, 3)
  })

  test('a line that is busy, and one where nobody picks up, are called again by the policy', async t => {
    const server = await build(t, dialect, {
      environment: { ANNOUNCEMENT_CALL_RETRIES: '5m,10m' }
    })
    await numbersToCallFrom(server)
    phone(server.mock, family(1)).isBusy()
    phone(server.mock, family(2)).letsItRing()

    await announce(server, { recipients: [family(1), family(2)] })
    await server.advance('3 min')
    phone(server.mock, family(1)).answers()
    await server.advance('5 min')
    const meanwhile = await read(server)
    await server.advance('30 min')

    assert.deepEqual(meanwhile.counts, { delivered: 1, queued: 1 })
    const after = await read(server)
    assert.deepEqual(after.counts, { delivered: 1, undelivered: 1 })
    const times = (number: string) =>
      callsAtProvider(server)
        .filter(({ to }) => to === number)
        .map(({ dateCreated }) => Math.round((dateCreated - startOfTest) / 60_000))
    assert.deepEqual([times(family(1)).length, times(family(2)).length], [2, 3])
    assert.deepEqual(
      eventsOf(server, 'announcements.message.status_update')
        .filter(event => event['recipient_number'] === family(2))
        .map(event => event['internal_status'])
        .at(-1),
      'undelivered'
    )
  })

  test('what is told late of an attempt in vain does not touch the next one', async t => {
    const server = await build(t, dialect, { environment: { ANNOUNCEMENT_CALL_RETRIES: '5m' } })
    await numbersToCallFrom(server)
    phone(server.mock, family(1)).isBusy()
    await announce(server, { recipients: [family(1)] })
    await server.advance('1 min')
    const [first] = callsAtProvider(server)
    phone(server.mock, family(1)).answers()
    const [waiting] = (await read(server)).messages
    const path = `/twilio_announcements/status?message_uuid=${waiting.message_uuid}`

    await callback(server, path, { CallSid: first?.sid ?? '', CallStatus: 'busy' })
    await server.advance('5 min')
    await callback(server, path, { CallSid: first?.sid ?? '', CallStatus: 'busy' })
    await server.advance('5 min')

    const [message] = (await read(server)).messages
    assert.deepEqual(
      [message.internal_status, message.message_sid],
      ['delivered', callsAtProvider(server)[1]?.sid]
    )
    assert.equal(callsAtProvider(server).length, 2)
  })

  test('who opted out of calls is not called by an announcement either', async t => {
    const server = await build(t, dialect)
    const [number = ''] = await numbersToCallFrom(server)
    await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
      values (${family(1)}, ${number}, 'calls', '3', 0)`.execute(server.deps.database.sql)

    await announce(server, { recipients: [family(1), family(2)] })
    await server.advance('2 min')

    assert.deepEqual((await read(server)).counts, { blocked: 1, delivered: 1 })
    assert.deepEqual(
      callsAtProvider(server).map(({ to }) => to),
      [family(2)]
    )
  })

  test('a voicemail hears the message once, after its greeting, and it is known that it was one', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    phone(server.mock, family(1)).isAnsweringMachine()

    await announce(server, { recipients: [family(1)] })
    await server.advance('3 min')

    assert.deepEqual(wordsHeard(server, family(1)), ['School is closed today.'])
    const [message] = (await read(server)).messages
    assert.deepEqual(
      [message.internal_status, message.answered_by],
      ['delivered', 'machine_end_beep']
    )
  })

  test('1 repeats the message, and any other key asks again', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    phone(server.mock, family(1)).answers().presses('1', '5')

    await announce(server, { recipients: [family(1)] })
    await server.advance('3 min')

    const message = 'School is closed today.'
    assert.deepEqual(wordsHeard(server, family(1)), [message, menu, message, menu, menu])
    assert.deepEqual(eventsOf(server, 'announcements.message.opt_out'), [])
  })

  test('9 opts out of announcements, calls and texts, and the client hears of it', async t => {
    const server = await build(t, dialect)
    const [number] = await numbersToCallFrom(server)
    phone(server.mock, family(1)).answers().presses('9')
    await announce(server, {
      recipients: [{ recipient_number: family(1), client_message_id: 'one' }]
    })
    await server.advance('2 min')

    await announce(server, { client_announcement_id: 'second', recipients: [family(1), family(2)] })
    await announce(server, {
      client_announcement_id: 'third',
      type: 'sms',
      recipients: [family(1), family(2)]
    })
    await server.advance('2 min')

    phone(server.mock, family(1)).hears('You will receive no more announcements.')
    assert.deepEqual((await read(server, 'second')).counts, { blocked: 1, delivered: 1 })
    assert.deepEqual((await read(server, 'third')).counts, { blocked: 1, delivered: 1 })
    const [told, ...others] = eventsOf(server, 'announcements.message.opt_out')
    assert.equal(others.length, 0)
    assert.deepEqual(
      [
        told?.['keyword'],
        told?.['opted_out'],
        told?.['recipient_number'],
        told?.['provider_number'],
        told?.['client_announcement_id'],
        told?.['client_message_id']
      ],
      ['9', true, family(1), number, 'snow-day', 'one']
    )
  })

  test('a recording is played instead of the text', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    const recording = 'https://example.com/closed.mp3?for=all&of=us'

    await announce(server, { recipients: [family(1)], media_urls: [recording] })
    await server.advance('2 min')

    assert.deepEqual(wordsHeard(server, family(1)), [recording, menu])
  })

  test('what is read out keeps its voice and language, and no text breaks the document', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    await announce(server, {
      recipients: [family(1)],
      body: 'Cerrado <hoy> & "mañana" \u0007😀',
      voice: 'Polly.Lupe',
      language: 'es-US'
    })
    await server.advance('2 min')
    const [message] = (await read(server)).messages

    const document = await server.app.inject({
      method: 'POST',
      ...signedVoice(server, message.message_uuid, { From: '', To: family(1) })
    })

    assert.match(
      document.body,
      /<Say voice="Polly\.Lupe" language="es-US">Cerrado &lt;hoy&gt; &amp; &quot;mañana&quot; 😀<\/Say>/
    )
    phone(server.mock, family(1)).hears('Cerrado <hoy> & "mañana" 😀')
  })

  test('a call whose answer was lost is found again and not made twice', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    const { faults } = server.mock.world()
    faults.add({ effect: { type: 'callback', fault: 'drop' } })
    faults.add({
      match: { operation: 'create-call' },
      count: 1,
      effect: { type: 'connection', fault: 'answer_lost' }
    })

    await announce(server, { recipients: [family(1)] })
    await server.advance('30 min')

    const [call, ...others] = callsAtProvider(server)
    assert.equal(others.length, 0)
    const [message] = (await read(server)).messages
    assert.deepEqual([message.message_sid, message.internal_status], [call?.sid, 'delivered'])
    assert.equal(message.answered_by, 'human')
  })

  test('a call that the provider surely did not take is made after all', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    server.mock.world().faults.add({
      match: { operation: 'create-call' },
      count: 2,
      effect: { type: 'http', status: 503 }
    })

    await announce(server, { recipients: [family(1)] })
    await server.advance('30 min')

    assert.equal(callsAtProvider(server).length, 1)
    assert.deepEqual((await read(server)).counts, { delivered: 1 })
  })

  test('two announcements to one family whose answers were lost are two calls, each with its words', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    server.mock.world().faults.add({
      match: { operation: 'create-call' },
      count: 2,
      effect: { type: 'connection', fault: 'answer_lost' }
    })

    await announce(server, { recipients: [family(1)] })
    await announce(server, {
      client_announcement_id: 'second',
      body: 'The bus is late.',
      recipients: [family(1)]
    })
    await server.advance('30 min')

    // The second one found the line busy with the first, and was made again.
    assert.deepEqual(
      callsAtProvider(server).map(({ status }) => status),
      ['completed', 'busy', 'completed']
    )
    phone(server.mock, family(1)).hears('School is closed today.')
    phone(server.mock, family(1)).hears('The bus is late.')
    assert.deepEqual((await read(server)).counts, { delivered: 1 })
    assert.deepEqual((await read(server, 'second')).counts, { delivered: 1 })
  })

  test('reports of a call that come late, twice and out of order change nothing that is further', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    await announce(server, { recipients: [family(1)] })
    await server.advance('2 min')
    const [message] = (await read(server)).messages
    const path = `/twilio_announcements/status?message_uuid=${message.message_uuid}`

    for (const status of ['ringing', 'busy', 'completed', 'initiated', 'on-hold'])
      await callback(server, path, { CallSid: message.message_sid, CallStatus: status })
    await server.advance('1 min')

    const [after] = (await read(server)).messages
    assert.deepEqual(after, message)
  })

  test('nobody is called while an announcement is paused, and the rest when it is resumed', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    await announce(server, { recipients: families(12) })
    await server.advance('4 s')

    await server.request('POST', '/announcements/snow-day/pause')
    await server.advance('1 min')
    const meanwhile = callsAtProvider(server).length
    await server.request('POST', '/announcements/snow-day/resume')
    await server.advance('2 min')

    assert.ok(meanwhile >= 4 && meanwhile <= 6, `${meanwhile} were called in 4 s`)
    assert.deepEqual(
      callsAtProvider(server)
        .map(({ to }) => to)
        .toSorted(),
      families(12)
    )
  })

  test('a number that may not call is left alone, and another one calls', async t => {
    const server = await build(t, dialect)
    const [broken = '', other] = await numbersToCallFrom(server, 2)
    const owned = server.mock.world().numbersByPhone.get(broken)
    assert.ok(owned)
    owned.voice = false

    await announce(server, { recipients: families(4) })
    await server.advance('2 min')

    assert.equal(callsAtProvider(server).length, 4)
    assert.deepEqual(new Set(callsAtProvider(server).map(({ from }) => from)), new Set([other]))
  })

  test('who calls an announcement number hears their last announcement, and may opt out', async t => {
    const server = await build(t, dialect)
    const [number = ''] = await numbersToCallFrom(server)
    await announce(server, { recipients: [family(1)] })
    await announce(server, {
      client_announcement_id: 'second',
      type: 'sms',
      body: 'School is open again.',
      recipients: [family(1)]
    })
    await server.advance('2 min')
    const parent = phone(server.mock, family(1)).presses('9')

    await parent.calls(number)
    await server.advance('1 min')
    await phone(server.mock, family(2)).calls(number)
    await server.advance('1 min')

    parent.hears('School is open again.')
    parent.hears('You will receive no more announcements.')
    phone(server.mock, family(2)).hears('there is none for you at this time')
    const [told] = eventsOf(server, 'announcements.message.opt_out')
    assert.deepEqual(
      [told?.['recipient_number'], told?.['client_announcement_id']],
      [family(1), 'second']
    )
    // The text that was read out is still the text that it was.
    assert.deepEqual((await read(server, 'second')).counts, { delivered: 1 })
  })

  test('a request about a call that the provider did not sign changes nothing', async t => {
    const server = await build(t, dialect)
    await numbersToCallFrom(server)
    await announce(server, { recipients: [family(1)] })
    await server.advance('2 min')
    const [message] = (await read(server)).messages

    const status = await callback(
      server,
      `/twilio_announcements/voice?message_uuid=${message.message_uuid}`,
      { CallSid: message.message_sid, CallStatus: 'in-progress', Digits: '9' },
      { signature: 'forged' }
    )
    await server.advance('1 min')

    assert.equal(status, 403)
    assert.deepEqual(eventsOf(server, 'announcements.message.opt_out'), [])
  })
})

function signedVoice(server: TestServer, uuid: string, form: Record<string, string>) {
  return signedCallback(server, `/twilio_announcements/voice?message_uuid=${uuid}`, form)
}
