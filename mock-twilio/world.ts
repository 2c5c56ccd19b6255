import { Agenda, type Plan, type PlanHandlers } from '../simulator/agenda.ts'
import { aheadBy, type Timer, type VirtualClock } from '../simulator/clock.ts'
import { Alerts, type Alert } from '../simulator/alerts.ts'
import { FaultRules } from '../simulator/faults.ts'
import { Journal } from '../simulator/journal.ts'
import { OrderedResults } from '../simulator/ordered-results.ts'
import { Random } from '../simulator/random.ts'
import { severityOf } from './callbacks/alert-severity.ts'
import type { Exchange } from './callbacks/signed-request.ts'
import type { StatusCallback } from './callbacks/status-callback.ts'
import { emptyCompliance, forgetNumber, restoreCompliance, type Compliance } from './compliance.ts'
import { newCarrierState, restoreCarrierState, type CarrierState } from './carrier/carrier-state.ts'
import type { AdvancedOptOut } from './carrier/advanced-opt-out.ts'
import type { CookieJars } from './carrier/cookies.ts'
import { Handsets } from './carrier/handsets.ts'
import type { ReplyTimes } from './carrier/reply-loop.ts'
import { OptOuts } from './carrier/opt-outs.ts'
import { addOutage } from './carrier/outages.ts'
import { providerLimits, type ProviderLimits } from './carrier/provider-limits.ts'
import { joinPool, leavePool } from './carrier/sender-pool.ts'
import { profiles, type CarrierProfile } from './carrier/profiles.ts'
import { RecordLog } from './record-log.ts'
import { isSettled } from './lifecycles/recording.ts'
import { CallLog } from './voice/call-log.ts'
import type { ConferenceRecord } from './voice/conference-record.ts'
import type { RecordingRecord, TranscriptionRecord } from './voice/recording-record.ts'
import type { DeviceRecord } from './voice/devices.ts'
import { Ids, numberedSid } from './ids.ts'
import { MessageLog } from './message-log.ts'
import type { ProviderReply } from './carrier/opt-outs.ts'
import type { AccountStatus } from './resources/account.ts'
import type { AddressRecord } from './resources/address.ts'
import { type ApplicationRecord, newApplication } from './resources/application.ts'
import type { CallerIdRecord } from './resources/caller-id.ts'
import type { KeyRecord } from './resources/key.ts'
import type { ServiceRecord } from './resources/messaging-service.ts'
import type { LookupOverride } from './resources/lookup.ts'
import { newNumber, type NumberRecord } from './resources/phone-number.ts'
import type {
  AccountSeed,
  ApiKeySeed,
  ApplicationSeed,
  LineType,
  MessagingServiceSeed,
  NumberSeed,
  ShortCodeSeed
} from './seeds.ts'
import { restoreWorldState, saveWorldState, type WorldState } from './world-state.ts'

export interface WorldOptions {
  clock: VirtualClock
  retention: number
  /** See JournalOptions. */
  digest?: boolean | undefined
  /** Mixed into every world's own seed. */
  seed: string
  ownerSid?: string
  /** What becomes due in any world, by the kind of the plan. */
  planned: PlanHandlers<World>
  /** What `save` gave: instead of a beginning. Its plans are not taken up yet, see Store.restore. */
  saved?: WorldState
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
  /** What the provider allows, in the year that this world lives in. */
  readonly limits: ProviderLimits
  /** Whether senders have a throughput, and queues before them. */
  readonly isThrottled: boolean
  readonly carrier: CarrierState
  readonly ids: Ids
  /** Apart from the ids, since callbacks go out in an order that the network decides. */
  readonly callbackIds: Ids
  readonly requestIds: Ids
  readonly alertIds: Ids
  readonly journal: Journal
  readonly faults: FaultRules
  /** Everything that is going to happen here by itself. */
  readonly agenda: Agenda
  readonly messages: MessageLog
  readonly calls: CallLog
  readonly conferences: RecordLog<ConferenceRecord>
  readonly recordings: RecordLog<RecordingRecord>
  readonly transcriptions: RecordLog<TranscriptionRecord>
  /** Browsers that have signed in, by `client:` and their identity. */
  readonly devices = new Map<string, DeviceRecord>()
  readonly optOuts = new OptOuts()
  readonly compliance: Compliance
  /** The services whose keywords are their own, by sid. */
  readonly advancedOptOuts = new Map<string, AdvancedOptOut>()
  readonly handsets = new Handsets(
    name => this.randomFor(name),
    () => this.isGemCompatible
  )
  readonly cookieJars: CookieJars = new Map()
  readonly replyTimes: ReplyTimes = new Map()
  readonly numbers = new Map<string, NumberRecord>()
  readonly numbersByPhone = new Map<string, NumberRecord>()
  readonly shortCodes = new Map<string, NumberRecord>()
  readonly applications = new Map<string, ApplicationRecord>()
  readonly addresses = new Map<string, AddressRecord>()
  readonly callerIds = new Map<string, CallerIdRecord>()
  readonly services = new Map<string, ServiceRecord>()
  readonly keys = new Map<string, KeyRecord>()
  /** What lookups say of these numbers; of all others, what is usual. */
  readonly lineTypes = new Map<string, LineType>()
  readonly lookupOverrides = new Map<string, LookupOverride>()
  readonly providerReplies = new Map<string, ProviderReply[]>()
  readonly alertLog: Alerts
  /** Callbacks that a fault keeps back until the next one of the same message has gone, by its sid. */
  readonly keptBackCallbacks = new Map<string, StatusCallback[]>()
  friendlyName: string
  status: AccountStatus = 'active'
  dateUpdated: number
  /** Requests that know who they are from and have not been answered to the end. */
  concurrentRequests = 0
  /** How far this world's time is ahead of the clock that all worlds share. */
  clockOffsetMs: number
  readonly #clock: VirtualClock
  readonly #callbackResults = new OrderedResults()
  #isOver = false

  constructor(origin: AccountSeed, options: WorldOptions) {
    const { clock, retention, digest, seed, ownerSid, planned, saved } = options
    this.#clock = clock
    this.origin = origin
    this.name = origin.account_sid
    this.seed = saved?.seed ?? origin.seed ?? seed
    this.ownerSid = ownerSid ?? origin.account_sid
    this.authToken = saved?.authToken ?? origin.auth_token ?? 'mock-auth-token-00000000000000001'
    this.friendlyName = origin.friendly_name ?? 'A world of its own'
    this.profile = profiles[origin.profile ?? 'reliable']
    this.limits = providerLimits(origin.provider_year ?? 2026)
    const usualThroughput = this.profile.isThrottled ? 'realistic' : 'unlimited'
    this.isThrottled = (origin.throughput ?? usualThroughput) === 'realistic'
    this.ids = new Ids(`${this.seed}/${this.name}`)
    this.callbackIds = new Ids(`${this.seed}/${this.name}/callbacks`)
    this.requestIds = new Ids(`${this.seed}/${this.name}/requests`)
    this.alertIds = new Ids(`${this.seed}/${this.name}/alerts`)
    this.clockOffsetMs = origin.clock_offset_ms ?? 0
    const now = () => this.now()
    this.journal = new Journal(this.name, { now }, { retention, digest: digest ?? false })
    this.alertLog = new Alerts(now)
    this.faults = new FaultRules(`${this.seed}/${this.name}`, now)
    this.messages = new MessageLog(retention)
    this.calls = new CallLog(retention)
    this.conferences = new RecordLog(retention, ({ status }) => status === 'completed')
    this.recordings = new RecordLog(retention, ({ status }) => isSettled(status))
    this.transcriptions = new RecordLog(retention, ({ status }) => status !== 'in-progress')
    this.agenda = new Agenda(clock, plan => planned.carryOut(this, plan))
    this.dateCreated = saved?.dateCreated ?? this.now()
    this.dateUpdated = this.dateCreated
    this.carrier = saved === undefined ? newCarrierState() : restoreCarrierState(saved.carrier)
    this.compliance = saved === undefined ? emptyCompliance() : restoreCompliance(saved.compliance)
    if (saved === undefined) this.#begin(origin)
    else restoreWorldState(this, saved)
  }

  get accountSid(): string {
    return this.name
  }

  #begin(origin: AccountSeed): void {
    for (const key of origin.api_keys ?? []) this.addKey(key, 'Seeded')
    for (const line of origin.line_types ?? []) this.lineTypes.set(line.phone_number, line.type)
    if (this.isForTests) return
    for (const number of origin.numbers ?? []) this.addNumber(number)
    for (const application of origin.applications ?? []) this.addApplication(application)
    for (const code of origin.short_codes ?? []) this.addShortCode(code)
    for (const service of origin.messaging_services ?? []) this.addService(service)
    for (const rate of origin.sender_rates ?? []) {
      this.carrier.rates.set(rate.sender, rate.segments_per_second)
    }
    for (const outage of origin.outages ?? []) addOutage(this, outage)
    for (const { number, persona } of origin.handsets ?? []) this.handsets.give(number, persona)
  }

  /** Twilio's test credentials: magic numbers alone, nothing is kept, nobody is called back. */
  get isForTests(): boolean {
    return this.origin.test_credentials === true
  }

  get isGemCompatible(): boolean {
    return this.origin.gem_compat === true
  }

  /** Whether the application is told anything at all. */
  get callsBack(): boolean {
    return this.origin.callbacks !== 'off'
  }

  now(): number {
    const now = this.#clock.now()
    return this.clockOffsetMs === 0 ? now : aheadBy(this.clockOffsetMs, now)
  }

  get alerts(): readonly Alert[] {
    return this.alertLog.all
  }

  /** Replaced by another world of the same name: what still comes back belongs to nobody. */
  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * While time stands still, the answers to callbacks are heard in the order in which these were sent, so
   * that what follows is the same in every run. Otherwise each is heard when it comes.
   */
  inTurn<T>(answer: Promise<T>): Promise<T> {
    return this.#clock.isFrozen ? this.#callbackResults.inTurn(answer) : answer
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

  addKey(seed: ApiKeySeed, friendlyName: string): KeyRecord {
    const now = this.now()
    const { sid, secret, type = 'main', permissions = [] } = seed
    const key = { sid, secret, type, permissions, friendlyName, dateCreated: now, dateUpdated: now }
    this.keys.set(sid, key)
    return key
  }

  addApplication({ sid, friendly_name, voice_url, status_callback }: ApplicationSeed): void {
    const application = newApplication(sid, this.now())
    application.friendlyName = friendly_name ?? ''
    application.voiceUrl = voice_url ?? ''
    application.statusCallback = status_callback ?? ''
    this.applications.set(sid, application)
  }

  addNumber(seed: NumberSeed): NumberRecord {
    const sid = seed.sid ?? numberedSid('PN', this.numbers.size + 1)
    return this.keepNumber(newNumber(sid, seed, this.now()))
  }

  keepNumber(number: NumberRecord): NumberRecord {
    this.numbers.set(number.sid, number)
    this.numbersByPhone.set(number.phoneNumber, number)
    return number
  }

  /** A short code texts and is texted to like any number; it is merely listed elsewhere. */
  addShortCode({ short_code: phoneNumber, ...seed }: ShortCodeSeed): NumberRecord {
    const sid = seed.sid ?? numberedSid('SC', this.shortCodes.size + 1)
    const code = newNumber(sid, { ...seed, phone_number: phoneNumber }, this.now())
    this.shortCodes.set(sid, code)
    this.numbersByPhone.set(phoneNumber, code)
    return code
  }

  removeNumber(number: NumberRecord): void {
    if (number.serviceSid !== undefined) {
      const service = this.services.get(number.serviceSid)
      if (service !== undefined) leavePool(service, number)
    }
    forgetNumber(this.compliance, number.sid)
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
      mmsConverter: seed.mms_converter ?? true,
      smartEncoding: seed.smart_encoding ?? true,
      scanMessageContent: 'inherit',
      fallbackToLongCode: seed.fallback_to_long_code ?? true,
      areaCodeGeomatch: seed.area_code_geomatch ?? true,
      synchronousValidation: false,
      validityPeriod: this.limits.validitySeconds.usual,
      usecase: 'undeclared',
      useInboundWebhookOnNumber: seed.use_inbound_webhook_on_number ?? false,
      dateCreated: now,
      dateUpdated: now,
      pool: [],
      alphaSenders: [],
      nextInTurn: 0,
      stickySenders: new Map()
    }
    for (const phoneNumber of seed.phone_numbers ?? []) {
      const number =
        this.numbersByPhone.get(phoneNumber) ?? this.addNumber({ phone_number: phoneNumber })
      if (number.serviceSid === service.sid) continue
      // As at Twilio, a number is in one service alone.
      const former = this.serviceOf(number)
      if (former !== undefined) leavePool(former, number)
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

  /** Something that Twilio's debugger would show: the application did wrong. `fields` go to the journal too. */
  alert(
    code: number,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    exchange?: Exchange
  ): void {
    const { severity: given } = fields
    const severity = given === 'warning' || given === 'error' ? given : severityOf(code)
    const alert = { code, message, ...fields, severity, alert_sid: this.alertIds.sid('NO') }
    this.alertLog.add({ ...alert, ...exchange })
    this.journal.append({ kind: 'alert', ...alert })
  }

  /**
   * All that there is, as plain data. What is in flight, callbacks and answers that are held back, cannot be
   * in it: see `saveWorld` in snapshot.ts.
   */
  save(): WorldState {
    return saveWorldState(this)
  }

  /** Forgets what is under way, for a world that is replaced. */
  end(): void {
    this.#isOver = true
    this.agenda.clear()
    this.keptBackCallbacks.clear()
    this.messages.clear()
    this.calls.clear()
    this.conferences.clear()
    this.recordings.clear()
    this.transcriptions.clear()
    this.faults.clear()
  }
}
