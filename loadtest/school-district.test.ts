import assert from 'node:assert/strict'
import { test } from 'node:test'

import { simulateDistrict } from './school-district/simulation.ts'

const twoDays = { days: 2, messages: 3000, seed: 'test' }

test('two days of a school district are the same every time, to the byte of the journal', async () => {
  const first = await simulateDistrict(twoDays)
  const second = await simulateDistrict(twoDays)

  assert.equal(first.digest, second.digest)
})

test('another seed is another history', async () => {
  const first = await simulateDistrict(twoDays)
  const second = await simulateDistrict({ ...twoDays, seed: 'another' })

  assert.notEqual(first.digest, second.digest)
})

test('in a district everything happens that happens to messages', async () => {
  const { created, replies, outage, statuses, kinds, refusals } = await simulateDistrict(twoDays)

  assert.ok(created >= 2900, `only ${created} were created`)
  for (const status of ['delivered', 'undelivered', 'failed', 'canceled', 'received']) {
    assert.ok((statuses[status] ?? 0) > 0, `no message is ${status}: ${JSON.stringify(statuses)}`)
  }
  for (const kind of ['opt-out', 'provider.reply', 'inbound.delivered', 'callback.delivered']) {
    assert.ok((kinds[kind] ?? 0) > 0, `nothing of the kind ${kind}`)
  }
  assert.ok(replies > 0 && outage.held > 0 && outage.lost > 0 && outage.sentAgain > 0)
  const unexpected = Object.keys(refusals).filter(code => code !== '21610')
  assert.deepEqual(unexpected, [])
})
