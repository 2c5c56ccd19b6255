import { createHmac } from 'node:crypto'

import { createMockZoom, type MockZoom } from '../../mock-zoom/app.ts'
import { developmentAccount, developmentAccountSeed } from '../../mock-zoom/development-account.ts'
import { room, type Person, type Room } from '../../mock-zoom/testing/room.ts'
import type { CallbackReply, CallbackRequest } from '../../simulator/callback-sender.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import type { JournalEntry } from '../../simulator/journal.ts'
import { Random } from '../../simulator/random.ts'

/*
 * A month of a school's video calls in one process: staff and parents join, drop and come back, some are recorded,
 * some forget to leave, some are ended by the application when their time is over. The application is down for a
 * morning and wrong for another, hears some events twice and some late, and asks every night for what it missed.
 * No socket, no wall clock, no chance that is not seeded: the same seed writes the same journal, to the byte.
 */

export interface CallsOptions {
  days: number
  sessions: number
  seed: string
}

export interface CallsReport {
  seconds: number
  /** Of the whole journal. */
  digest: string
  entries: number
  sessions: number
  users: number
  /** How many of each event were told. */
  events: Record<string, number>
  /** How calls came to their end. */
  endings: Record<string, number>
  delivered: number
  retried: number
  lost: number
  challenges: number
  missedEnds: number
  files: { count: number; bytes: number }
  mostHeapMb: number
  /** What did not hold, in sentences. */
  problems: string[]
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** A Monday, at midnight. */
const start = Date.UTC(2026, 10, 2)

const { apiKey, apiSecret, secretToken } = developmentAccount

export async function simulateCalls(options: CallsOptions): Promise<CallsReport> {
  const startedAt = performance.now()
  const school = await School.open(options)
  let mostHeap = 0
  for (let number = 0; number < options.days; number++) {
    school.planDay(number)
    await school.mock.clock.advance(day)
    mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed)
  }
  // Late retries, forgotten calls and the last night's questions.
  school.planNight(0)
  await school.mock.clock.advance(day)
  const report = school.report()
  await school.mock.close()
  const seconds = (performance.now() - startedAt) / 1000
  return { ...report, seconds, mostHeapMb: mostHeap / 1_048_576 }
}

class School {
  readonly mock: MockZoom
  readonly #options: CallsOptions
  readonly #random: Random
  readonly #counts: Record<string, number> = {}
  readonly #events: Record<string, number> = {}
  readonly #endings: Record<string, number> = {}
  /** Session ids that the application believes to go on, and those whose end it has heard of or found. */
  readonly #open = new Set<string>()
  readonly #ended = new Set<string>()
  readonly #heard = new Set<string>()
  readonly #problems: string[] = []
  #planned = 0
  #missedEnds = 0
  #files = { count: 0, bytes: 0 }

  private constructor(options: CallsOptions, mock: MockZoom) {
    this.#options = options
    this.mock = mock
    this.#random = new Random(`${options.seed}/school`)
    mock.world().journal.listen(entry => this.#count(entry))
  }

  static async open(options: CallsOptions): Promise<School> {
    const application: { answer?: (callback: CallbackRequest) => CallbackReply } = {}
    const mock = await createMockZoom({
      clock: new VirtualClock({ mode: 'frozen', start }),
      seed: options.seed,
      retention: 20_000,
      digest: true,
      accounts: [developmentAccountSeed('http://school.invalid/zoom')],
      downloadBaseUrl: 'http://mock.invalid',
      transport: callback => application.answer?.(callback) ?? { status: 204 }
    })
    await mock.app.ready()
    const { faults } = mock.world()
    faults.add({ effect: { type: 'callback', fault: 'duplicate', ms: 90_000 }, probability: 0.02 })
    faults.add({
      effect: { type: 'callback', fault: 'delay', ms: [1000, 200_000] },
      probability: 0.05
    })
    faults.add({ effect: { type: 'callback', fault: 'drop' }, probability: 0.005 })
    const school = new School(options, mock)
    application.answer = callback => school.#answer(callback)
    return school
  }

  planDay(number: number): void {
    const { days, sessions } = this.#options
    const upTo = Math.round((sessions * (number + 1)) / days)
    for (; this.#planned < upTo; this.#planned++) this.#planCall(this.#planned)
    this.planNight(23 * hour)
  }

  /** What the application has not heard of, it asks for. */
  planNight(at: number): void {
    this.#later(at, () => this.#reconcile())
  }

  report(): Omit<CallsReport, 'seconds' | 'mostHeapMb'> {
    const { journal, sessions, counts } = this.mock.world()
    const digest = journal.digest()
    if (digest === undefined) throw new Error('the journal has kept no digest')
    const open = [...sessions.values()].filter(({ status }) => status === 'live')
    if (open.length > 0) this.#problems.push(`${open.length} sessions have not ended.`)
    const unknown = [...sessions.keys()].filter(id => !this.#ended.has(id))
    if (unknown.length > 0) {
      this.#problems.push(`The application knows nothing of the end of ${unknown.length} sessions.`)
    }
    return {
      digest,
      entries: journal.lastSeq,
      sessions: counts.sessions,
      users: counts.users,
      events: this.#events,
      endings: this.#endings,
      delivered: this.#counts['webhook.delivered'] ?? 0,
      retried: this.#counts['retried'] ?? 0,
      lost: this.#counts['lost'] ?? 0,
      challenges: this.#counts['webhook.validated'] ?? 0,
      missedEnds: this.#missedEnds,
      files: this.#files,
      problems: this.#problems
    }
  }

  /** Within office hours, for some minutes up to an hour and a half. */
  #planCall(number: number): void {
    const random = this.#random
    const at = 8 * hour + random.between(0, 9 * 60 * 60) * 1000
    const lasts = random.between(2, 90) * minute
    const guests = random.between(0, 3)
    const call = room(this.mock, `Call-${String(number).padStart(5, '0')}`)
    this.#later(at, () => {
      const option = random.between(0, 2)
      const claims = { cloud_recording_transcript_option: option }
      const sessionKey = `key-${number}`
      const host = call.join('Ms. Reyes', { as: 'host', userKey: 'staff-1', sessionKey, claims })
      if (random.chance(0.3)) this.#planRecording(call, host, lasts)
      for (let guest = 0; guest < guests; guest++) {
        const joining = { sessionKey, userKey: `parent-${number}-${guest}` }
        this.#within(call, random.between(0, lasts), () => {
          this.#planGuest(call, call.join(`Parent ${guest} 👋`, joining), lasts)
        })
      }
      this.#planEnd(call, host, lasts)
    })
  }

  #planRecording(call: Room, host: Person, lasts: number): void {
    const random = this.#random
    const from = random.between(0, lasts / 2)
    this.#within(call, from, () => host.startsRecording())
    if (random.chance(0.3)) {
      this.#within(call, from + minute, () => host.pausesRecording())
      this.#within(call, from + 2 * minute, () => host.resumesRecording())
    }
    if (random.chance(0.5)) this.#within(call, from + 3 * minute, () => host.stopsRecording())
  }

  /** Some share, some lose their connection and come back, some leave early. */
  #planGuest(call: Room, guest: Person, lasts: number): void {
    const random = this.#random
    if (random.chance(0.1)) this.#within(call, minute, () => guest.shares().says('Can you see it?'))
    if (random.chance(0.2)) {
      this.#within(call, random.between(0, lasts), () => {
        guest.disconnects()
        this.#within(call, random.between(5000, 80_000), () => guest.rejoins())
      })
    } else if (random.chance(0.3)) {
      this.#within(call, random.between(0, lasts), () => guest.leaves())
    }
  }

  /** By its host, by the application, by those inside one after another, or by nobody. */
  #planEnd(call: Room, host: Person, lasts: number): void {
    const how = this.#random.between(1, 10)
    if (how <= 4) this.#within(call, lasts, () => host.endsForAll(), 'by the host')
    else if (how <= 7) this.#later(lasts, () => this.#endByApi(call))
    else if (how <= 9) this.#within(call, lasts, () => host.leaves(), 'the host left')
    else this.#endings['forgotten'] = (this.#endings['forgotten'] ?? 0) + 1
    // Nobody stays for ever: what is left in the evening is ended.
    this.#later(4 * hour, () => this.#endByApi(call, true))
  }

  async #endByApi(call: Room, isCleaning = false): Promise<void> {
    const { id } = call.session()
    const answer = await this.#ask('PUT', `/videosdk/sessions/${twice(id)}/status`, {
      action: 'end'
    })
    if (answer.status === 204) count(this.#endings, isCleaning ? 'in the evening' : 'by the API')
    // Over already is no error.
    else if (answer.status !== 400) this.#problems.push(`Ending ${id}: ${answer.status}.`)
  }

  /** Only if the session still goes on: people do not act where nobody is. */
  #within(call: Room, delayMs: number, act: () => unknown, ending?: string): void {
    const { id } = call.session()
    this.#later(delayMs, () => {
      if (this.mock.world().sessions.get(id)?.status !== 'live') return
      try {
        act()
        if (ending !== undefined) count(this.#endings, ending)
      } catch (error) {
        // Who acts may have left, and what is recorded may be paused: as in life, nothing happens then.
        count(this.#counts, error instanceof Error ? error.name : 'failed')
      }
    })
  }

  #answer({ body = '', headers }: CallbackRequest): CallbackReply {
    const time = headers['x-zm-request-timestamp'] ?? ''
    if (headers['x-zm-signature'] !== `v0=${hmac(`v0:${time}:${body}`)}`) return { status: 401 }
    const { event, payload, download_token: token } = JSON.parse(body)
    if (event === 'endpoint.url_validation') {
      const { plainToken } = payload
      const told = { plainToken, encryptedToken: hmac(plainToken) }
      return { status: 200, body: JSON.stringify(told) }
    }
    const trouble = this.#trouble()
    if (trouble !== undefined) return { status: trouble }
    const id: string = payload.object.session_id
    if (event === 'session.ended') {
      this.#open.delete(id)
      this.#ended.add(id)
    } else if (!this.#ended.has(id)) this.#open.add(id)
    if (event === 'session.recording_completed' && !this.#heard.has(id)) {
      this.#heard.add(id)
      const files: { download_url: string; file_size: number }[] = payload.object.recording_files
      this.#later(minute, () => this.#fetch(files, token))
    }
    return { status: 200 }
  }

  /** One morning it is down, and Zoom tries again; another one it refuses, and Zoom does not. */
  #trouble(): number | undefined {
    const today = Math.floor((this.mock.clock.now() - start) / day)
    const hours = ((this.mock.clock.now() - start) % day) / hour
    if (hours < 9 || hours > 11) return undefined
    if (today === Math.min(2, this.#options.days - 1)) return 503
    return today === Math.min(4, this.#options.days - 1) ? 404 : undefined
  }

  async #fetch(
    files: readonly { download_url: string; file_size: number }[],
    token: string
  ): Promise<void> {
    for (const file of files) {
      const headers = { authorization: `Bearer ${token}` }
      const first = await this.mock.app.inject({ url: pathOf(file.download_url), headers })
      const answer = await this.mock.app.inject({ url: String(first.headers['location']), headers })
      const { length } = answer.rawPayload
      if (answer.statusCode !== 200 || length !== file.file_size) {
        this.#problems.push(`A file came with ${answer.statusCode} and ${length} bytes.`)
      }
      this.#files.count++
      this.#files.bytes += length
    }
  }

  async #reconcile(): Promise<void> {
    let token = ''
    do {
      const query = `type=past&page_size=300&next_page_token=${token}`
      const { status, body } = await this.#ask('GET', `/videosdk/sessions?${query}`)
      if (status !== 200) {
        this.#problems.push(`Asking for past sessions: ${status}.`)
        return
      }
      const sessions: { id: string }[] = Object.values(Object(body['sessions']))
      for (const { id } of sessions) {
        if (this.#ended.has(id)) continue
        this.#ended.add(id)
        this.#open.delete(id)
        this.#missedEnds++
      }
      token = String(body['next_page_token'])
    } while (token !== '')
  }

  async #ask(method: 'GET' | 'PUT', path: string, payload?: object) {
    const iat = Math.floor(this.mock.clock.now() / 1000)
    const authorization = `Bearer ${apiToken(iat)}`
    const answer = await this.mock.app.inject({
      method,
      url: `/v2${path}`,
      headers: { authorization },
      ...(payload === undefined ? {} : { payload })
    })
    const body: Record<string, unknown> = answer.body === '' ? {} : answer.json()
    return { status: answer.statusCode, body }
  }

  #count(entry: JournalEntry): void {
    count(this.#counts, entry.kind)
    if (entry.kind === 'event') count(this.#events, String(entry['event']).replace('session.', ''))
    if (entry.kind === 'session.idle') count(this.#endings, 'a lone user')
    if (entry.kind === 'webhook.failed') {
      count(this.#counts, entry['retry_at'] === undefined ? 'lost' : 'retried')
    }
  }

  #later(delayMs: number, action: () => unknown): void {
    this.mock.clock.setTimer(delayMs, () => {
      const release = this.mock.clock.hold()
      void Promise.resolve(action()).finally(release)
    })
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

function twice(id: string): string {
  return encodeURIComponent(encodeURIComponent(id))
}

function pathOf(url: string): string {
  return new URL(url).pathname
}

function hmac(text: string): string {
  return createHmac('sha256', secretToken).update(text).digest('hex')
}

function apiToken(iat: number): string {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const claims = { iss: apiKey, iat, exp: iat + 3600 }
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
}
