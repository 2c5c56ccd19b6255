import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, request } from 'undici'

import { benchVideoServer } from './video-server.ts'
import { print, quick, rounds, row, secondsPerRound, warmUpSeconds, type Rate } from '../measure.ts'
import { startTarget, type TargetProcess } from '../target-process.ts'

const parallelSessions = 200
/** Started, joined twice, left twice, ended. */
const eventsOfSession = 6

/**
 * Two hundred video calls at once, in real time: two people join each, one leaves, the host ends it, and a new one
 * begins. Six events of each go to an application that does nothing with them, and a session counts when all are
 * taken. Beside it a bare route that reads the same JSON and sends as many requests.
 */
export async function benchVideo(): Promise<void> {
  const receiver = await startTarget('callback-receiver')
  const environment = { WEBHOOK_URL: `${receiver.url}/events` }
  const bare = await startTarget('bare-webhooks', environment)
  const mock = await startTarget('mock-zoom', environment)
  const rates = new Map<TargetProcess, Rate[]>([
    [bare, []],
    [mock, []]
  ])
  try {
    for (const target of rates.keys()) await measureSessions(target, receiver, warmUpSeconds)
    for (let round = 0; round < rounds; round++) {
      for (const [target, all] of rates) {
        all.push(await measureSessions(target, receiver, quick ? 3 : secondsPerRound))
      }
    }
  } finally {
    for (const target of [receiver, bare, mock]) await target.stop()
  }
  const floor = rates.get(bare) ?? []
  print(
    `${parallelSessions} video calls at once: sessions with ${eventsOfSession} events each taken; p99 is an event, from happening to being taken`,
    [row('bare route and requests', floor, floor), row('mock-zoom', rates.get(mock) ?? [], floor)]
  )
  await benchVideoServer(parallelSessions, floor)
}

async function measureSessions(
  target: TargetProcess,
  receiver: TargetProcess,
  seconds: number
): Promise<Rate> {
  const before = await target.usage()
  const receivedBefore = Number(await receiver.ask('received'))
  await target.ask('took')
  const agent = new Agent({ connections: parallelSessions })
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  const lives = Array.from({ length: parallelSessions }, (_, place) =>
    liveSessions(target.url, agent, place, endsAt)
  )
  const sessions = (await Promise.all(lives)).reduce((sum, count) => sum + count, 0)
  while (Number(await target.ask('unfinished')) > 0) await sleep(5)
  const tookSeconds = (performance.now() - startedAt) / 1000
  const after = await target.usage()
  await agent.close()
  const received = Number(await receiver.ask('received')) - receivedBefore
  if (received !== sessions * eventsOfSession) {
    throw new Error(
      `${sessions} sessions, and ${received} events instead of ${eventsOfSession} each`
    )
  }
  return {
    perSecond: sessions / tookSeconds,
    perCpuSecond: sessions / ((after.cpuMs - before.cpuMs) / 1000),
    p99Ms: percentile99(await target.ask('took')),
    rssMb: after.rssBytes / 1_048_576
  }
}

/** One after another, until time is up. Gives how many. */
async function liveSessions(
  url: string,
  dispatcher: Agent,
  place: number,
  endsAt: number
): Promise<number> {
  let sessions = 0
  while (performance.now() < endsAt) {
    const act = async (action: string, body: object): Promise<void> => {
      const path = `${url}/_mock/rooms/call-${place}-${sessions}/${action}`
      const answer = await request(path, {
        dispatcher,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body)
      })
      const text = await answer.body.text()
      if (answer.statusCode > 299) throw new Error(`${action}: ${answer.statusCode} ${text}`)
    }
    await act('join', { user_name: 'Ana', as: 'host', user_key: 'staff-42' })
    await act('join', { user_name: 'Ben' })
    await act('leave', { user: 'Ben' })
    await act('end', {})
    sessions++
  }
  return sessions
}

function percentile99(took: unknown): number {
  if (!Array.isArray(took)) return Number.NaN
  const sorted = took.map(Number).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN
}
