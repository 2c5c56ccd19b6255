import { createMockTwilio, type MockTwilio } from '../../mock-twilio/app.ts'
import { developmentAccount } from '../../mock-twilio/development-account.ts'
import type { AccountSeed } from '../../mock-twilio/seeds.ts'
import type { CallbackReply, CallbackRequest } from '../../simulator/callback-sender.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import type { JournalEntry } from '../../simulator/journal.ts'
import { Random } from '../../simulator/random.ts'
import { aDistrict, type Family } from './people.ts'

/*
 * A month of a school district in one process: announcements, reminders and chats go through the REST API,
 * callbacks and replies come back by a call. No socket, no wall clock, no chance that is not seeded: the same
 * seed writes the same journal, to the byte.
 */

export interface SimulationOptions {
  days: number
  /** How many the district sends; its replies to parents and what it sends again come on top. */
  messages: number
  seed: string
}

export interface SimulationReport {
  seconds: number
  /** Of the whole journal, what was dropped of it included. */
  digest: string
  entries: number
  created: number
  /** How many messages are in this status at the end, those of parents among them. */
  statuses: Record<string, number>
  kinds: Record<string, number>
  /** What parents wrote. */
  replies: number
  outage: Outage
  /** Refused requests, by code. */
  refusals: Record<string, number>
  mostHeapMb: number
}

interface Outage {
  from: string
  until: string
  /** Kept back by one carrier until it was up again. */
  held: number
  /** Lost by another one, and sent again by the district. */
  lost: number
  sentAgain: number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** A Monday, at midnight. */
const start = Date.UTC(2026, 10, 2)

const { accountSid, authToken } = developmentAccount
const announcementService = 'MG00000000000000000000000000000011'
const announcementNumbers = ['+16015550110', '+16015550111', '+16625550112', '+17695550113']
const chatNumbers = ['+16015550120', '+16015550121', '+16015550122']
const application = 'http://district.invalid'

export async function simulateDistrict(options: SimulationOptions): Promise<SimulationReport> {
  const startedAt = performance.now()
  const run = await District.open(options)
  let mostHeap = 0
  for (let dayNumber = 0; dayNumber < options.days; dayNumber++) {
    run.planDay(dayNumber)
    await run.mock.clock.advance(day)
    mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed)
  }
  // What was sent in the last minutes ends, and who was going to answer does.
  await run.mock.clock.advance(day)
  const { journal } = run.mock.world()
  const digest = journal.digest()
  if (digest === undefined) throw new Error('the journal has kept no digest')
  const { sentAgain } = run
  await run.mock.close()
  const { held, lost, ...tally } = run.tally.counts()
  const [from, until] = outageOf(options)
  return {
    ...tally,
    outage: { from, until, held, lost, sentAgain },
    digest,
    entries: journal.lastSeq,
    seconds: (performance.now() - startedAt) / 1000,
    mostHeapMb: mostHeap / 1_048_576
  }
}

class District {
  readonly mock: MockTwilio
  readonly tally = new Tally()
  sentAgain = 0
  readonly #options: SimulationOptions
  readonly #random: Random
  readonly #families: readonly Family[]
  /** Who asked not to be written to, as the district's secretary has noted it: the next morning. */
  readonly #noted = new Set<string>()
  readonly #asked = new Set<string>()
  readonly #undelivered = new Set<string>()

  private constructor(options: SimulationOptions, mock: MockTwilio, families: readonly Family[]) {
    this.#options = options
    this.mock = mock
    this.#families = families
    this.#random = new Random(`${options.seed}/district`)
    mock.world().journal.listen(entry => this.tally.add(entry))
  }

  static async open(options: SimulationOptions): Promise<District> {
    const families = aDistrict(
      Math.ceil(options.messages / options.days / 2),
      2 * options.days,
      new Random(`${options.seed}/people`)
    )
    const listeners: { answer?: (callback: CallbackRequest) => CallbackReply } = {}
    const mock = await createMockTwilio({
      clock: new VirtualClock({ mode: 'frozen', start }),
      seed: options.seed,
      retention: 20_000,
      digest: true,
      accounts: [seedOf(families, outageOf(options))],
      hostedMediaBaseUrl: 'http://mock.invalid',
      transport: callback => listeners.answer?.(callback) ?? { status: 204 }
    })
    await mock.app.ready()
    const district = new District(options, mock, families)
    listeners.answer = callback => district.#answer(callback)
    return district
  }

  /** Weekends have a few chats; a school day has its share of everything. */
  planDay(dayNumber: number): void {
    const weekday = dayNumber % 7
    for (const phoneNumber of this.#asked) this.#noted.add(phoneNumber)
    if (weekday >= 5) {
      this.#planChats(Math.ceil(this.#share() * 0.02))
      return
    }
    const share = this.#share()
    this.#announce(7 * hour + this.#random.between(0, 30) * minute, Math.round(share * 0.45))
    this.#announce(15 * hour + this.#random.between(0, 30) * minute, Math.round(share * 0.4))
    this.#planReminders(Math.round(share * 0.05))
    this.#planChats(Math.round(share * 0.1))
    if (dayNumber === 1) this.#noteSlips()
    if (dayNumber === outageDay(this.#options)) this.#sendAgainAfterOutage()
  }

  /** What one school day sends, so that all of them together send what was asked for. */
  #share(): number {
    const { days, messages } = this.#options
    let schoolDays = 0
    for (let number = 0; number < days; number++) if (number % 7 < 5) schoolDays++
    // Some of those on the list have asked not to be written to, hence a little more.
    return (messages * 1.03) / Math.max(1, schoolDays)
  }

  /** To thousands within minutes: forty requests in every second. */
  #announce(at: number, count: number): void {
    const first = this.#random.between(0, this.#families.length - 1)
    const words = announcements[this.#random.between(0, announcements.length - 1)]
    const perSecond = 40
    for (let second = 0; second * perSecond < count; second++) {
      this.#at(at + second * 1000, async () => {
        const end = Math.min(count, (second + 1) * perSecond)
        for (let index = second * perSecond; index < end; index++) {
          const family = this.#families[(first + index) % this.#families.length]
          if (family === undefined || this.#noted.has(family.phoneNumber)) continue
          await this.#send({
            To: family.phoneNumber,
            MessagingServiceSid: announcementService,
            Body: `${words}`
          })
        }
      })
    }
  }

  /** Asked for in the morning, due in the afternoon; one in ten is taken back. */
  #planReminders(count: number): void {
    this.#at(9 * hour, async () => {
      const sendAt = new Date(this.mock.clock.now() + 8 * hour).toISOString()
      for (let index = 0; index < count; index++) {
        const sid = await this.#send({
          To: this.#anybody().phoneNumber,
          MessagingServiceSid: announcementService,
          Body: 'Parents evening is today at 6.',
          ScheduleType: 'fixed',
          SendAt: sendAt
        })
        if (sid !== undefined && this.#random.chance(0.1)) {
          await this.#post(`Messages/${sid}.json`, { Status: 'canceled' })
        }
      }
    })
  }

  #planChats(count: number): void {
    for (let index = 0; index < count; index++) {
      this.#at(8 * hour + this.#random.between(0, 12 * 60) * minute, async () => {
        const hasPicture = this.#random.chance(0.05)
        await this.#send({
          To: this.#anybody().phoneNumber,
          From: chatNumbers[this.#random.between(0, chatNumbers.length - 1)] ?? '',
          Body: 'Could you call me back about the homework? — Ms. Reyes',
          ...(hasPicture ? { MediaUrl: 'https://district.invalid/homework.jpg' } : {})
        })
      })
    }
  }

  /** What one carrier lost in its outage is sent again, once it is over. */
  #sendAgainAfterOutage(): void {
    this.#at(outageHours.until * hour, async () => {
      const again = [...this.#undelivered]
      this.#undelivered.clear()
      for (const To of again) {
        const Body = 'Sent again: your school tried to reach you this morning.'
        const sid = await this.#send({ To, MessagingServiceSid: announcementService, Body })
        if (sid !== undefined) this.sentAgain++
      }
    })
  }

  /** Some opt out on paper, and somebody types it in; the next list is made of all the same. */
  #noteSlips(): void {
    this.#at(12 * hour, async () => {
      for (let slip = 0; slip < 5; slip++) {
        const { phoneNumber: handset } = this.#anybody()
        const payload = { handset, sender: announcementService, keyword: 'on paper' }
        await this.#control('/_mock/opt-outs', payload)
      }
    })
  }

  /** The district's own application: it hears of statuses and of what parents write. */
  #answer({ url, body = '' }: CallbackRequest): CallbackReply {
    const form = new URLSearchParams(body)
    if (url.endsWith('/inbound')) return this.#hear(form)
    if (form.get('ErrorCode') === lostCode) this.#undelivered.add(form.get('To') ?? '')
    return { status: 204 }
  }

  #hear(form: URLSearchParams): CallbackReply {
    const from = form.get('From') ?? ''
    const to = form.get('To') ?? ''
    const body = form.get('Body') ?? ''
    if (/^(?:stop|unsubscribe)$/i.test(body)) this.#asked.add(from)
    if (/^start$/i.test(body)) {
      this.#asked.delete(from)
      this.#noted.delete(from)
    }
    if (body === 'Who is this?') {
      const reply = `<Response><Message statusCallback="${application}/status">This is your school.</Message></Response>`
      return { status: 200, contentType: 'text/xml', body: reply }
    }
    if (body.endsWith('today')) {
      this.#later(this.#random.between(1, 30) * minute, async () => {
        await this.#send({ To: from, From: to, Body: 'Thank you for telling us.' })
      })
    }
    return { status: 204 }
  }

  #anybody(): Family {
    const [first] = this.#families
    const family = this.#families[this.#random.between(0, this.#families.length - 1)] ?? first
    if (family === undefined) throw new Error('a district without families')
    return family
  }

  async #send(form: Record<string, string>): Promise<string | undefined> {
    const answer = await this.#post('Messages.json', {
      ...form,
      StatusCallback: `${application}/status`
    })
    return typeof answer['sid'] === 'string' ? answer['sid'] : undefined
  }

  async #post(path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
    const answer = await this.mock.app.inject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${accountSid}/${path}`,
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString()
    })
    return answer.json()
  }

  async #control(url: string, payload: object): Promise<void> {
    const answer = await this.mock.app.inject({ method: 'POST', url, payload })
    if (answer.statusCode > 299) throw new Error(`POST ${url}: ${answer.body}`)
  }

  /** At a time of the day that begins now. */
  #at(time: number, action: () => Promise<void>): void {
    this.#later(time, action)
  }

  #later(delayMs: number, action: () => Promise<void>): void {
    this.mock.clock.setTimer(delayMs, () => {
      const release = this.mock.clock.hold()
      void action().finally(release)
    })
  }
}

const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

const announcements = [
  'Lincoln Elementary: school starts two hours late tomorrow because of the ice on the roads.',
  'The bus of route 12 is 20 minutes late this afternoon.',
  'Reminder: picture day is on Friday. Please send the form with your child. Questions? Call the office at 601-555-0199, Monday to Friday from 8 to 4, or write to this number.',
  'Mañana no hay clases. 🌨️'
]

/** For some hours of a morning two carriers are down: one keeps what it is given, the other loses it. */
const outageHours = { from: 6.5, until: 10 }
const lostCode = '30008'

function outageDay({ days }: SimulationOptions): number {
  return Math.min(8, days - 1)
}

function outageOf(options: SimulationOptions): [from: string, until: string] {
  const morning = start + outageDay(options) * day
  const at = (hours: number) => new Date(morning + hours * hour).toISOString()
  return [at(outageHours.from), at(outageHours.until)]
}

function seedOf(
  families: readonly Family[],
  [from, until]: readonly [string, string]
): AccountSeed {
  const inbound = { sms_url: `${application}/inbound` }
  return {
    account_sid: accountSid,
    auth_token: authToken,
    profile: 'rough',
    numbers: [...announcementNumbers, ...chatNumbers].map(phone_number => ({
      phone_number,
      ...inbound
    })),
    messaging_services: [
      {
        sid: announcementService,
        friendly_name: 'Announcements',
        phone_numbers: announcementNumbers,
        use_inbound_webhook_on_number: true
      }
    ],
    outages: [
      { from, until, carrier: 'Mock Mobile', effect: 'hold', recovery_per_second: 20 },
      {
        from,
        until,
        carrier: 'Mock Wireless',
        effect: 'undelivered',
        error_code: Number(lostCode)
      }
    ],
    handsets: families.flatMap(({ phoneNumber, persona }) =>
      persona === undefined ? [] : [{ number: phoneNumber, persona }]
    )
  }
}

/** Counts entries as they are written, since the journal keeps only the newest. */
class Tally {
  readonly #statuses: Record<string, number> = {}
  readonly #kinds: Record<string, number> = {}
  readonly #refusals: Record<string, number> = {}
  #created = 0
  #held = 0
  #lost = 0

  add(entry: JournalEntry): void {
    const { kind, status } = entry
    count(this.#kinds, kind)
    if (kind === 'request.refused') count(this.#refusals, String(entry['code']))
    if (kind === 'message.created') this.#created++
    if (kind === 'outage.over') this.#held += Number(entry['held'])
    if (kind === 'message.status') {
      count(this.#statuses, String(entry['was']), -1)
      if (String(entry['code']) === lostCode) this.#lost++
    }
    if (kind.startsWith('message.') && typeof status === 'string') count(this.#statuses, status)
  }

  counts() {
    return {
      created: this.#created,
      statuses: withoutZeros(this.#statuses),
      kinds: this.#kinds,
      replies: this.#kinds['message.received'] ?? 0,
      refusals: this.#refusals,
      held: this.#held,
      lost: this.#lost
    }
  }
}

function count(counts: Record<string, number>, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, number]) => number !== 0))
}
