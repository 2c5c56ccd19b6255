import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { anotherProcess, bearing } from '../testing/another-process.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  type RequestOptions
} from '../testing/build.ts'
import { operationsOf } from '../testing/operations.ts'
import { countRows } from '../testing/rows.ts'

const message = (fields: object = {}) => ({
  message: {
    sender_number: firstNumber,
    receiver_number: parentNumber,
    message_body: 'Hello',
    ...fields
  }
})
const bearer = (fields: object = {}) => ({
  bearer_name: 'Gradebook',
  bearer_type: 'User',
  callback_url: 'https://gradebook.example',
  username: 'u',
  password: 'p',
  ...fields
})
const urls = (count: number) =>
  Array.from({ length: count }, (_, place) => `https://media.example/${place}`)
const longText = 'a'.repeat(256)
const absentUuid = '0193585e-7c00-7000-8000-000000000000'

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What is sent, and the answer: status and the fields that it names. */
const table: [
  title: string,
  method: Method,
  path: string,
  how: RequestOptions,
  status: number,
  fields: string[]
][] = [
  ['no JSON', 'POST', '/messages', { body: 'hello' }, 400, []],
  ['half of a JSON', 'POST', '/messages', { body: '{"message":' }, 400, []],
  ['a trailing comma', 'POST', '/messages', { body: '{"message":{},}' }, 400, []],
  ['JSON with a comment', 'POST', '/messages', { body: '{/* hello */}' }, 400, []],
  ['an empty body that says that it is JSON', 'POST', '/messages', { body: '' }, 400, []],
  ['no body', 'POST', '/messages', {}, 422, ['body']],
  ['a list for a body', 'POST', '/messages', { body: [] }, 422, ['body']],
  ['null for a body', 'POST', '/messages', { body: 'null' }, 422, ['body']],
  ['a number for a body', 'POST', '/messages', { body: '5' }, 422, ['body']],
  ['an empty object', 'POST', '/messages', { body: {} }, 422, ['message']],
  [
    'an empty message',
    'POST',
    '/messages',
    { body: { message: {} } },
    422,
    ['message.sender_number', 'message.receiver_number']
  ],
  ['a message that is a list', 'POST', '/messages', { body: { message: [] } }, 422, ['message']],
  [
    'a number as a phone number',
    'POST',
    '/messages',
    { body: message({ receiver_number: 16_015_550_142 }) },
    422,
    ['message.receiver_number']
  ],
  [
    'null as a phone number',
    'POST',
    '/messages',
    { body: message({ receiver_number: null }) },
    422,
    ['message.receiver_number']
  ],
  [
    'a phone number as it is dialled',
    'POST',
    '/messages',
    { body: message({ receiver_number: '(601) 555-0142' }) },
    422,
    ['message.receiver_number']
  ],
  [
    'a body that is no text',
    'POST',
    '/messages',
    { body: message({ message_body: { text: 'Hello' } }) },
    422,
    ['message.message_body']
  ],
  [
    '1,601 characters',
    'POST',
    '/messages',
    { body: message({ message_body: 'a'.repeat(1_601) }) },
    422,
    ['message.message_body']
  ],
  [
    '1,601 emoji',
    'POST',
    '/messages',
    { body: message({ message_body: '🏫'.repeat(1_601) }) },
    422,
    ['message.message_body']
  ],
  [
    'a null byte',
    'POST',
    '/messages',
    { body: message({ message_body: 'a\0b' }) },
    422,
    ['message.message_body']
  ],
  [
    'half of a surrogate pair',
    'POST',
    '/messages',
    { body: '{"message":{"message_body":"\\ud83c"}}' },
    422,
    ['message.message_body']
  ],
  [
    'a null byte in a list',
    'POST',
    '/messages',
    { body: message({ media_urls: ['https://a.example', 'b\0'] }) },
    422,
    ['message.media_urls[1]']
  ],
  [
    'a null byte in the name of a field',
    'POST',
    '/messages',
    { body: message({ 'a\0': 1 }) },
    422,
    ['message']
  ],
  [
    '11 media URLs',
    'POST',
    '/messages',
    { body: message({ media_urls: urls(11) }) },
    422,
    ['message.media_urls']
  ],
  [
    'media that are one text',
    'POST',
    '/messages',
    { body: message({ media_urls: urls(1)[0] }) },
    422,
    ['message.media_urls']
  ],
  [
    'media over ftp',
    'POST',
    '/messages',
    { body: message({ media_urls: [...urls(3), 'ftp://a.example'] }) },
    422,
    ['message.media_urls[3]']
  ],
  [
    'credentials in a media URL',
    'POST',
    '/messages',
    { body: message({ media_urls: ['https://a:b@c.example'] }) },
    422,
    ['message.media_urls[0]']
  ],
  [
    'credentials in a callback URL',
    'POST',
    '/messages',
    { body: message({ callback_url: 'https://a:b@c.example' }) },
    422,
    ['message.callback_url']
  ],
  [
    'an unknown type of message',
    'POST',
    '/messages',
    { body: message({ message_type: 'fax' }) },
    422,
    ['message.message_type']
  ],
  [
    'an unknown priority',
    'POST',
    '/messages',
    { body: message({ priority: 1 }) },
    422,
    ['message.priority']
  ],
  [
    'a time in the past',
    'POST',
    '/messages',
    { body: message({ send_at: '2020-01-01T00:00:00Z' }) },
    422,
    ['message.send_at']
  ],
  [
    'a time that is a number',
    'POST',
    '/messages',
    { body: message({ send_at: 1_800_000_000 }) },
    422,
    ['message.send_at']
  ],
  [
    'an empty conversation id',
    'POST',
    '/messages',
    { body: message({ global_id: '' }) },
    422,
    ['message.global_id']
  ],
  [
    'a conversation id that is too long',
    'POST',
    '/messages',
    { body: message({ global_id: longText }) },
    422,
    ['message.global_id']
  ],
  [
    'a messaging service that is none',
    'POST',
    '/messages',
    { body: message({ messaging_service_sid: 'MG1' }) },
    422,
    ['message.messaging_service_sid']
  ],
  [
    'a field named __proto__',
    'POST',
    '/messages',
    { body: '{"message":{"__proto__":{"isAdmin":true}}}' },
    422,
    ['message']
  ],
  [
    'a constructor',
    'POST',
    '/messages',
    { body: '{"constructor":{"prototype":{"isAdmin":true}}}' },
    422,
    ['body']
  ],
  [
    'lists in lists, very deep',
    'POST',
    '/messages',
    { body: `{"message":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
    400,
    []
  ],
  [
    'objects in objects, very deep',
    'POST',
    '/messages',
    { body: `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}` },
    400,
    []
  ],
  [
    'a body that is too large',
    'POST',
    '/messages',
    { body: message({ message_body: 'a'.repeat(1_100_000) }) },
    413,
    []
  ],
  [
    'a form',
    'POST',
    '/messages',
    { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    []
  ],
  [
    'plain text',
    'POST',
    '/messages',
    { body: 'hello', headers: { 'content-type': 'text/plain' } },
    415,
    []
  ],
  [
    'XML',
    'POST',
    '/messages',
    { body: '<a/>', headers: { 'content-type': 'application/xml' } },
    415,
    []
  ],
  [
    'a media type that is none',
    'POST',
    '/messages',
    { body: '{}', headers: { 'content-type': 'json' } },
    415,
    []
  ],
  ['JSON where a form is expected', 'POST', '/twilio_requests/inbound', { body: {} }, 415, []],
  ['a uuid that is none', 'GET', '/messages/1', {}, 404, []],
  ['an unknown uuid', 'GET', `/messages/${absentUuid}`, {}, 404, []],
  ['a null byte in a path', 'GET', '/messages/%00', {}, 422, ['uuid']],
  ['a URL that is encoded wrongly', 'GET', '/messages/%E0%A4%A', {}, 400, []],
  ['a part of a path that is too long', 'GET', `/messages/${'a'.repeat(5_000)}`, {}, 414, []],
  ['an unknown path', 'GET', '/mesages', {}, 404, []],
  ['an id that is no number', 'DELETE', '/api_keys/abc', {}, 422, ['id']],
  ['an id that begins like a number', 'DELETE', '/api_keys/1.5', {}, 422, ['id']],
  ['the id zero', 'DELETE', '/api_keys/0', {}, 422, ['id']],
  ['an id that is too large', 'DELETE', '/api_keys/99999999999999999999', {}, 422, ['id']],
  [
    'a bearer id that is too large',
    'POST',
    '/admin/api_keys',
    { body: { bearer_id: 1e20 } },
    422,
    ['bearer_id']
  ],
  [
    'a bearer id that is a text',
    'POST',
    '/admin/api_keys',
    { body: { bearer_id: '1' } },
    422,
    ['bearer_id']
  ],
  [
    'an unknown bearer',
    'POST',
    '/admin/api_keys',
    { body: { bearer_id: 4711 } },
    422,
    ['bearer_id']
  ],
  [
    'a bearer without anything',
    'POST',
    '/admin/bearers',
    { body: {} },
    422,
    ['bearer_name', 'bearer_type', 'callback_url', 'username', 'password']
  ],
  [
    'an unknown type of bearer',
    'POST',
    '/admin/bearers',
    { body: bearer({ bearer_type: 'admin' }) },
    422,
    ['bearer_type']
  ],
  [
    'a bearer with an empty name',
    'POST',
    '/admin/bearers',
    { body: bearer({ bearer_name: '' }) },
    422,
    ['bearer_name']
  ],
  [
    'a callback over ftp',
    'POST',
    '/admin/bearers',
    { body: bearer({ callback_url: 'ftp://a.example' }) },
    422,
    ['callback_url']
  ],
  [
    'a callback that is no URL',
    'PATCH',
    '/bearer',
    { body: { callback_url: 'a.example' } },
    422,
    ['callback_url']
  ],
  ['an update of nothing', 'PATCH', '/bearer', { body: {} }, 422, ['body']],
  [
    'a conversation without anything',
    'POST',
    '/conversations',
    { body: { conversation: {} } },
    422,
    ['conversation']
  ],
  [
    'participants that are no numbers',
    'POST',
    '/conversations',
    { body: { conversation: { participants: [5, {}] } } },
    422,
    ['conversation.participants[0]', 'conversation.participants[1].participant_number']
  ],
  [
    '101 participants',
    'POST',
    '/conversations',
    { body: { conversation: { participants: urls(101) } } },
    422,
    ['conversation.participants']
  ],
  [
    'an update of an unknown conversation',
    'PATCH',
    '/conversations/4711',
    { body: { conversation: { global_id: 'a' } } },
    404,
    []
  ],
  [
    'an update by an unknown id',
    'PATCH',
    '/conversations/global_id/none',
    { body: { conversation: { global_id: 'a' } } },
    404,
    []
  ],
  [
    'a pairing without a number',
    'PATCH',
    '/participants/deactivate_pairing',
    { body: { participant: {} } },
    422,
    ['participant.participant_number']
  ],
  ['an unknown status of events', 'GET', '/admin/webhooks?status=lost', {}, 422, ['status']],
  ['a cursor that is none', 'GET', '/admin/webhooks?cursor=%F0%9F%8F%AB', {}, 422, ['cursor']]
]

onEachDatabase(dialect => {
  test('what is wrong with a request is said in its own words; nothing is stored and nothing sent', async t => {
    const server = await build(t, dialect)
    const before = await countRows(server.deps.database)

    for (const [title, method, path, how, status, fields] of table) {
      await t.test(
        `${title}: ${status}${fields.length > 0 ? ` ${fields.join(', ')}` : ''}`,
        async () => {
          const answer = await server.request(method, path, how)

          assert.equal(answer.status, status, JSON.stringify(answer.body))
          const { error } = answer.body
          assert.deepEqual(
            error.details.map((detail: { field: string }) => detail.field),
            fields
          )
          assert.match(error.code, /^[a-z_]+$/)
          assert.equal(error.request_id, answer.headers['x-request-id'])
          assert.ok(error.message.length > 10 && error.message.length < 300, error.message)
        }
      )
    }

    await server.advance('1 min')
    assert.deepEqual(await countRows(server.deps.database), before)
    assert.equal(server.clientApp.arrived(), 0)
  })

  test('bytes that are no UTF-8 are refused instead of becoming question marks', async t => {
    const server = await build(t, dialect, { workers: false })
    const payload = Buffer.concat([
      Buffer.from('{"message":{"message_body":"'),
      Buffer.from([0xff]),
      Buffer.from('"}}')
    ])

    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/v1/messages',
      headers: { ...bearing(), 'content-type': 'application/json' },
      payload
    })

    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().error.message, 'The body is not valid JSON: it is not UTF-8')
  })

  test('what broke a JSON is told without repeating it', async t => {
    const server = await build(t, dialect, { workers: false })

    const { body } = await server.request('POST', '/admin/bearers', {
      body: '{"password": geheim}'
    })

    assert.match(body.error.message, /^The body is not valid JSON: Unexpected token 'g'/)
    assert.doesNotMatch(body.error.message, /geheim|password/)
  })

  test('of a field that is given twice the last counts', async t => {
    const server = await build(t, dialect, { workers: false })

    const { status, body } = await server.request('POST', '/messages', {
      body: `{"message":{"sender_number":"${firstNumber}","receiver_number":"555","receiver_number":"${parentNumber}","message_body":"a"}}`
    })

    assert.equal(status, 201)
    assert.equal(body.receiver_number, parentNumber)
  })

  test('fields that nobody knows are left alone', async t => {
    const server = await build(t, dialect, { workers: false })

    const { status } = await server.sendMessage({ colour: 'red', toString: 'x', hasOwnProperty: 1 })

    assert.equal(status, 201)
  })

  test('1,600 emoji are stored and read back letter by letter', async t => {
    const server = await build(t, dialect, { workers: false })
    const text = '🏫'.repeat(1_600)

    const { status, body } = await server.sendMessage({ message_body: text })

    assert.equal(status, 201)
    assert.equal(
      (await server.request('GET', `/messages/${body.message_uuid}`)).body.message_body,
      text
    )
  })

  test('whatever JSON is posted to whatever operation, no answer is 5xx and no refusal leaves a row', async t => {
    const server = await build(t, dialect, { workers: false })
    // Deletions of the administrator's own key would end the test.
    const operations = operationsOf(server.app).filter(operation => operation.takesJson)
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)
    t.diagnostic(`FAST_CHECK_SEED=${seed}`)
    let before = await countRows(server.deps.database)

    const property = fc.asyncProperty(
      fc.constantFrom(...operations),
      anyBody,
      async ({ method, url, example }, change) => {
        const answer = await server.app.inject({
          method,
          url,
          headers: { ...bearing(), 'content-type': 'application/json' },
          payload: JSON.stringify(change(example))
        })
        assert.ok(answer.statusCode < 500, `${method} ${url}: ${answer.payload}`)
        const after = await countRows(server.deps.database)
        if (answer.statusCode >= 400) assert.deepEqual(after, before)
        before = after
      }
    )

    await fc.assert(property, { seed, numRuns: 300 })
  })
})

/** Any JSON; or a right body of which any one value is any JSON: that comes further. */
const anyBody: fc.Arbitrary<(example: unknown) => unknown> = fc.oneof(
  fc.jsonValue().map(value => () => value),
  fc
    .tuple(
      fc.nat(20),
      fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          1e308,
          -1,
          0,
          2 ** 53,
          '+16015550142',
          '',
          '\0',
          'https://a.example',
          'Admin',
          '\ud800'
        )
      )
    )
    .map(
      ([place, value]) =>
        (example: unknown) =>
          replaced(example, place, value)
    )
)

/** A copy in which the value at some place, counted from the outside in, is another one. */
function replaced(example: unknown, place: number, value: unknown): unknown {
  const paths = [...pathsIn(example)]
  const path = paths[place % paths.length] ?? []
  const put = (inner: unknown, [name, ...rest]: string[]): unknown => {
    if (name === undefined) return value
    if (Array.isArray(inner))
      return inner.map((item, index) => (String(index) === name ? put(item, rest) : item))
    const record = Object(inner)
    return { ...record, [name]: put(record[name], rest) }
  }
  return put(example, path)
}

function* pathsIn(value: unknown, path: string[] = []): Generator<string[]> {
  yield path
  if (typeof value !== 'object' || value === null) return
  for (const [name, item] of Object.entries(value)) yield* pathsIn(item, [...path, name])
}

test('a body may be as large as the configuration says', async t => {
  const server = await build(t, 'sqlite', { workers: false })
  await using other = await anotherProcess(server, { config: { BODY_LIMIT_BYTES: 1_024 } })

  const answer = await other.app.inject({
    method: 'POST',
    url: '/api/v1/messages',
    headers: bearing(),
    payload: message({ message_body: 'a'.repeat(1_000) })
  })

  assert.equal(answer.statusCode, 413)
  assert.equal(answer.json().error.message, 'The body is larger than 1024 bytes.')
})
