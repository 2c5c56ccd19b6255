import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { readEvidence } from './evidence.ts'

const script = `
  import * as fc from 'fast-check'
  import { aReceiver } from './mock-twilio/testing/receiver.ts'
  import { phone } from './mock-twilio/testing/phone.ts'
  import { createMockTwilio } from './mock-twilio/app.ts'
  import { developmentAccountSeed } from './mock-twilio/development-account.ts'
  import { VirtualClock } from './simulator/clock.ts'
  import { judgeResponses } from './contracts/twilio/openapi-judge.ts'

  const receiver = await aReceiver()
  const mock = await createMockTwilio({
    clock: new VirtualClock({ mode: 'frozen', start: Date.UTC(2026, 10, 23, 12) }),
    accounts: [developmentAccountSeed(receiver.url + '/inbound?mine=1')]
  })
  judgeResponses(mock.app)
  const account = '/2010-04-01/Accounts/AC00000000000000000000000000000001'
  const login = 'AC00000000000000000000000000000001:mock-auth-token-00000000000000001'
  const send = (fields, headers = {}) => mock.app.inject({
    method: 'POST',
    url: account + '/Messages.json',
    headers: { authorization: 'Basic ' + Buffer.from(login).toString('base64'), ...headers },
    payload: { To: '+16015530003', From: '+16015550100', Body: 'Hello', ...fields }
  })
  await send({ Nonsense: '1', StatusCallback: receiver.url })
  await send({ To: '' })
  await send({}, { prefer: 'code=418' })
  await fc.assert(fc.asyncProperty(fc.string(), async From => {
    await send({ From: 'x:' + From, ValidityPeriod: 60 })
  }), { numRuns: 5 })
  receiver.answers(() => ({ status: 500 }))
  await phone(mock, '+16015550123').texts('+16015550100', 'Hello')
  await mock.clock.advance('1 min')
  await mock.close()
  await receiver.close()
`

test('a process leaves behind what it saw, but not what it tried at random', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-test-'))
  t.after(() => rm(folder, { recursive: true }))

  await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { env: { ...process.env, EVIDENCE_FOLDER: folder } }
  )

  const [evidence, ...others] = readEvidence(folder)
  const answers = evidence?.answers['api POST /2010-04-01/Accounts/{AccountSid}/Messages.json']
  assert.deepEqual(others, [])
  assert.deepEqual(answers?.statuses, [201])
  assert.deepEqual(answers.refusals, ['400 21604'])
  assert.deepEqual(answers.parameters, ['To', 'From', 'Body', 'Nonsense', 'StatusCallback'])
  assert.ok(answers.reads.includes('ValidityPeriod') && !answers.reads.includes('Nonsense'))
  assert.deepEqual([evidence?.messageErrors, evidence?.alerts], [[30003], [11200]])
  assert.deepEqual(Object.keys(evidence?.callbacks ?? {}).toSorted(), [
    'inbound message',
    'status of a message'
  ])
  assert.ok(!evidence?.callbacks['inbound message']?.includes('mine'))
})
