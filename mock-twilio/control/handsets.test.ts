import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'

const path = `/_mock/handsets/${person}`

test('a number gets a persona, shows it with what it is up to, and loses it again', async t => {
  const { control, send, mock } = await build(t)
  const persona = { rules: [{ replies: { body: 'Yes', after: '1 h' } }] }

  const given = await control('PUT', path, persona)
  await send()
  await mock.clock.advance('1 min')
  const shown = await control('GET', path)
  const all = await control('GET', '/_mock/handsets')
  const removed = await control('DELETE', path)
  const missing = await control('DELETE', path)
  const bare = await control('GET', path)

  assert.deepEqual([given.status, removed.status, missing.status], [201, 204, 404])
  assert.deepEqual(shown.body['persona'], persona)
  const { pending, ...state } = Object(shown.body['state'])
  assert.deepEqual(state, { is_off: false, received: 1, sent: 1, script_step: 0 })
  assert.deepEqual([pending.length, pending[0].to, pending[0].body], [1, firstNumber, 'Yes'])
  assert.match(JSON.stringify(shown.body['messages']), /"on_screen":true/)
  assert.match(JSON.stringify(all.body), new RegExp(`"number":"\\${person}"`))
  assert.equal(bare.body['persona'], undefined)
})

test('a persona that is put again begins anew', async t => {
  const { control, send, mock } = await build(t)
  const persona = { rules: [{ replies: 'Yes', times: 'once' }] }

  for (const status of [201, 200]) {
    assert.equal((await control('PUT', path, persona)).status, status)
    await send()
    await mock.clock.advance('1 min')
  }

  const { body } = await control('GET', path)
  assert.equal(JSON.stringify(body['messages']).match(/"Yes"/g)?.length, 2)
})

test('a world begins with its handsets', async t => {
  const { control, send, mock } = await build(t)

  await control('POST', '/_mock/reset', {
    handsets: [
      { number: person, persona: { line: 'landline', off: { until: '2026-11-22T08:00:00-06:00' } } }
    ]
  })
  await send({ StatusCallback: '' })
  await mock.clock.advance('1 min')

  const { body } = await control('GET', path)
  assert.match(JSON.stringify(body['messages']), /"error_code":30006/)
})

test('what makes no sense is refused in words, and nothing of it stays', async t => {
  const { control, mock } = await build(t)
  const wrong: object[] = [
    { line: 'telegraph' },
    { rules: [{ replies: {} }] },
    { rules: [{ when: { matches: '(a+)+' }, replies: 'x' }] },
    { rules: [{ when: { says: 'x' }, replies: 'x' }] },
    { rules: [{ replies: 'x', times: 0 }] },
    { off: { until: 'later' } },
    { off: { daily: { from: '25:00', to: '07:00' } } },
    { arrives_after: 'a while' },
    { arrives_after: [1, 2, 3] },
    {
      rules: [
        { replies: { media: [{ content_type: 'application/x-msdownload', url: 'http://a' }] } }
      ]
    },
    { rules: 'STOP' },
    JSON.parse('{"__proto__":{"line":"mobile"},"constructor":1}')
  ]

  for (const persona of wrong) {
    const answer = await control('PUT', path, persona)
    assert.equal(answer.status, 400, JSON.stringify(persona))
    assert.ok(answer.body['error'])
  }
  const reset = await control('POST', '/_mock/reset', {
    handsets: [{ number: person, persona: { arrives_after: '3 zz' } }]
  })
  assert.equal(reset.status, 400)
  assert.equal(mock.world().handsets.get(person), undefined)
  assert.equal((await control('PUT', '/_mock/handsets/nobody', {})).status, 400)
  assert.equal(mock.world().numbers.size, 2, 'the world is as it was')
})

test('media that no carrier would take are refused', async t => {
  const { control, receiver } = await build(t)
  const send = (body: object) => control('POST', `${path}/messages`, { to: firstNumber, ...body })
  const big = Buffer.alloc(5 * 1024 * 1024 + 1).toString('base64')

  const statuses = [
    await send({ media: [{ content_type: 'application/x-msdownload', base64: 'AAAA' }] }),
    await send({ media: [{ content_type: 'image/png\r\nX: 1', base64: 'AAAA' }] }),
    await send({ media: [{ content_type: 'image/png', base64: '😀' }] }),
    await send({ media: [{ content_type: 'image/png', base64: big }] }),
    await send({
      media: [1, 2].map(() => ({
        content_type: 'image/png',
        base64: big.slice(0, big.length / 2 + 4)
      }))
    }),
    await send({ media_urls: ['javascript:alert(1)'] }),
    await send({
      media_urls: Array.from({ length: 6 }, () => 'http://a/b'),
      media: Array.from({ length: 6 }, () => ({ content_type: 'image/png', base64: '' }))
    }),
    await send({ body: 'x'.repeat(16_001) })
  ].map(({ status }) => status)

  assert.deepEqual(statuses, [400, 400, 400, 413, 413, 400, 400, 400])
  assert.equal(receiver.received.length, 0)
})

test('a world begins with a phone that is off for now', async t => {
  const { control } = await build(t)
  const persona = { off: { until: '2026-11-23T13:00:00Z' } }
  const begin = (until: string) =>
    control('POST', '/_mock/reset', {
      handsets: [{ number: person, persona: { off: { until } } }]
    })

  assert.equal((await begin('tomorrow')).status, 400)
  assert.equal((await begin(persona.off.until)).status, 200)

  const { body } = await control('GET', path)
  assert.deepEqual(body['persona'], persona)
})
