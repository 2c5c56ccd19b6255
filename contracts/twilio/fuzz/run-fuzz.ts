import { createMockTwilio, type MockTwilio } from '../../../mock-twilio/app.ts'
import {
  developmentAccount,
  developmentAccountSeed
} from '../../../mock-twilio/development-account.ts'
import type { CallbackReply } from '../../../simulator/callback-sender.ts'
import { VirtualClock } from '../../../simulator/clock.ts'
import { Random } from '../../../simulator/random.ts'
import { complaintOf, type FuzzAnswer } from './oracle.ts'
import { fuzzStart } from './control-requests.ts'
import { authorization, RequestMaker, type FuzzRequest } from './requests.ts'
import { nastyText, pick } from './values.ts'

/*
 * Requests without end against mocks in this process, one mock an epoch. An epoch depends on the seed and on
 * its number alone, so that a failure is repeated by running its epoch again.
 */

export interface FuzzOptions {
  seed: string
  requests: number
  /** It stops after so many real seconds, whether or not all was sent. */
  seconds: number
  firstEpoch?: number
  onEpoch?: (report: FuzzReport) => void
}

export interface FuzzFailure {
  complaint: string
  epoch: number
  index: number
  /** How often the like was seen. */
  count: number
  curl: string
  answer: string
}

export interface FuzzReport {
  sent: number
  seconds: number
  cpuSeconds: number
  /** By status. */
  answers: Record<string, number>
  /** How many requests to each operation succeeded. */
  reached: Map<string, number>
  failures: readonly FuzzFailure[]
  mostHeapMb: number
}

export const requestsPerEpoch = 25_000
const housekeepingEvery = 250
const anewEvery = 2500

export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const startedAt = performance.now()
  const failures = new Map<string, FuzzFailure>()
  const report = {
    sent: 0,
    seconds: 0,
    cpuSeconds: 0,
    answers: {},
    reached: new Map<string, number>(),
    failures: [],
    mostHeapMb: 0
  } satisfies FuzzReport
  const seconds = () => (performance.now() - startedAt) / 1000
  const cpuBefore = process.cpuUsage()
  for (
    let epoch = options.firstEpoch ?? 0;
    report.sent < options.requests && seconds() < options.seconds;
    epoch++
  ) {
    const run = await Epoch.open(options.seed, epoch, { report, failures })
    const count = Math.min(requestsPerEpoch, options.requests - report.sent)
    for (let index = 0; index < count && seconds() < options.seconds; index++) {
      await run.step(index)
      report.sent++
    }
    await run.close(count)
    report.seconds = seconds()
    const { user, system } = process.cpuUsage(cpuBefore)
    report.cpuSeconds = (user + system) / 1e6
    report.mostHeapMb = Math.max(report.mostHeapMb, process.memoryUsage().heapUsed / 1_048_576)
    options.onEpoch?.({ ...report, failures: [...failures.values()] })
  }
  return { ...report, failures: [...failures.values()] }
}

interface Tally {
  report: { answers: Record<string, number>; reached: Map<string, number> }
  failures: Map<string, FuzzFailure>
}

class Epoch {
  readonly #mock: MockTwilio
  readonly #maker: RequestMaker
  readonly #epoch: number
  readonly #tally: Tally
  /** What the mock's own log called an error, and what nobody caught. */
  readonly #crashes: string[]
  readonly #onCrash: (error: unknown) => void

  private constructor(
    mock: MockTwilio,
    {
      maker,
      epoch,
      tally,
      crashes
    }: { maker: RequestMaker; epoch: number; tally: Tally; crashes: string[] }
  ) {
    this.#mock = mock
    this.#maker = maker
    this.#epoch = epoch
    this.#tally = tally
    this.#crashes = crashes
    this.#onCrash = error => {
      crashes.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
    }
    process.on('unhandledRejection', this.#onCrash)
    process.on('uncaughtException', this.#onCrash)
  }

  static async open(fuzzSeed: string, epoch: number, tally: Tally): Promise<Epoch> {
    const seed = developmentAccountSeed('https://app.invalid/inbound')
    const crashes: string[] = []
    const answers = new Random(`${fuzzSeed}/${epoch}/application`)
    const mock = await createMockTwilio({
      clock: new VirtualClock({ mode: 'frozen', start: fuzzStart }),
      seed: fuzzSeed,
      retention: 1000,
      accounts: [
        {
          ...seed,
          numbers: [...(seed.numbers ?? []), { phone_number: '+18885550170' }],
          short_codes: [{ short_code: '60155' }]
        }
      ],
      hostedMediaBaseUrl: 'https://mock.invalid',
      logger: { level: 'error', stream: { write: (line: string) => crashes.push(line) } },
      transport: () => applicationAnswer(answers)
    })
    await mock.app.ready()
    const maker = new RequestMaker(new Random(`${fuzzSeed}/${epoch}`))
    return new Epoch(mock, { maker, epoch, tally, crashes })
  }

  async step(index: number): Promise<void> {
    if (index % housekeepingEvery === 0) await this.#keepHouse(index)
    const request = this.#maker.next()
    const answer = await this.#send(request)
    const { answers, reached } = this.#tally.report
    answers[answer.status] = (answers[answer.status] ?? 0) + 1
    // A picture of somebody else's is a redirection.
    if (answer.status > 0 && answer.status < 400 && request.route !== undefined) {
      const operation = `${request.method} ${request.route}`
      reached.set(operation, (reached.get(operation) ?? 0) + 1)
    }
    this.#maker.learn(request, answer)
    const complaint = this.#complaintOf(request, answer, index % 4 === 0)
    if (complaint !== undefined) await this.#note(complaint, index, request, answer)
  }

  /** The mock still does what it is for. */
  async close(index: number): Promise<void> {
    await this.#keepHouse(0)
    const { accountSid, phoneNumbers } = developmentAccount
    const request: FuzzRequest = {
      method: 'POST',
      path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
      query: [],
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: ['To=%2B16015550123', `From=%2B${phoneNumbers[0].slice(1)}`, 'Body=Still+there%3F'],
      route: undefined
    }
    const answer = await this.#send(request)
    if (answer.status !== 201)
      await this.#note('the mock is not itself any more', index, request, answer)
    await this.#mock.close()
    // What was left hanging shows itself a turn later.
    await new Promise(resolve => setImmediate(resolve))
    for (const crash of this.#crashes.splice(0)) await this.#note(crash, index, request, answer)
    process.off('unhandledRejection', this.#onCrash)
    process.off('uncaughtException', this.#onCrash)
  }

  /** Time passes, the account is awake, and now and then everything begins anew. */
  async #keepHouse(index: number): Promise<void> {
    const { clock } = this.#mock
    clock.setMode('frozen')
    if (clock.now() > fuzzStart + 1e12) clock.set(fuzzStart)
    const isAnew = index % anewEvery === 0
    const { accountSid } = developmentAccount
    try {
      await clock.advance(isAnew ? '40 d' : '10 s')
      if (isAnew) clock.set(fuzzStart)
    } catch (error) {
      this.#onCrash(error)
    }
    const world = this.#mock.store.get(accountSid)
    if (world !== undefined && (isAnew || world.status !== 'active')) {
      await this.#mock.app.inject({ method: 'POST', url: '/_mock/reset', payload: {} })
      this.#maker.forget()
    }
    // What goes wrong on purpose goes wrong for a while.
    this.#mock.store.get(accountSid)?.faults.clear()
  }

  async #send(request: FuzzRequest): Promise<FuzzAnswer> {
    const { method, path, query, headers, body } = request
    try {
      const answer = await this.#mock.app.inject({
        // It says of itself which methods it takes, and is asked with others as well.
        method: method as 'GET',
        url: query.length === 0 ? path : `${path}?${query.join('&')}`,
        headers,
        payloadAsStream: true,
        ...(body.length === 0 ? {} : { payload: body.join('&') })
      })
      return {
        status: answer.statusCode,
        contentType: answer.headers['content-type'] ?? '',
        body: await readAnswer(answer.stream())
      }
    } catch (error) {
      // No request at all, or a connection that a fault has cut.
      const reason = error instanceof Error ? error.message : String(error)
      return { status: 0, contentType: '', body: reason }
    }
  }

  #complaintOf(request: FuzzRequest, answer: FuzzAnswer, isSampled: boolean): string | undefined {
    const [crash] = this.#crashes.splice(0)
    if (crash !== undefined) return crash
    if (answer.status === 0) {
      return /destroyed|Invalid URL/.test(answer.body) ? undefined : `no answer: ${answer.body}`
    }
    return complaintOf(request, answer, isSampled)
  }

  async #note(
    complaint: string,
    index: number,
    request: FuzzRequest,
    answer: FuzzAnswer
  ): Promise<void> {
    const { failures } = this.#tally
    const alike = signatureOf(complaint)
    const known = failures.get(alike)
    if (known !== undefined) {
      known.count++
      return
    }
    const failure = {
      complaint,
      epoch: this.#epoch,
      index,
      count: 1,
      curl: '',
      answer: answer.body.slice(0, 500)
    }
    failures.set(alike, failure)
    failure.curl = curlOf(await this.#minimised(request, alike))
  }

  /** Whatever can be left out without losing the failure is left out; one that needs its history stays as it is. */
  async #minimised(request: FuzzRequest, alike: string): Promise<FuzzRequest> {
    let smallest = request
    for (const smaller of simplifications(request)) {
      const candidate = smaller(smallest)
      const answer = await this.#send(candidate)
      const complaint = this.#complaintOf(candidate, answer, true)
      if (complaint !== undefined && signatureOf(complaint) === alike) smallest = candidate
    }
    return smallest
  }
}

/** Longer is only the sound of a recording, of up to a day. */
const longestAnswer = 4_000_000

async function readAnswer(stream: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of stream) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > longestAnswer) break
  }
  return Buffer.concat(pieces).toString()
}

function* simplifications(request: FuzzRequest): Generator<(from: FuzzRequest) => FuzzRequest> {
  for (const part of request.query) {
    yield from => ({ ...from, query: from.query.filter(other => other !== part) })
  }
  for (const part of request.body) {
    yield from => ({ ...from, body: from.body.filter(other => other !== part) })
    yield from => ({
      ...from,
      body: from.body.map(other => (other === part ? part.slice(0, 60) : other))
    })
  }
  for (const name of Object.keys(request.headers)) {
    yield from => ({
      ...from,
      headers: Object.fromEntries(Object.entries(from.headers).filter(([other]) => other !== name))
    })
  }
}

/** Failures that differ in sids, numbers and places alone are one failure. */
function signatureOf(complaint: string): string {
  const [, stack] = /"stack":"((?:[^"\\]|\\.)*)"/.exec(complaint) ?? []
  const text = stack ?? complaint
  return text.replace(/[0-9a-f]{32}|\d+/g, '#').slice(0, 300)
}

function curlOf({ method, path, query, headers, body }: FuzzRequest): string {
  const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
  const url = `http://127.0.0.1:4010${path}${query.length === 0 ? '' : `?${query.join('&')}`}`
  return [
    `curl -X ${method} ${quote(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body.length === 0 ? [] : [`--data-binary ${quote(body.join('&'))}`])
  ].join(' ')
}

/** An application that is mostly well behaved. */
function applicationAnswer(random: Random): CallbackReply {
  if (random.chance(0.7)) return { status: 204 }
  if (random.chance(0.1)) throw new Error('connection refused')
  const text = nastyText(random)
  const body = pick(
    [
      '<Response/>',
      '<Response><Message>Hello</Message></Response>',
      `<Response><Message to="${text}" from="${text}"><Body>${text}</Body><Media>${text}</Media></Message></Response>`,
      `<Response><Message action="${text}" statusCallback="${text}">a</Message><Redirect>${text}</Redirect></Response>`,
      '<Response><Redirect>https://app.invalid/again</Redirect></Response>',
      `<Response>${'<Message>x</Message>'.repeat(20)}</Response>`,
      '<!DOCTYPE x [<!ENTITY a "b">]><Response><Message>&a;</Message></Response>',
      '<Response><Message>',
      `<${text}>`,
      text
    ],
    random
  )
  const contentType = pick(
    ['text/xml', 'text/plain', 'application/xml; charset=x', 'image/png', ''],
    random
  )
  return { status: pick([200, 200, 200, 201, 302, 404, 500, 99], random), contentType, body }
}
