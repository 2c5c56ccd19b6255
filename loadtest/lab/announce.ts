import type { AnnouncementLedger } from '../../server/features/announcements/schemas.ts'
import type { Account } from './accounts.ts'
import type { Books } from './books.ts'
import { clockMs } from './clock-ms.ts'
import { numberAt } from './recipients.ts'
import { exactly, type KeptPromise } from './result.ts'
import type { Reply, System } from './system.ts'

const firstOfWarmUp = 6_000_000

export const announcementOf = (id: string, more: object = {}): object => ({
  client_announcement_id: id,
  global_customer_id: 'local-district',
  type: 'sms',
  body: 'School is closed today because of snow. Buses do not run.',
  ...more
})

const recipientsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, place) => numberAt(first + place))

/** Posts an announcement to `count` recipients, and sees to it that it was taken. */
export async function announce(
  system: System,
  id: string,
  first: number,
  count: number,
  more: object = {}
): Promise<Reply> {
  const recipients = recipientsFrom(first, count)
  const reply = await system.request('POST', '/announcements', {
    body: { announcement: announcementOf(id, { recipients, ...more }) }
  })
  if (reply.status !== 202)
    throw new Error(`POST /announcements answered ${reply.status}: ${JSON.stringify(reply.body)}`)
  return reply
}

/** Until the code of every process has been compiled and every connection is open. */
export async function warmUp(system: System, recipients = 500): Promise<void> {
  await system.expect([
    {
      name: 'warm-up',
      first: firstOfWarmUp,
      count: recipients,
      startedAt: clockMs(),
      intervalMs: 0
    }
  ])
  await announce(system, 'warm-up', firstOfWarmUp, recipients)
  if (!(await waitForAll(system, recipients))) throw new Error('The warm-up did not end')
  await pause(300)
  for (const target of [system.server, ...system.workers, system.world]) await target.vitals()
}

/**
 * Waits until the client was told of so many deliveries.
 *
 * @returns false when nothing has moved for `patienceMs`
 */
export async function waitForAll(
  system: System,
  count: number,
  patienceMs = 20_000
): Promise<boolean> {
  let movedAt = clockMs()
  let last = -1
  for (;;) {
    const { atProvider, told } = await system.progress()
    if (told >= count) return true
    if (atProvider + told !== last) movedAt = clockMs()
    else if (clockMs() - movedAt > patienceMs) return false
    last = atProvider + told
    await pause(20)
  }
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Books in which everybody was reached once and the client knows of each. */
export function balanced({
  accounts,
  strangers
}: Pick<Books, 'accounts' | 'strangers'>): KeptPromise[] {
  return [
    ...accounts.flatMap(account => everyOnce(account)),
    exactly('texts and events about nobody', strangers, 0)
  ]
}

function everyOnce(account: Account): KeptPromise[] {
  const { name, expected } = account
  return [
    exactly(`${name}: recipients whose text the provider has`, account.atProvider, expected),
    exactly(`${name}: second texts to a recipient`, account.doubledAtProvider, 0),
    exactly(`${name}: deliveries that the client knows of`, account.told, expected),
    exactly(`${name}: deliveries told twice under two ids`, account.doubledEvents, 0),
    exactly(`${name}: events out of their order`, account.backward, 0),
    exactly(`${name}: messages that ended in another way`, account.otherEndings, 0)
  ]
}

export async function ledgerOf(system: System, id: string): Promise<AnnouncementLedger> {
  const { body } = await askPatiently(system, 'GET', `/announcements/${id}?limit=1`)
  return body['ledger'] as AnnouncementLedger
}

/** Asks again while the server sheds load, as its 503 asks a client to. */
export async function askPatiently(
  system: System,
  method: 'GET' | 'POST',
  path: string
): Promise<Reply> {
  for (const deadline = clockMs() + 60_000; ;) {
    const reply = await system.request(method, path)
    if (reply.status === 200) return reply
    if (reply.status !== 503 || clockMs() > deadline)
      throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
    await pause(200)
  }
}

/** What the server itself says became of everybody. */
export async function ledgerPromises(
  system: System,
  id: string,
  expected: { accepted: number; sent: number }
): Promise<KeptPromise[]> {
  const ledger = await ledgerOf(system, id)
  const { accepted, pending, sent, refused, blocked, canceled } = ledger
  return [
    exactly('ledger: accepted', accepted, expected.accepted),
    exactly('ledger: sent', sent, expected.sent),
    exactly(
      'ledger: the sum of what became of them',
      sent + refused + blocked + canceled + pending,
      accepted
    )
  ]
}

/** The processes of a system with what they looked like. */
export async function vitalsOf(
  system: System
): Promise<{ process: string; vitals: Awaited<ReturnType<System['server']['vitals']>> }[]> {
  const processes: [string, System['server']][] = [
    ['server', system.server],
    ...system.workers.map((worker, place): [string, System['server']] => [
      `worker ${place + 1}`,
      worker
    ]),
    ['outside world', system.world]
  ]
  return Promise.all(
    processes.map(async ([process, target]) => ({ process, vitals: await target.vitals() }))
  )
}
