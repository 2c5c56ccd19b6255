import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber
} from '../../testing/build.ts'
import { countRows } from '../../testing/rows.ts'
import { checkMessage } from './check-message.ts'
import type { CreateMessage } from './schemas.ts'

const fieldsOf = (body: { error: { details: { field: string }[] } }) =>
  body.error.details.map(({ field }) => field)

onEachDatabase(dialect => {
  test('the answer to a created message is the whole message', async t => {
    const server = await build(t, dialect, { workers: false })

    const { status, body } = await server.sendMessage({ client_conversation_id: 'class 4b' })

    const { id, message_uuid: uuid, ...rest } = body
    assert.equal(status, 201)
    assert.ok(Number.isInteger(id))
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    assert.deepEqual(rest, {
      client_conversation_id: 'class 4b',
      global_id: null,
      internal_conversation_id: null,
      media_file_urls: [],
      media_urls: [],
      message_body: 'School is closed today.',
      message_sid: null,
      message_type: 'sms',
      priority: 'normal',
      provider: 'twilio',
      provider_status: null,
      receiver_number: parentNumber,
      sender_number: firstNumber,
      internal_status: 'queued',
      direction: 'outbound',
      error_code: null,
      error_description: null,
      num_segments: 1,
      encoding: 'GSM-7',
      send_at: null,
      created_at: '2026-11-23T12:00:00.000Z',
      updated_at: '2026-11-23T12:00:00.000Z'
    })
    assert.deepEqual((await server.request('GET', `/messages/${uuid}`)).body, body)
  })

  test('a text of more than one segment goes out as SMS where the rule is about segments only when it fits into one', async t => {
    const server = await build(t, dialect, {
      workers: false,
      environment: { SMS_TO_MMS_RULE: 'segments' }
    })

    const long = await server.sendMessage({ message_body: 'ä€'.repeat(60) })
    const short = await server.sendMessage({ message_body: 'ä€'.repeat(53) })

    assert.equal(long.body.message_type, 'mms')
    assert.equal(short.body.message_type, 'sms')
  })

  test('a picture reaches the phone, and the message is an MMS', async t => {
    const server = await build(t, dialect)

    const { body } = await server.sendMessage({
      media_urls: ['https://media.example/1.jpg'],
      message_body: undefined
    })
    await server.advance('10 s')

    assert.equal(body.message_type, 'mms')
    const read = await server.request('GET', `/messages/${body.message_uuid}`)
    assert.equal(read.body.internal_status, 'delivered')
    assert.deepEqual(read.body.media_urls, ['https://media.example/1.jpg'])
  })

  test('a message for later waits until its time', async t => {
    const server = await build(t, dialect)

    const { body } = await server.sendMessage({ send_at: '2026-11-23T14:00:00+01:00' })
    await server.advance('59 min')
    const before = await server.request('GET', `/messages/${body.message_uuid}`)
    await server.advance('2 min')
    const after = await server.request('GET', `/messages/${body.message_uuid}`)

    assert.equal(body.send_at, '2026-11-23T13:00:00.000Z')
    assert.equal(before.body.internal_status, 'scheduled')
    assert.equal(after.body.internal_status, 'delivered')
  })

  test('a receiver that wrote STOP is refused until it writes START', async t => {
    const server = await build(t, dialect)
    const says = async (body: string) => {
      server.mock.inbound.receive(server.mock.world(), {
        from: parentNumber,
        to: firstNumber,
        body,
        media: []
      })
      await server.advance('10 s')
    }

    await says('Stop')
    const refused = await server.sendMessage()
    const alsoRefused = await server.sendMessage({ sender_number: secondNumber })
    await says('start')
    const accepted = await server.sendMessage()

    assert.equal(refused.status, 422)
    assert.equal(refused.body.error.code, 'receiver_opted_out')
    assert.deepEqual(fieldsOf(refused.body), ['message.receiver_number'])
    // Both numbers are of one messaging service: what the provider blocks, we refuse.
    assert.equal(alsoRefused.body.error.code, 'receiver_opted_out')
    assert.equal(accepted.status, 201)
  })

  test('a refused message leaves no trace', async t => {
    const server = await build(t, dialect)
    server.mock.inbound.receive(server.mock.world(), {
      from: parentNumber,
      to: firstNumber,
      body: 'STOP',
      media: []
    })
    await server.advance('10 s')
    const before = await countRows(server.deps.database)

    const { status } = await server.sendMessage(
      { client_conversation_id: 'new', callback_url: 'https://gradebook.example' },
      { headers: { 'idempotency-key': 'one' } }
    )

    assert.equal(status, 422)
    assert.deepEqual(await countRows(server.deps.database), before)
  })

  for (const idName of ['client_conversation_id', 'global_id', 'internal_conversation_id']) {
    test(`the conversation of a message is found by its ${idName}, or made`, async t => {
      const server = await build(t, dialect, { workers: false })
      const conversation = {
        client_conversation_id: 'c',
        global_id: 'g',
        internal_conversation_id: 'i'
      }
      await server.request('POST', '/conversations', { body: { conversation } })
      const before = await countRows(server.deps.database)

      const known = await server.sendMessage({
        [idName]: conversation[idName as keyof typeof conversation]
      })
      const between = await countRows(server.deps.database)
      const fresh = await server.sendMessage({ [idName]: 'new' })

      const { client_conversation_id: c, global_id: g, internal_conversation_id: i } = known.body
      assert.deepEqual([c, g, i], ['c', 'g', 'i'])
      assert.equal(between['conversations'], before['conversations'])
      assert.equal(fresh.body[idName], 'new')
      assert.equal((await countRows(server.deps.database))['conversations'], 2)
    })
  }

  test('concurrent first messages of a conversation share it', async t => {
    const server = await build(t, dialect, { workers: false })

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.sendMessage({ global_id: 'new' }))
    )

    assert.deepEqual(new Set(answers.map(answer => answer.status)), new Set([201]))
    assert.equal((await countRows(server.deps.database))['conversations'], 1)
  })

  test('a callback URL is kept by the conversation that had none, and later messages follow it', async t => {
    const server = await build(t, dialect)
    const { callback_url: callbackUrl } = (await server.request('GET', '/bearer')).body
    await server.request('PATCH', '/bearer', {
      body: { callback_url: 'http://127.0.0.1:1/nobody' }
    })

    const first = await server.sendMessage({
      client_conversation_id: 'class 4b',
      callback_url: callbackUrl
    })
    const second = await server.sendMessage({ client_conversation_id: 'class 4b' })
    await server.sendMessage({ client_conversation_id: 'class 4c' })
    await server.advance('2 s')

    const told = new Set(server.clientApp.events.map(event => event.payload['message_uuid']))
    assert.deepEqual(told, new Set([first.body.message_uuid, second.body.message_uuid]))
    const { body } = await server.request(
      'PATCH',
      '/conversations/client_conversation_id/class%204b',
      {
        body: { conversation: { moderator_id: 'teacher-1' } }
      }
    )
    assert.equal(body.callback_url, callbackUrl)
  })

  test("a request's own callback URL goes before that of its conversation", async t => {
    const server = await build(t, dialect)
    const { callback_url: callbackUrl } = (await server.request('GET', '/bearer')).body
    const conversation = {
      client_conversation_id: 'class 4b',
      callback_url: 'http://127.0.0.1:1/nobody'
    }
    await server.request('POST', '/conversations', { body: { conversation } })

    const { body } = await server.sendMessage({
      client_conversation_id: 'class 4b',
      callback_url: callbackUrl
    })
    await server.advance('10 s')

    assert.ok(
      server.clientApp.events.some(event => event.payload['message_uuid'] === body.message_uuid)
    )
    const { body: kept } = await server.request(
      'PATCH',
      '/conversations/client_conversation_id/class%204b',
      {
        body: { conversation: { moderator_id: 'teacher-1' } }
      }
    )
    assert.equal(kept.callback_url, 'http://127.0.0.1:1/nobody')
  })

  test("the provider's refusal is kept with its code and a readable reason", async t => {
    const server = await build(t, dialect)

    const { body } = await server.sendMessage({ receiver_number: '+15005550001' })
    await server.advance('10 s')

    const { body: read } = await server.request('GET', `/messages/${body.message_uuid}`)
    assert.equal(read.internal_status, 'failed')
    assert.equal(read.error_code, '21211')
    assert.match(read.error_description, /number/i)
  })

  test('of a message only its own bearer knows', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const { body: message } = await server.sendMessage()

    const foreign = await server.request('GET', `/messages/${message.message_uuid}`, { token })
    const absent = await server.request('GET', '/messages/0193585e-7c00-7000-8000-000000000000', {
      token
    })
    const malformed = await server.request('GET', '/messages/unknown', { token })

    assert.deepEqual([foreign.status, absent.status, malformed.status], [404, 404, 404])
    const withoutId = (answer: typeof foreign) => ({ ...answer.body.error, request_id: undefined })
    assert.deepEqual(withoutId(foreign), withoutId(absent))
  })
})

describe('a message is checked by the rules of the trade', () => {
  const now = Date.UTC(2026, 10, 23, 12)
  const message = (fields: Partial<CreateMessage['message']>): CreateMessage => ({
    message: {
      sender_number: firstNumber,
      receiver_number: parentNumber,
      message_body: 'Hello',
      ...fields
    }
  })
  const check = (fields: Partial<CreateMessage['message']>) =>
    checkMessage(
      message(fields),
      { id: 1, name: 'Gradebook', type: 'Application', keyId: 1 },
      { SMS_TO_MMS_RULE: 'characters', LOOKUP_BEFORE_FIRST_SMS: false },
      now
    ).row
  const problemsOf = (fields: Partial<CreateMessage['message']>) => {
    try {
      check(fields)
      return []
    } catch (error) {
      assert.ok(error instanceof Error && 'details' in error && Array.isArray(error.details))
      return error.details.map(({ field, message: problem }) => `${field} ${problem}`)
    }
  }

  for (const [number, isRight] of [
    ['+16015550142', true],
    ['+4915112345678', true],
    ['+15005550006', true],
    ['16015550142', false],
    ['+0601555014', false],
    ['+1601555014', false],
    ['+1 601 555 0142', false],
    ['+16015550142\n', false],
    ['+1601555014200000', false],
    ['＋16015550142', false],
    ['', false]
  ] as const) {
    test(`the number ${JSON.stringify(number)} ${isRight ? 'passes' : 'is refused'} on both sides`, () => {
      const problems = problemsOf({ sender_number: number, receiver_number: number })

      assert.deepEqual(
        problems.map(problem => problem.split(' ')[0]),
        isRight ? [] : ['message.sender_number', 'message.receiver_number']
      )
    })
  }

  test('a body or media is required, and white space is no body', () => {
    const problem = 'message.message_body is required when there are no media_urls'

    assert.deepEqual(problemsOf({ message_body: '' }), [problem])
    assert.deepEqual(problemsOf({ message_body: ' \n\t' }), [problem])
    assert.deepEqual(problemsOf({ message_body: '', media_urls: ['https://media.example/1'] }), [])
  })

  test('1,600 characters pass, of any script; one more does not', () => {
    assert.deepEqual(problemsOf({ message_body: 'a'.repeat(1_600) }), [])
    assert.deepEqual(problemsOf({ message_body: '🏫'.repeat(1_600) }), [])
    assert.deepEqual(problemsOf({ message_body: '🏫'.repeat(1_601) }), [
      'message.message_body must have at most 1600 characters, got 1601'
    ])
  })

  test('ten media URLs pass; one more does not', () => {
    const urls = Array.from({ length: 11 }, (_, place) => `https://media.example/${place}`)

    assert.deepEqual(problemsOf({ media_urls: urls.slice(1) }), [])
    assert.deepEqual(problemsOf({ media_urls: urls }), [
      'message.media_urls must have at most 10 URLs, got 11'
    ])
  })

  test('media come over http or https, without credentials', () => {
    const urls = [
      'https://media.example/1',
      'ftp://media.example/2',
      'https://me:secret@media.example/3',
      '/4',
      'javascript:5'
    ]

    assert.deepEqual(problemsOf({ media_urls: urls }), [
      'message.media_urls[1] must be an absolute http or https URL',
      'message.media_urls[2] must not hold a user name or password',
      'message.media_urls[3] must be an absolute http or https URL',
      'message.media_urls[4] must be an absolute http or https URL'
    ])
  })

  test('160 characters are an SMS, 161 an MMS; emoji count one each', () => {
    assert.equal(check({ message_body: '🏫'.repeat(160) }).message_type, 'sms')
    assert.equal(check({ message_body: 'a'.repeat(161) }).message_type, 'mms')
  })

  test('media make an MMS even where the client says sms', () => {
    assert.equal(
      check({ media_urls: ['https://media.example/1'], message_type: 'sms' }).message_type,
      'mms'
    )
  })

  test('an MMS that the client asks for needs no media', () => {
    assert.equal(check({ message_type: 'mms' }).message_type, 'mms')
  })

  for (const [sendAt, problem] of [
    ['2026-11-23T12:00:01Z', undefined],
    ['2026-11-23T13:00+00:30', undefined],
    ['2028-02-29T12:00:00.123Z', undefined],
    ['2026-11-23T12:00:00Z', 'must be in the future'],
    ['2026-11-23T13:00:00+02:00', 'must be in the future'],
    ['2027-02-30T12:00:00Z', 'must be an ISO 8601'],
    ['2027-02-29T12:00:00Z', 'must be an ISO 8601'],
    ['2027-01-01T12:00:00', 'must be an ISO 8601'],
    ['2027-01-01', 'must be an ISO 8601'],
    ['tomorrow', 'must be an ISO 8601'],
    ['', 'must be an ISO 8601']
  ] as const) {
    test(`send_at ${JSON.stringify(sendAt)} ${problem ?? 'passes'}`, () => {
      const problems = problemsOf({ send_at: sendAt })

      assert.equal(problems.length, problem === undefined ? 0 : 1)
      assert.ok(problem === undefined || problems[0]?.startsWith(`message.send_at ${problem}`))
    })
  }

  test('everything that is wrong is named at once', () => {
    const problems = problemsOf({
      sender_number: '1',
      receiver_number: '2',
      message_body: '',
      callback_url: 'x',
      send_at: 'y'
    })

    assert.equal(problems.length, 5)
  })
})
