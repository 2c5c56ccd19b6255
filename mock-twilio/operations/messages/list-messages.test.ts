import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import {
  account,
  build,
  firstNumber,
  secondNumber,
  type Built
} from '../../../contracts/twilio/judged-mock.ts'

const list = `${account}/Messages.json`

interface ListBody {
  messages: { sid: string; to: string; from: string }[]
  next_page_uri: string | null
  start: number
  end: number
}

function asList(body: Record<string, unknown>): ListBody {
  const { messages, next_page_uri: next, start, end } = body
  assert.ok(Array.isArray(messages) && (next === null || typeof next === 'string'))
  return { messages, next_page_uri: next, start: Number(start), end: Number(end) }
}

async function allPages({ request }: Built, first: string): Promise<string[]> {
  const sids: string[] = []
  for (let next: string | null = first; next !== null;) {
    const page: ListBody = asList((await request('GET', next)).body)
    assert.equal(page.start, sids.length)
    sids.push(...page.messages.map(({ sid }) => sid))
    next = page.next_page_uri
  }
  return sids
}

test('the newest come first, and pages link to each other', async t => {
  const built = await build(t)
  const sids: string[] = []
  for (let index = 0; index < 5; index++) {
    const { body } = await built.send({ Body: `Text ${index}` })
    sids.unshift(body.sid)
  }

  const { body } = await built.request('GET', list, { PageSize: 2 })

  assert.deepEqual(
    asList(body).messages.map(({ sid }) => sid),
    sids.slice(0, 2)
  )
  assert.deepEqual(await allPages(built, `${list}?PageSize=2`), sids)
  assert.equal(body['previous_page_uri'], null)
})

test('pages show each message once, whatever is sent and deleted meanwhile', async t => {
  const built = await build(t)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (count, size) => {
        const present: string[] = []
        for (let index = 0; index < count; index++) {
          present.unshift((await built.send()).body.sid)
        }
        await built.mock.clock.advance('1 min')
        const seen: string[] = []
        for (let next: string | null = `${list}?PageSize=${size}`; next !== null;) {
          const page = asList((await built.request('GET', next)).body)
          seen.push(...page.messages.map(({ sid }) => sid))
          const [newest] = seen
          if (newest !== undefined)
            await built.request('DELETE', `${account}/Messages/${newest}.json`)
          await built.send()
          next = page.next_page_uri
        }

        assert.equal(new Set(seen).size, seen.length)
        assert.deepEqual(seen.slice(0, count), present)
        built.mock.world().messages.clear()
      }
    ),
    { numRuns: 15 }
  )
})

test('a list can be of one sender, one receiver, or both', async t => {
  const { send, request } = await build(t)
  await send({ To: '+16015550111' })
  await send({ To: '+16015550122', From: secondNumber })
  await send({ To: '+16015550122' })

  const count = async (filter: Record<string, string>) =>
    asList((await request('GET', list, filter)).body).messages.length

  assert.equal(await count({ To: '+16015550122' }), 2)
  assert.equal(await count({ From: firstNumber }), 2)
  assert.equal(await count({ To: '+16015550122', From: firstNumber }), 1)
  assert.equal(await count({ To: '+16015550199' }), 0)
})

test('a list can be of a day, and of what was sent before or after', async t => {
  const { send, request, mock } = await build(t)
  await send()
  await mock.clock.advance('1 day')
  await send()
  await mock.clock.advance('1 min')
  await send()

  const count = async (filter: Record<string, string>) =>
    asList((await request('GET', list, filter)).body).messages.length

  assert.equal(await count({}), 3)
  assert.equal(await count({ DateSent: '2026-11-23' }), 1)
  assert.equal(await count({ 'DateSent>': '2026-11-24' }), 1)
  assert.equal(await count({ 'DateSent<': '2026-11-24' }), 1)
  assert.equal(await count({ 'DateSent>': '2026-11-23T00:00:00Z', 'DateSent<': '2026-11-25' }), 2)
  assert.equal((await request('GET', list, { DateSent: 'someday' })).body['code'], 20001)
})

test('filters are repeated in the links', async t => {
  const { send, request } = await build(t)
  await send()
  await send()

  const { body } = await request('GET', list, { From: firstNumber, PageSize: 1 })

  assert.match(String(body['next_page_uri']), /From=%2B16015550100&PageSize=1&Page=1&PageToken=PA/)
})
