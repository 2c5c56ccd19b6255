import { Agenda, type Plan, type PlanHandlers } from '../simulator/agenda.ts'
import type { Timer, VirtualClock } from '../simulator/clock.ts'
import type { Alert } from '../simulator/control.ts'
import { FaultRules } from '../simulator/faults.ts'
import { Journal } from '../simulator/journal.ts'
import { Random } from '../simulator/random.ts'
import type { AdvancedOptOut } from './carrier/advanced-opt-out.ts'
import type { CookieJars } from './carrier/cookies.ts'
import { Handsets, isGemCompatible } from './carrier/handsets.ts'
import { OptOuts } from './carrier/opt-outs.ts'
import type { ReplyTimes } from './carrier/reply-loop.ts'
import { joinPool, leavePool } from './carrier/sender-pool.ts'
import { profiles, type CarrierProfile } from './carrier/profiles.ts'
import { Ids, numberedSid } from './ids.ts'
import { MessageLog } from './message-log.ts'
import type { ProviderReply } from './carrier/opt-outs.ts'
import type { AccountStatus } from './resources/account.ts'
import type { KeyRecord } from './resources/key.ts'
import type { ServiceRecord } from './resources/messaging-service.ts'
import type { NumberRecord } from './resources/phone-number.ts'
import type { AccountSeed, LineType, MessagingServiceSeed, NumberSeed } from './seeds.ts'

export interface WorldOptions {
  clock: VirtualClock
  retention: number
  /** Mixed into every world's own seed. */
  seed: string
  ownerSid?: string
  /** What becomes due in any world, by the kind of the plan. */
  planned: PlanHandlers<World>
}

/** Everything that exists for one account. Nothing in it is known to another world. */
export class World {
  readonly name: string
  readonly seed: string
  readonly origin: AccountSeed
  readonly ownerSid: string
  readonly authToken: string
  readonly dateCreated: number
  readonly profile: CarrierProfile
  readonly ids: Ids
  /** Apart from the ids, since callbacks go out in an order that the network decides. */
  readonly callbackIds: Ids
  readonly journal: Journal
  readonly faults: FaultRules
  /** Everything that is going to happen here by itself. */
  readonly agenda: Agenda
  readonly messages: MessageLog
  readonly optOuts = new OptOuts()
  /** The services whose keywords are their own, by sid. */
  readonly advancedOptOuts = new Map<string, AdvancedOptOut>()
  readonly handsets = new Handsets(
    name => this.randomFor(name),
    () => isGemCompatible(this)
  )
  readonly cookieJars: CookieJars = new Map()
  readonly replyTimes: ReplyTimes = new Map()
  readonly numbers = new Map<string, NumberRecord>()
  readonly numbersByPhone = new Map<string, NumberRecord>()
  readonly services = new Map<string, ServiceRecord>()
  readonly keys = new Map<string, KeyRecord>()
  /** What lookups say of these numbers; of all others, what is usual. */
  readonly lineTypes = new Map<string, LineType>()
  readonly providerReplies = new Map<string, ProviderReply[]>()
  readonly alerts: Alert[] = []
  friendlyName: string
  status: AccountStatus = 'active'
  dateUpdated: number
  concurrentRequests = 0
  readonly #clock: VirtualClock
  #alerts = 0
  #isOver = false

  constructor(origin: AccountSeed, options: WorldOptions) {
    const { clock, retention, seed, ownerSid, planned } = options
    this.#clock = clock
    this.origin = origin
    this.name = origin.account_sid
    this.seed = origin.seed ?? seed
    this.ownerSid = ownerSid ?? origin.account_sid
    this.authToken = origin.auth_token ?? 'mock-auth-token-00000000000000001'
    this.friendlyName = origin.friendly_name ?? 'A world of its own'
    this.profile = profiles[origin.profile ?? 'reliable']
    this.ids = new Ids(`${this.seed}/${this.name}`)
    this.callbackIds = new Ids(`${this.seed}/${this.name}/callbacks`)
    this.journal = new Journal(this.name, clock, retention)
    this.faults = new FaultRules(`${this.seed}/${this.name}`)
    this.messages = new MessageLog(retention)
    this.agenda = new Agenda(clock, plan => planned.carryOut(this, plan))
    this.dateCreated = clock.now()
    this.dateUpdated = this.dateCreated
    for (const key of origin.api_keys ?? []) this.addKey(key.sid, key.secret, 'Seeded')
    for (const number of origin.numbers ?? []) this.addNumber(number)
    for (const service of origin.messaging_services ?? []) this.addService(service)
    for (const line of origin.line_types ?? []) this.lineTypes.set(line.phone_number, line.type)
    for (const { number, persona } of origin.handsets ?? []) this.handsets.give(number, persona)
  }

  get accountSid(): string {
    return this.name
  }

  now(): number {
    return this.#clock.now()
  }

  later(delayMs: number, action: () => void): Timer {
    return this.#clock.setTimer(delayMs, () => {
      if (!this.#isOver) action()
    })
  }

  /** What is planned outlives a snapshot; what waits by `later` does not. */
  plan(delayMs: number, plan: Plan): Timer {
    return this.agenda.plan(delayMs, plan)
  }

  /** See VirtualClock.hold: time does not pass over what is still going on. */
  hold(): () => void {
    return this.#clock.hold()
  }

  /** Chance of its own for one thing, so that the order of things elsewhere does not change it. */
  randomFor(name: string): Random {
    return new Random(`${this.seed}/${name}`)
  }

  addKey(sid: string, secret: string, friendlyName: string): KeyRecord {
    const now = this.now()
    const key = { sid, secret, friendlyName, dateCreated: now, dateUpdated: now }
    this.keys.set(sid, key)
    return key
  }

  addNumber(seed: NumberSeed): NumberRecord {
    const now = this.now()
    const number: NumberRecord = {
      sid: seed.sid ?? numberedSid('PN', this.numbers.size + 1),
      phoneNumber: seed.phone_number,
      friendlyName: seed.friendly_name ?? nationalFormat(seed.phone_number),
      smsUrl: seed.sms_url ?? '',
      smsMethod: seed.sms_method ?? 'POST',
      smsFallbackUrl: seed.sms_fallback_url ?? '',
      smsFallbackMethod: 'POST',
      voiceUrl: '',
      voiceMethod: 'POST',
      voiceFallbackUrl: '',
      voiceFallbackMethod: 'POST',
      statusCallback: '',
      statusCallbackMethod: 'POST',
      mms: seed.mms ?? true,
      dateCreated: now,
      dateUpdated: now,
      serviceSid: undefined
    }
    this.numbers.set(number.sid, number)
    this.numbersByPhone.set(number.phoneNumber, number)
    return number
  }

  removeNumber(number: NumberRecord): void {
    if (number.serviceSid !== undefined) {
      const service = this.services.get(number.serviceSid)
      if (service !== undefined) leavePool(service, number)
    }
    this.numbers.delete(number.sid)
    this.numbersByPhone.delete(number.phoneNumber)
  }

  /** The defaults of a new service: https://www.twilio.com/docs/messaging/api/service-resource */
  addService(seed: MessagingServiceSeed): ServiceRecord {
    const now = this.now()
    const service: ServiceRecord = {
      sid: seed.sid ?? numberedSid('MG', this.services.size + 1),
      friendlyName: seed.friendly_name ?? 'Messaging service',
      inboundRequestUrl: seed.inbound_request_url ?? null,
      inboundMethod: 'POST',
      fallbackUrl: null,
      fallbackMethod: 'POST',
      statusCallback: seed.status_callback ?? null,
      stickySender: seed.sticky_sender ?? true,
      mmsConverter: true,
      smartEncoding: true,
      scanMessageContent: 'inherit',
      fallbackToLongCode: true,
      areaCodeGeomatch: seed.area_code_geomatch ?? true,
      synchronousValidation: false,
      validityPeriod: 36_000,
      usecase: 'undeclared',
      useInboundWebhookOnNumber: seed.use_inbound_webhook_on_number ?? false,
      dateCreated: now,
      dateUpdated: now,
      pool: [],
      nextInTurn: 0,
      stickySenders: new Map()
    }
    for (const phoneNumber of seed.phone_numbers ?? []) {
      const number =
        this.numbersByPhone.get(phoneNumber) ?? this.addNumber({ phone_number: phoneNumber })
      joinPool(service, number, now)
    }
    this.services.set(service.sid, service)
    if (seed.advanced_opt_out) this.advancedOptOuts.set(service.sid, seed.advanced_opt_out)
    return service
  }

  removeService(service: ServiceRecord): void {
    for (const { number } of service.pool) number.serviceSid = undefined
    this.services.delete(service.sid)
    this.advancedOptOuts.delete(service.sid)
  }

  serviceOf(number: NumberRecord): ServiceRecord | undefined {
    return number.serviceSid === undefined ? undefined : this.services.get(number.serviceSid)
  }

  /** Something that Twilio's debugger would show: the application did wrong. */
  alert(code: number, message: string, fields: Record<string, unknown> = {}): void {
    const at = new Date(this.now()).toISOString()
    this.alerts.push({ seq: ++this.#alerts, at, code, message, ...fields })
    if (this.alerts.length > 10_000) this.alerts.splice(0, 5000)
    this.journal.append({ kind: 'alert', code, message, ...fields })
  }

  /** Forgets what is under way, for a world that is replaced. */
  end(): void {
    this.#isOver = true
    this.agenda.clear()
    this.messages.clear()
    this.faults.clear()
  }
}

/** Twilio names a number by its national form until somebody gives it a better name. */
function nationalFormat(phoneNumber: string): string {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phoneNumber) ?? []
  return area === undefined ? phoneNumber : `(${area}) ${exchange}-${line}`
}
