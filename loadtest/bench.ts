import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { development, developmentToken } from '../server/seed.ts'
import { freePort } from '../simulator/free-port.ts'
import { startTarget, type TargetProcess } from './target-process.ts'

// `npm run bench`: each figure beside a floor measured in the same run, in turns. Machines are noisy, so only
// the ratios mean something. `--quick` takes one short round of each.

const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 3
const secondsPerRound = quick ? 2 : 5
// Until the code that is measured has been compiled.
const warmUpSeconds = quick ? 1 : 5
const roundTrips = quick ? 1_000 : 4_000
const connections = 50

const directory = await mkdtemp(join(tmpdir(), 'common-services-bench-'))

interface Rate {
  perSecond: number
  perCpuSecond: number
  p99Ms: number
  rssMb: number
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

async function load(target: TargetProcess, seconds: number): Promise<Rate> {
  const before = await target.usage()
  const result = await autocannon({
    url: `${target.url}/api/v1/messages`,
    method: 'POST',
    connections,
    duration: seconds,
    headers: { authorization: `Bearer ${developmentToken}`, 'content-type': 'application/json' },
    body: message('Accepted')
  })
  const after = await target.usage()
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${result.non2xx} refusals and ${result.errors} errors: ${JSON.stringify(result.statusCodeStats)}`
    )
  return {
    perSecond: result.requests.total / result.duration,
    perCpuSecond: result.requests.total / ((after.cpuMs - before.cpuMs) / 1_000),
    p99Ms: result.latency.p99,
    rssMb: after.rssBytes / 1_048_576
  }
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

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

function row(name: string, rates: Rate[], floor: Rate[]): Record<string, string> {
  const perSecond = rates.map(rate => rate.perSecond)
  const ratios = rates.map(
    (rate, round) => rate.perSecond / (floor[round]?.perSecond ?? Number.NaN)
  )
  return {
    ' ': name,
    'per second': median(perSecond).toFixed(0),
    'min–max': `${Math.min(...perSecond).toFixed(0)}–${Math.max(...perSecond).toFixed(0)}`,
    'ratio to floor': median(ratios).toFixed(2),
    'per CPU-second': median(rates.map(rate => rate.perCpuSecond)).toFixed(0),
    'p99 ms': median(rates.map(rate => rate.p99Ms)).toFixed(0),
    'RSS MB': median(rates.map(rate => rate.rssMb)).toFixed(0)
  }
}

function print(title: string, rows: Record<string, string>[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map(column =>
    Math.max(column.length, ...rows.map(cells => cells[column]?.length ?? 0))
  )
  const line = (cells: string[]): string =>
    cells.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join('  ')
  process.stdout.write(`\n${title}\n${line(columns)}\n`)
  for (const cells of rows)
    process.stdout.write(`${line(columns.map(column => cells[column] ?? ''))}\n`)
}

try {
  await acceptance()
  await roundTrip()
} finally {
  await rm(directory, { recursive: true, force: true })
}
