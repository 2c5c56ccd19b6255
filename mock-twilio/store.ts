import type { Timer, VirtualClock } from '../simulator/clock.ts'
import type { Alert } from '../simulator/control.ts'
import { FaultRules } from '../simulator/faults.ts'
import { Journal } from '../simulator/journal.ts'
import { Random } from '../simulator/random.ts'
import { OptOuts } from './carrier/opt-outs.ts'
import { profiles, type CarrierProfile } from './carrier/profiles.ts'
import { Ids, numberedSid } from './ids.ts'
import { MessageLog } from './message-log.ts'
import type {
  AccountStatus,
  KeyRecord,
  NumberRecord,
  PoolMember,
  ProviderReply,
  ServiceRecord
} from './records.ts'
import type { AccountSeed, LineType, MessagingServiceSeed, NumberSeed } from './seeds.ts'

export interface WorldOptions {
  clock: VirtualClock
  retention: number
  /** Mixed into every world's own seed. */
  seed: string
  ownerSid?: string
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
  readonly messages: MessageLog
  readonly optOuts = new OptOuts()
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

  constructor(origin: AccountSeed, { clock, retention, seed, ownerSid }: WorldOptions) {
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
    this.dateCreated = clock.now()
    this.dateUpdated = this.dateCreated
    for (const key of origin.api_keys ?? []) this.addKey(key.sid, key.secret, 'Seeded')
    for (const number of origin.numbers ?? []) this.addNumber(number)
    for (const service of origin.messaging_services ?? []) this.addService(service)
    for (const line of origin.line_types ?? []) this.lineTypes.set(line.phone_number, line.type)
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
    return service
  }

  removeService(service: ServiceRecord): void {
    for (const { number } of service.pool) number.serviceSid = undefined
    this.services.delete(service.sid)
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
    this.messages.clear()
    this.faults.clear()
  }
}

export function joinPool(service: ServiceRecord, number: NumberRecord, at: number): PoolMember {
  const member = { number, joinedAt: at }
  service.pool.push(member)
  number.serviceSid = service.sid
  return member
}

export function leavePool(service: ServiceRecord, number: NumberRecord): boolean {
  const before = service.pool.length
  service.pool = service.pool.filter(member => member.number !== number)
  if (service.pool.length === before) return false
  number.serviceSid = undefined
  for (const [handset, sender] of service.stickySenders) {
    if (sender === number.phoneNumber) service.stickySenders.delete(handset)
  }
  return true
}

/** All worlds, by AccountSid, and who may enter them. */
export class Store {
  readonly clock: VirtualClock
  readonly #worlds = new Map<string, World>()
  readonly #keyOwners = new Map<string, Set<World>>()
  readonly #options: { clock: VirtualClock; retention: number; seed: string }
  readonly #defaultName: string
  /** Changes whenever credentials do, so that what is remembered about them can be forgotten. */
  credentialsVersion = 0

  constructor(
    options: { clock: VirtualClock; retention: number; seed: string },
    seeds: readonly AccountSeed[]
  ) {
    this.clock = options.clock
    this.#options = options
    this.#defaultName = seeds[0]?.account_sid ?? numberedSid('AC', 1)
    for (const seed of seeds) this.replace(seed)
  }

  get defaultName(): string {
    return this.#defaultName
  }

  get(accountSid: string): World | undefined {
    return this.#worlds.get(accountSid)
  }

  all(): Iterable<World> {
    return this.#worlds.values()
  }

  keyOwners(keySid: string): Iterable<World> {
    return this.#keyOwners.get(keySid) ?? []
  }

  replace(seed: AccountSeed, ownerSid?: string): World {
    const former = this.#worlds.get(seed.account_sid)
    if (former !== undefined) {
      former.end()
      for (const sid of former.keys.keys()) this.#keyOwners.get(sid)?.delete(former)
    }
    const world = new World(seed, { ...this.#options, ...(ownerSid ? { ownerSid } : {}) })
    this.#worlds.set(world.name, world)
    for (const sid of world.keys.keys()) this.#ownKey(sid, world)
    this.credentialsVersion++
    return world
  }

  addKey(world: World, sid: string, secret: string, friendlyName: string): KeyRecord {
    const key = world.addKey(sid, secret, friendlyName)
    this.#ownKey(sid, world)
    this.credentialsVersion++
    return key
  }

  removeKey(world: World, sid: string): void {
    world.keys.delete(sid)
    this.#keyOwners.get(sid)?.delete(world)
    this.credentialsVersion++
  }

  #ownKey(sid: string, world: World): void {
    const owners = this.#keyOwners.get(sid) ?? new Set()
    owners.add(world)
    this.#keyOwners.set(sid, owners)
  }
}

/** Twilio names a number by its national form until somebody gives it a better name. */
function nationalFormat(phoneNumber: string): string {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phoneNumber) ?? []
  return area === undefined ? phoneNumber : `(${area}) ${exchange}-${line}`
}
