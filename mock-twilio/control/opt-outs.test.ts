import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, firstNumber, person, secondNumber } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'

const service = developmentAccount.messagingServiceSid

test('somebody is opted out and in again without a text, and it is written down', async t => {
  const { control, send } = await build(t)

  const added = await control('POST', '/_mock/opt-outs', { handset: person, sender: firstNumber })
  const again = await control('POST', '/_mock/opt-outs', { handset: person, sender: service })
  const blocked = await send({ From: secondNumber })
  await control('DELETE', `/_mock/opt-outs?sender=${encodeURIComponent(secondNumber)}`)
  const sent = await send()
  const journal = await control('GET', '/_mock/journal?number=%2B16015550123')

  assert.deepEqual([added.status, again.status, blocked.status, sent.status], [201, 200, 400, 201])
  assert.deepEqual(
    [added.body['handset'], added.body['sender'], added.body['keyword']],
    [person, service, 'STOP'],
    'a number in a service stands for the whole service'
  )
  assert.match(JSON.stringify(journal.body), /"kind":"opt-out".*"kind":"opt-in"/)
})

test('opt-outs are found and removed by handset and by sender', async t => {
  const { control, request } = await build(t)
  await request('DELETE', `/messaging/v1/Services/${service}`)
  const others = '+16015550124'
  for (const handset of [person, others]) {
    for (const sender of [firstNumber, secondNumber]) {
      await control('POST', '/_mock/opt-outs', { handset, sender, keyword: 'QUIT' })
    }
  }
  const count = async (query: string) => {
    const { body } = await control('GET', `/_mock/opt-outs${query}`)
    return Object.keys(body).length
  }
  const byHandset = `?handset=${encodeURIComponent(person)}`
  const bySender = `sender=${encodeURIComponent(firstNumber)}`

  const counts = [
    await count(''),
    await count(byHandset),
    await count(`${byHandset}&${bySender}`),
    await count('?sender=nobody')
  ]
  await control('DELETE', `/_mock/opt-outs${byHandset}&${bySender}`)
  await control('DELETE', '/_mock/opt-outs?sender=nobody')

  assert.deepEqual(counts, [4, 2, 1, 0])
  assert.equal(await count(''), 3)
})

test('who or what is not there cannot be opted out', async t => {
  const { control } = await build(t)
  const wrong: [object, number][] = [
    [{ handset: person, sender: '+16015559999' }, 404],
    [{ handset: person, sender: '__proto__' }, 404],
    [{ handset: 'Ann', sender: firstNumber }, 400],
    [{ handset: person }, 400],
    [{ handset: person, sender: firstNumber, keyword: '' }, 400],
    [{ handset: { is: person }, sender: firstNumber }, 400],
    [{ handset: person, sender: firstNumber, because: 'x' }, 400]
  ]

  for (const [body, status] of wrong) {
    assert.equal((await control('POST', '/_mock/opt-outs', body)).status, status)
  }
  const misspelt = await control('DELETE', '/_mock/opt-outs?handsets=x')
  assert.equal(misspelt.status, 400)
  assert.deepEqual((await control('GET', '/_mock/opt-outs')).body, [])
})
