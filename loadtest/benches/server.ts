import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { development, developmentToken } from '../../server/seed.ts'
import { freePort } from '../../simulator/free-port.ts'
import {
  connections,
  measure,
  print,
  quick,
  rounds,
  row,
  secondsPerRound,
  warmUpSeconds,
  type Rate
} from '../measure.ts'
import { startTarget, type TargetProcess } from '../target-process.ts'

const roundTrips = quick ? 1_000 : 4_000
const directory = await mkdtemp(join(tmpdir(), 'common-services-bench-'))

/** What the server does in a second: accepting, and whole round trips. */
export async function benchServer(): Promise<void> {
  try {
    await acceptance()
    await roundTrip()
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Accepting POST /messages durably, beside the same route that stores nothing. */
async function acceptance(): Promise<void> {
  const floor = await startTarget('bare-acceptance')
  const platform = await startTarget('bare-acceptance', { PLATFORM: 'yes' })
  const normal = await startTarget('server', { ...serverEnvironment('normal'), CONSUME: 'no' })
  const full = await startTarget('server', {
    ...serverEnvironment('full'),
    CONSUME: 'no',
    SQLITE_SYNCHRONOUS: 'FULL'
  })
  const targets = { floor, platform, normal, full }
  const rates: Record<keyof typeof targets, Rate[]> = {
    floor: [],
    platform: [],
    normal: [],
    full: []
  }
  for (const target of Object.values(targets)) await load(target, warmUpSeconds)
  for (let round = 0; round < rounds; round++) {
    for (const [name, target] of Object.entries(targets))
      rates[name as keyof typeof targets].push(await load(target, secondsPerRound))
  }
  for (const target of Object.values(targets)) await target.stop()

  print('Accepting POST /messages, SQLite, 50 connections', [
    row('bare route, nothing stored (floor)', rates.floor, rates.floor),
    row('the same behind our HTTP platform, nothing stored', rates.platform, rates.floor),
    row('durable, synchronous NORMAL', rates.normal, rates.floor),
    row('durable, synchronous FULL', rates.full, rates.floor)
  ])
  print('The same, beside our HTTP platform with nothing stored: what durability costs', [
    row('nothing stored (floor)', rates.platform, rates.platform),
    row('durable, synchronous NORMAL', rates.normal, rates.platform),
    row('durable, synchronous FULL', rates.full, rates.platform)
  ])
}

function load(target: TargetProcess, seconds: number): Promise<Rate> {
  return measure(target, seconds, {
    path: '/api/v1/messages',
    headers: { authorization: `Bearer ${developmentToken}`, 'content-type': 'application/json' },
    body: message('Accepted')
  })
}

/** Accepted, sent, three callbacks taken, two events delivered; beside the bare HTTP exchanges of the same. */
async function roundTrip(): Promise<void> {
  const rates: Record<'floor' | 'product', Rate[]> = { floor: [], product: [] }
  for (let round = 0; round < rounds; round++) {
    rates.floor.push(await roundTripOf('bare-server', 'bare-world', round))
    rates.product.push(await roundTripOf('server', 'outside-world', round))
  }
  print(
    `Full round trip of ${roundTrips} texts (accept, send, three callbacks, two events), SQLite`,
    [
      row('bare pipeline of the same exchanges (floor)', rates.floor, rates.floor),
      row('server, synchronous NORMAL', rates.product, rates.floor)
    ]
  )
}

async function roundTripOf(serverName: string, worldName: string, round: number): Promise<Rate> {
  const [port, mockPort, clientAppPort] = await Promise.all([freePort(), freePort(), freePort()])
  const environment = {
    ...serverEnvironment(`${serverName}-${round}`),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MOCK_PORT: String(mockPort),
    TWILIO_BASE_URL: `http://127.0.0.1:${mockPort}`,
    CLIENT_APP_PORT: String(clientAppPort),
    CALLBACK_URL: `http://127.0.0.1:${clientAppPort}/events`
  }
  const world = await startTarget(worldName, environment)
  const server = await startTarget(serverName, environment)
  const before = await server.usage()
  const startedAt = performance.now()
  const result = await autocannon({
    url: `${server.url}/api/v1/messages`,
    method: 'POST',
    connections,
    amount: roundTrips,
    headers: { authorization: `Bearer ${developmentToken}`, 'content-type': 'application/json' },
    body: message('There and back', { messaging_service_sid: development.messagingServiceSid })
  })
  const deadline = performance.now() + 60_000
  while (Number(await world.ask('delivered')) < roundTrips) {
    if (performance.now() > deadline)
      throw new Error(
        `only ${String(await world.ask('delivered'))} of ${roundTrips} were delivered`
      )
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  const seconds = (performance.now() - startedAt) / 1_000
  const after = await server.usage()
  await server.stop()
  await world.stop()
  return {
    perSecond: roundTrips / seconds,
    perCpuSecond: roundTrips / ((after.cpuMs - before.cpuMs) / 1_000),
    p99Ms: result.latency.p99,
    rssMb: after.rssBytes / 1_048_576
  }
}

function serverEnvironment(name: string): Record<string, string> {
  return {
    PORT: '0',
    DATABASE_URL: `sqlite:${join(directory, `${name}.sqlite`)}`,
    LOG_LEVEL: 'warn'
  }
}

function message(body: string, more: object = {}): string {
  return JSON.stringify({
    message: {
      sender_number: development.numbers[0].number,
      receiver_number: development.parentNumber,
      client_conversation_id: 'bench',
      message_body: body,
      ...more
    }
  })
}
