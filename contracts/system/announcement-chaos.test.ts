import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { verifyLedger } from '../../scripts/ledger/verify-ledger.ts'
import { developmentToken } from '../../server/seed.ts'
import { aDatabase, until } from '../../server/testing/build.ts'
import { Random } from '../../simulator/random.ts'
import {
  call,
  type Outside,
  type Process,
  registerClientApp,
  startOutside,
  startProcess,
  startServer
} from './processes.ts'

/*
 * One announcement under everything that goes wrong at once. `TEST_RECIPIENTS` and `TEST_KILLS` make it as
 * large and as bad as one likes: 100,000 and 20 take some minutes.
 */
const recipients = Number(process.env['TEST_RECIPIENTS'] ?? 800)
const kills = Number(process.env['TEST_KILLS'] ?? 2)
const waitMs = 60_000 + recipients * 10
/** What is asked of everybody costs more the more there are. */
const pollMs = Math.min(500, 5 + recipients / 100)
/** All that happens to a recipient's text, at the provider and at the client. */
const retention = 100_000 + recipients * 20

test(`${recipients} families are reached once each while the server is killed ${kills} times and the provider fails`, async t => {
  const random = seeded(t)
  const outside = await startOutside(t, { retention })
  const database = await aDatabase('sqlite')
  t.after(() => database.drop())
  const environment = { ...impatient, DATABASE_URL: database.url }
  let server = await startServer(t, outside, environment)
  await registerClientApp(outside)
  const crowd = aCrowd(random)
  await optOut(outside, crowd.optedOut)
  makeTrouble(outside)

  // Half of them are to hear it a little later: their texts are planned while servers die.
  const half = Math.ceil(crowd.list.length / 2)
  await postUntilTaken(outside, crowd.list.slice(0, half))
  await postUntilTaken(outside, crowd.list.slice(half), { inMs: 1_500 })
  const startsMs: number[] = []
  let lives = 0
  for (let kill = 0; kill < kills; kill++) {
    const sentBefore = sentSoFar(outside)
    await new Promise(resolve => setTimeout(resolve, random.between(200, 1_500)))
    await server.kill('SIGKILL')
    if (sentSoFar(outside) > sentBefore) lives++
    const killedAt = performance.now()
    server = await startServer(t, outside, environment)
    startsMs.push(Math.round(performance.now() - killedAt))
  }
  t.diagnostic(
    `starts took ${startsMs.join(', ')} ms; texts went out in ${lives} of ${kills} lives`
  )

  await everyoneSettled(outside, server)
  await assertEveryoneOnce(outside, crowd)
})

test(`${recipients} families are reached once each while one of two workers is killed and the provider fails`, async t => {
  const random = seeded(t)
  const outside = await startOutside(t, { retention })
  const database = await aDatabase('postgresql')
  t.after(() => database.drop())
  const environment = {
    ...impatient,
    DATABASE_URL: database.url,
    DATABASE_POOL: '6',
    WORKERS: 'external'
  }
  const server = await startServer(t, outside, environment)
  await registerClientApp(outside)
  const crowd = aCrowd(random)
  const worker = () =>
    startProcess(t, 'server/worker.ts', { ...outside.environment, ...environment })
  const workers = [worker(), worker()]
  await optOut(outside, crowd.optedOut)
  makeTrouble(outside)

  await Promise.all([
    postUntilTaken(outside, crowd.list),
    postUntilTaken(outside, crowd.list.toReversed())
  ])
  await until('some to be sent', () => sentSoFar(outside) > recipients / 10, waitMs)
  await workers[0]?.kill('SIGKILL')

  await everyoneSettled(outside, server)
  await assertEveryoneOnce(outside, crowd)
})

/** Silence of the provider is asked after soon, leases end soon. */
const impatient = {
  SENDING_RATES: 'long_code=5000',
  STATUS_CHECK_AFTER_MS: '1500',
  RECONCILE_AFTER_MS: '500',
  LEASE_MS: '3000',
  CLIENT_EVENT_RETRY_SCHEDULE: '100ms,200ms,500ms,1s,2s,5s,10s'
}

function seeded(t: TestContext): Random {
  const seed = process.env['TEST_SEED'] ?? String(Date.now())
  t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the moments`)
  return new Random(`announcement-chaos/${seed}`)
}

interface Crowd {
  /** As posted: a tenth of them twice, a hundredth of them no numbers. */
  list: unknown[]
  reached: Set<string>
  optedOut: string[]
}

function aCrowd(random: Random): Crowd {
  const families = Array.from(
    { length: recipients },
    (_, index) => `+1601${String(2_000_000 + index)}`
  )
  const optedOut = families.filter((_, index) => index % 50 === 7)
  const list: unknown[] = families.map((number, index) =>
    index % 3 === 0 ? { recipient_number: number, client_message_id: String(index) } : number
  )
  for (let index = 0; index < recipients / 10; index++)
    list.splice(random.between(0, list.length), 0, families[random.between(0, recipients - 1)])
  for (let index = 0; index < recipients / 100; index++)
    list.splice(random.between(0, list.length), 0, `555-${index}`)
  const blocked = new Set(optedOut)
  return { list, reached: new Set(families.filter(number => !blocked.has(number))), optedOut }
}

/** A first announcement gives the customer its number; they answer it with STOP. */
async function optOut(outside: Outside, people: readonly string[]): Promise<void> {
  await call(outside, 'POST', '/announcements', announcement('first', people.slice(0, 1)))
  await until('the first announcement', () => outside.timesSent('Welcome.') === 1, waitMs)
  const world = outside.mock.world()
  const number = world.messages.newestFirst({ to: people[0] }).next().value?.from
  if (!number) throw new Error('The first announcement has no number')
  for (const from of people)
    outside.mock.inbound.receive(world, { from, to: number, body: 'STOP', media: [] })
  const heard = () =>
    outside.clientApp.events.filter(({ type }) => type === 'announcements.message.opt_out').length
  await until('everybody who opted out to be heard', () => heard() === people.length, waitMs)
}

/** Of its answers and of its callbacks the provider loses some, and confuses others. */
function makeTrouble({ mock }: Outside): void {
  const { faults } = mock.world()
  const onCreate = { operation: 'create-message' }
  faults.add({ match: onCreate, effect: { type: 'http', status: 429 }, probability: 0.05 })
  faults.add({ match: onCreate, effect: { type: 'http', status: 500 }, probability: 0.02 })
  faults.add({
    match: onCreate,
    effect: { type: 'connection', fault: 'answer_lost' },
    probability: 0.01
  })
  for (const fault of ['duplicate', 'reorder', 'drop'] as const)
    faults.add({ effect: { type: 'callback', fault, ms: 300 }, probability: 0.05 })
}

const announcement = (id: string, list: readonly unknown[]) => ({
  announcement: {
    client_announcement_id: id,
    global_customer_id: 'local-district',
    type: 'sms',
    body: id === 'first' ? 'Welcome.' : 'School is closed today.',
    recipients: list
  }
})

/** As many as one request takes in JSON. */
const mostInJson = 100_000

/** As a careful client: again, until an answer comes. */
async function postUntilTaken(
  outside: Outside,
  list: readonly unknown[],
  { inMs }: { inMs?: number } = {}
): Promise<void> {
  for (let start = 0; start < list.length; start += mostInJson) {
    const part = announcement('snow-day', list.slice(start, start + mostInJson))
    await until(
      'the announcement to be taken',
      async () => {
        if (inMs !== undefined)
          Object.assign(part.announcement, { send_at: new Date(Date.now() + inMs).toISOString() })
        const answer = await call(outside, 'POST', '/announcements', part).catch(() => undefined)
        if (answer !== undefined && answer.status < 500)
          assert.equal(answer.status, 202, JSON.stringify(answer.body).slice(0, 500))
        return answer?.status === 202
      },
      waitMs
    )
  }
}

const sentSoFar = ({ mock }: Outside): number => mock.world().messages.size

async function everyoneSettled(outside: Outside, server: Process): Promise<void> {
  try {
    await until(
      'everybody to be settled',
      async () => {
        const answer = await call(outside, 'GET', '/announcements/snow-day?limit=1').catch(
          () => undefined
        )
        const counts = answer?.body['counts']
        if (typeof counts !== 'object' || counts === null) return false
        const open = ['accepted', 'scheduled', 'queued', 'sending', 'sent'].filter(
          status => status in counts
        )
        return open.length === 0
      },
      waitMs,
      pollMs
    )
  } catch (error) {
    const answer = await call(outside, 'GET', '/announcements/snow-day?limit=1').catch(String)
    throw new Error(`${JSON.stringify(answer).slice(0, 500)}\n${server.output()}`, { cause: error })
  }
}

async function assertEveryoneOnce(outside: Outside, crowd: Crowd): Promise<void> {
  const { ledger, findings } = await verifyLedger('snow-day', {
    apiUrl: outside.serverUrl,
    token: developmentToken,
    mockUrl: outside.environment['TWILIO_BASE_URL'] ?? ''
  })
  assert.deepEqual(findings, [])
  assert.deepEqual(
    [ledger.accepted, ledger.sent, ledger.blocked, ledger.pending, ledger.refused],
    [recipients, crowd.reached.size, crowd.optedOut.length, 0, 0]
  )
  const areAllTold = () => finalEvents(outside).size === recipients
  await until('every final event to arrive', areAllTold, waitMs, pollMs)
  for (const [recipient, ids] of finalEvents(outside))
    assert.equal(ids.size, 1, `${recipient} has one final event`)
}

/** The ids of the events that end a message of the announcement, by recipient. */
function finalEvents({ clientApp }: Outside): Map<string, Set<string>> {
  const finals = new Map<string, Set<string>>()
  for (const { eventId, payload, authentic } of clientApp.events) {
    const isFinal =
      authentic &&
      payload['client_announcement_id'] === 'snow-day' &&
      ['delivered', 'blocked', 'undelivered', 'failed'].includes(String(payload['internal_status']))
    if (!isFinal) continue
    const recipient = String(payload['recipient_number'])
    finals.set(recipient, (finals.get(recipient) ?? new Set()).add(eventId))
  }
  return finals
}
