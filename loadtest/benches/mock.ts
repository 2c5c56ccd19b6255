import { setTimeout as sleep } from 'node:timers/promises'

import { developmentAccount } from '../../mock-twilio/development-account.ts'
import { allCores, keepOn, measuredCore, otherCores } from '../cores.ts'
import {
  print,
  quick,
  rounds,
  row,
  secondsPerRound,
  warmUpSeconds,
  type MeasuredRequest,
  type Rate
} from '../measure.ts'
import { measureBurst, measureSustained, type Sustained } from '../sustained.ts'
import { startTarget, type TargetProcess } from '../target-process.ts'

const { accountSid, authToken, phoneNumbers } = developmentAccount

/** The carrier takes up to six seconds for a message: from then on as much ends as begins. */
const carrierSeconds = quick ? 4 : 7

/** As many as a test creates at once. */
const burst = quick ? 2_000 : 5_000

/** Creating messages at mock-twilio, beside a bare route that reads and answers the same, and beside Prism. */
export async function benchMock(): Promise<void> {
  const receiver = await startTarget('callback-receiver')
  const bare = await startTarget('bare-form')
  const prism = await startTarget('prism')
  const prismOfOne = await startTarget('prism', { OPERATIONS: 'one' })
  const mock = await startTarget('mock-twilio')
  const targets = [receiver, bare, prism, prismOfOne, mock]
  const plain = create({})
  const told = create({ StatusCallback: `${receiver.url}/status` })
  const callbacks = { receiver, each: 2 }
  const settle = (): Promise<void> => untilQuiet(mock)
  const bareRoute = { target: bare, request: plain, leadInSeconds: 0.5 }
  const bareCalling = { target: bare, request: told, leadInSeconds: 1, callbacks }
  const prismWhole = { target: prism, request: plain, leadInSeconds: 0.5 }
  const prismCut = { target: prismOfOne, request: plain, leadInSeconds: 0.5 }
  const mockSilent = { target: mock, request: plain, leadInSeconds: carrierSeconds, settle }
  const mockTelling = { ...mockSilent, request: told, callbacks }
  const all: Sustained[] = [bareRoute, bareCalling, prismWhole, prismCut, mockSilent, mockTelling]
  const rates = new Map<Sustained, Rate[]>(all.map(one => [one, []]))
  const ratesOf = (one: Sustained): Rate[] => rates.get(one) ?? []
  const bursting: Sustained[] = [bareRoute, mockSilent, mockTelling]
  const burstRates = new Map<Sustained, Rate[]>(bursting.map(one => [one, []]))
  const burstRatesOf = (one: Sustained): Rate[] => burstRates.get(one) ?? []
  const isApart =
    keepOn(otherCores) &&
    keepOn(otherCores, receiver.pid) &&
    targets.slice(1).every(({ pid }) => keepOn(measuredCore, pid))
  try {
    for (const one of all) await measureSustained(one, warmUpSeconds)
    for (let round = 0; round < 2 * rounds - 1; round++) {
      for (const one of bursting) burstRatesOf(one).push(await measureBurst(one, burst))
    }
    for (let round = 0; round < rounds; round++) {
      for (const one of all) ratesOf(one).push(await measureSustained(one, secondsPerRound))
    }
  } finally {
    for (const target of targets) await target.stop()
    keepOn(allCores)
  }
  const floor = ratesOf(bareRoute)
  const burstFloor = burstRatesOf(bareRoute)
  const place = isApart ? 'the target alone on one core' : 'all on the same cores'
  print(`Created in a row: ${burst} messages, 50 connections, ${place}`, [
    row('bare route, the same form and answer (floor)', burstFloor, burstFloor),
    row('mock-twilio, no status callback', burstRatesOf(mockSilent), burstFloor),
    row('mock-twilio, two status callbacks each', burstRatesOf(mockTelling), burstFloor)
  ])
  print(`Kept up without end, callbacks answered too, 50 connections, ${place}`, [
    row('bare route, the same form and answer (floor)', floor, floor),
    row('the same, posting two bare requests each', ratesOf(bareCalling), floor),
    row('mock-twilio, no status callback', ratesOf(mockSilent), floor),
    row('mock-twilio, two status callbacks each', ratesOf(mockTelling), floor)
  ])
  const comparisons = [
    { title: "Beside Prism on Twilio's own document", prismRates: ratesOf(prismWhole) },
    {
      title: 'Beside Prism on a document cut down to this operation',
      prismRates: ratesOf(prismCut)
    }
  ]
  for (const { title, prismRates } of comparisons) {
    print(title, [
      row('Prism', prismRates, prismRates),
      row(
        'mock-twilio, two status callbacks each, created in a row',
        burstRatesOf(mockTelling),
        prismRates
      ),
      row('mock-twilio, no status callback', ratesOf(mockSilent), prismRates),
      row('mock-twilio, two status callbacks each', ratesOf(mockTelling), prismRates)
    ])
  }
}

function create(more: Record<string, string>): MeasuredRequest {
  const credentials = Buffer.from(`${accountSid}:${authToken}`).toString('base64')
  return {
    path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded'
    },
    body: new URLSearchParams({
      To: '+16015550123',
      From: phoneNumbers[0],
      Body: 'Lincoln Elementary: school starts two hours late tomorrow because of the ice.',
      ...more
    }).toString()
  }
}

/** What one round left to do is not done in the next one. */
async function untilQuiet(mock: TargetProcess): Promise<void> {
  const deadline = performance.now() + 120_000
  while (Number(await mock.ask('unfinished')) > 0) {
    if (performance.now() > deadline) throw new Error('mock-twilio does not come to rest')
    await sleep(50)
  }
}
