import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber
} from '../../testing/build.ts'

const query = `from=${encodeURIComponent(firstNumber)}&to=${encodeURIComponent(parentNumber)}`
const bodies = (list: { message_body: string }[]) => list.map(message => message.message_body)

onEachDatabase(dialect => {
  test('the messages between two numbers are listed newest first', async t => {
    const server = await build(t, dialect, { workers: false })
    for (const text of ['1', '2', '3']) await server.sendMessage({ message_body: text })
    await server.sendMessage({ sender_number: secondNumber, message_body: 'of another number' })
    await server.sendMessage({ receiver_number: '+16015550143', message_body: 'to another number' })

    const { status, body, headers } = await server.request('GET', `/messages?${query}`)

    assert.equal(status, 200)
    assert.deepEqual(bodies(body), ['3', '2', '1'])
    assert.equal(headers['x-next-cursor'], undefined)
  })

  test('the numbers may stand in a JSON body, or one here and one there', async t => {
    const server = await build(t, dialect, { workers: false })
    await server.sendMessage()

    const inBody = await server.request('GET', '/messages', {
      body: { from: firstNumber, to: parentNumber }
    })
    const mixed = await server.request('GET', `/messages?from=${encodeURIComponent(firstNumber)}`, {
      body: { to: parentNumber }
    })

    assert.deepEqual([inBody.body.length, mixed.body.length], [1, 1])
  })

  test('a request that names JSON and has no body is answered all the same', async t => {
    const server = await build(t, dialect, { workers: false })
    await server.sendMessage()

    const { status, body } = await server.request('GET', `/messages?${query}`, {
      headers: { 'content-type': 'application/json' }
    })

    assert.equal(status, 200)
    assert.equal(body.length, 1)
  })

  test('pages follow each other without gap or repeat, while new messages arrive', async t => {
    const server = await build(t, dialect, { workers: false })
    for (let number = 1; number <= 7; number++)
      await server.sendMessage({ message_body: String(number) })

    const seen: string[] = []
    let cursor: string | undefined = ''
    for (let page = 0; cursor !== undefined; page++) {
      const after = cursor === '' ? '' : `&cursor=${cursor}`
      const answer = await server.request('GET', `/messages?${query}&limit=3${after}`)
      seen.push(...bodies(answer.body))
      const next = answer.headers['x-next-cursor']
      cursor = typeof next === 'string' ? next : undefined
      await server.sendMessage({ message_body: `new ${page}` })
    }

    assert.deepEqual(seen, ['7', '6', '5', '4', '3', '2', '1'])
  })

  test('a page that is just full is known to be the last one', async t => {
    const server = await build(t, dialect, { workers: false })
    for (const text of ['1', '2']) await server.sendMessage({ message_body: text })

    const { body, headers } = await server.request('GET', `/messages?${query}&limit=2`)

    assert.equal(body.length, 2)
    assert.equal(headers['x-next-cursor'], undefined)
  })

  test("another bearer's messages are not listed", async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    await server.sendMessage()

    const { status, body } = await server.request('GET', `/messages?${query}`, { token })

    assert.deepEqual([status, body], [200, []])
  })

  test('a list that cannot be is refused, and the field at fault is named', async t => {
    const server = await build(t, dialect, { workers: false })

    for (const [what, url, field] of refusals) {
      await t.test(what, async () => {
        const { status, body } = await server.request('GET', `/messages?${url}`)

        assert.equal(status, 422)
        assert.deepEqual(
          body.error.details.map((detail: { field: string }) => detail.field),
          [field]
        )
      })
    }
  })
})

const refusals = [
  ['without a sender', `to=${encodeURIComponent(parentNumber)}`, 'from'],
  ['without a receiver', `from=${encodeURIComponent(firstNumber)}`, 'to'],
  ['with a number that is none', query.replace('to=%2B', 'to='), 'to'],
  [
    'with a plus that a query turns into a space',
    `from=${firstNumber}&to=${encodeURIComponent(parentNumber)}`,
    'from'
  ],
  ['of no messages', `${query}&limit=0`, 'limit'],
  ['of too many messages', `${query}&limit=1001`, 'limit'],
  ['of half a message', `${query}&limit=1.5`, 'limit'],
  ['of many messages', `${query}&limit=many`, 'limit'],
  ['after a cursor of its own making', `${query}&cursor=abc`, 'cursor'],
  ['after an empty cursor', `${query}&cursor=`, 'cursor'],
  ['with a number given twice', `${query}&to=${encodeURIComponent(parentNumber)}`, 'to']
] as const
