import { developmentAccount } from '../../mock-twilio/development-account.ts'
import {
  measure,
  print,
  rounds,
  row,
  secondsPerRound,
  warmUpSeconds,
  type MeasuredRequest,
  type Rate
} from '../measure.ts'
import { startTarget, type TargetProcess } from '../target-process.ts'

const { accountSid, authToken, phoneNumbers } = developmentAccount

/** Creating messages at mock-twilio, beside a bare route that reads and answers the same, and beside Prism. */
export async function benchMock(): Promise<void> {
  const receiver = await startTarget('callback-receiver')
  const bare = await startTarget('bare-form')
  const prism = await startTarget('prism')
  const mock = await startTarget('mock-twilio')
  const targets = [
    { name: 'bare route, the same form and answer (floor)', target: bare, request: create({}) },
    {
      name: "Prism, mocking Twilio's OpenAPI",
      target: prism,
      request: create({})
    },
    { name: 'mock-twilio, no status callback', target: mock, request: create({}) },
    {
      name: 'mock-twilio, two status callbacks each',
      target: mock,
      request: create({ StatusCallback: `${receiver.url}/status` })
    }
  ]
  const rates = targets.map((): Rate[] => [])
  try {
    for (const { target, request } of targets) await measure(target, warmUpSeconds, request)
    await untilQuiet(mock)
    for (let round = 0; round < rounds; round++) {
      for (const [index, { target, request }] of targets.entries()) {
        const settle = target === mock ? () => untilQuiet(mock) : undefined
        rates[index]?.push(await measure(target, secondsPerRound, request, settle))
      }
    }
  } finally {
    for (const target of [receiver, bare, prism, mock]) await target.stop()
  }
  const [floor = [], prismRates = []] = rates
  print(
    'Creating messages, 50 connections',
    targets.map(({ name }, index) => row(name, rates[index] ?? [], floor))
  )
  print(
    'The same, beside Prism',
    targets.map(({ name }, index) => row(name, rates[index] ?? [], prismRates))
  )
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
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
