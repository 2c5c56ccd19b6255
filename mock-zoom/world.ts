import { Agenda, type Plan, type PlanHandlers } from '../simulator/agenda.ts'
import { Alerts, type Severity } from '../simulator/alerts.ts'
import { aheadBy, type Timer, type VirtualClock } from '../simulator/clock.ts'
import { FaultRules } from '../simulator/faults.ts'
import { Journal } from '../simulator/journal.ts'
import { OrderedResults } from '../simulator/ordered-results.ts'
import { Random } from '../simulator/random.ts'
import { Ids } from './ids.ts'
import type { RateCount } from './rate-limits.ts'
import type { FileRecord } from './resources/recording.ts'
import type { SessionRecord } from './resources/session.ts'
import type { StorageLocation, StreamRecord } from './resources/stream.ts'
import type { DeliveryRecord, SubscriptionRecord } from './resources/subscription.ts'
import { settingsOf, type AccountSeed, type Settings, type SubscriptionSeed } from './seeds.ts'
import { restoreWorldState, saveWorldState, type WorldState } from './world-state.ts'

export interface WorldOptions {
  clock: VirtualClock
  retention: number
  /** See JournalOptions. */
  digest?: boolean | undefined
  /** Mixed into every world's own seed. */
  seed: string
  /** What becomes due in any world, by the kind of the plan. */
  planned: PlanHandlers<World>
  /** Brings a webhook on its way, at once. */
  post: (world: World, delivery: DeliveryRecord) => void
  /** What `save` gave: instead of a beginning. Its plans are not taken up yet, see Store.restore. */
  saved?: WorldState
}

/** What opens an account. */
export interface Credentials {
  sdkKey: string
  sdkSecret: string
  apiKey: string
  apiSecret: string
  clientId: string
  clientSecret: string
  secretToken: string
}

/** What an administrator's log would show. */
export interface OperationLog {
  at: number
  operator: string
  category: string
  action: string
  detail: string
}

/** Everything that exists for one account. Nothing in it is known to another world. */
export class World {
  readonly name: string
  readonly seed: string
  readonly origin: AccountSeed
  readonly settings: Settings
  readonly credentials: Credentials
  readonly ids: Ids
  /** Apart from the ids, since webhooks go out in an order that the network decides. */
  readonly webhookIds: Ids
  readonly requestIds: Ids
  readonly journal: Journal
  readonly faults: FaultRules
  /** Everything that is going to happen here by itself. */
  readonly agenda: Agenda
  readonly alertLog: Alerts
  /** In the order of coming into being. */
  readonly sessions = new Map<string, SessionRecord>()
  /** The one instance of each name that can be joined: live or reserved. */
  readonly openSessions = new Map<string, SessionRecord>()
  readonly files = new Map<string, FileRecord>()
  readonly filesBySession = new Map<string, FileRecord[]>()
  readonly subscriptions = new Map<string, SubscriptionRecord>()
  /** The webhooks that went out, the newest of them. */
  readonly deliveries = new Map<string, DeliveryRecord>()
  /** Webhooks that a fault keeps back until the next one of the same session has gone, by its id. */
  readonly keptBack = new Map<string, string[]>()
  readonly streams = new Map<string, StreamRecord>()
  readonly locations = new Map<string, StorageLocation>()
  readonly rates = new Map<string, RateCount>()
  readonly operationLogs: OperationLog[] = []
  /** How many sessions, users, files and streams there have been. */
  readonly counts = { sessions: 0, users: 0, files: 0, streams: 0 }
  readonly storage: { isOwn: boolean; locationId: string } = { isOwn: false, locationId: '' }
  /** Requests that know who they are from and have not been answered to the end. */
  concurrentRequests = 0
  /** How far this world's time is ahead of the clock that all worlds share. */
  clockOffsetMs: number
  readonly #clock: VirtualClock
  readonly #retention: number
  readonly #post: (world: World, delivery: DeliveryRecord) => void
  readonly #answers = new OrderedResults()
  #isOver = false

  constructor(origin: AccountSeed, options: WorldOptions) {
    const { clock, retention, digest = false, seed, planned, post, saved } = options
    this.#clock = clock
    this.#retention = retention
    this.#post = post
    this.origin = origin
    this.name = origin.account_id
    this.seed = saved?.seed ?? origin.seed ?? seed
    this.settings = settingsOf(origin)
    this.credentials = credentialsOf(origin)
    this.ids = new Ids(`${this.seed}/${this.name}`)
    this.webhookIds = new Ids(`${this.seed}/${this.name}/webhooks`)
    this.requestIds = new Ids(`${this.seed}/${this.name}/requests`)
    this.clockOffsetMs = origin.clock_offset_ms ?? 0
    const now = () => this.now()
    this.journal = new Journal(this.name, { now }, { retention, digest })
    this.alertLog = new Alerts(now)
    this.faults = new FaultRules(`${this.seed}/${this.name}`, now)
    this.agenda = new Agenda(clock, plan => planned.carryOut(this, plan))
    if (saved === undefined) for (const one of origin.subscriptions ?? []) this.#subscribe(one)
    else restoreWorldState(this, saved)
  }

  get accountId(): string {
    return this.name
  }

  now(): number {
    const now = this.#clock.now()
    return this.clockOffsetMs === 0 ? now : aheadBy(this.clockOffsetMs, now)
  }

  /** Replaced by another world of the same name: what still comes back belongs to nobody. */
  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * While time stands still, the answers to webhooks are heard in the order in which these were sent, so that
   * what follows is the same in every run. Otherwise each is heard when it comes.
   */
  inTurn<T>(answer: Promise<T>): Promise<T> {
    return this.#clock.isFrozen ? this.#answers.inTurn(answer) : answer
  }

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

  keepSession(session: SessionRecord): void {
    this.sessions.set(session.id, session)
    this.openSessions.set(session.name, session)
    if (this.sessions.size > this.#retention) this.#forgetSessions()
  }

  keepFile(file: FileRecord): void {
    this.files.set(file.id, file)
    const others = this.filesBySession.get(file.sessionId)
    if (others === undefined) this.filesBySession.set(file.sessionId, [file])
    else others.push(file)
  }

  removeFile(file: FileRecord): void {
    this.files.delete(file.id)
    const others = this.filesBySession.get(file.sessionId) ?? []
    const left = others.filter(other => other !== file)
    if (left.length === 0) this.filesBySession.delete(file.sessionId)
    else this.filesBySession.set(file.sessionId, left)
  }

  /** Keeps it and brings it on its way. */
  post(delivery: DeliveryRecord): void {
    this.deliveries.set(delivery.id, delivery)
    if (this.deliveries.size > this.#retention) this.#forgetDeliveries()
    this.#post(this, delivery)
  }

  /** Something that an administrator did, or the API in his name. */
  noteOperation(category: string, action: string, detail: string): void {
    this.operationLogs.push({ at: this.now(), operator: operator.email, category, action, detail })
    if (this.operationLogs.length > 2 * this.#retention) {
      this.operationLogs.splice(0, this.#retention)
    }
  }

  /** Where the application did wrong, or where Zoom would write an e-mail to its owner. */
  alert(
    code: number,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    severity: Severity = 'error'
  ): void {
    this.alertLog.add({ code, message, ...fields, severity })
    this.journal.append({ kind: 'alert', code, message, ...fields, severity })
  }

  /** All that there is, as plain data. What is in flight cannot be in it: see `saveWorld` in snapshot.ts. */
  save(): WorldState {
    return saveWorldState(this)
  }

  /** Forgets what is under way, for a world that is replaced. */
  end(): void {
    this.#isOver = true
    this.agenda.clear()
    this.keptBack.clear()
    this.faults.clear()
  }

  /** It was added and challenged before this world began. */
  #subscribe(seed: SubscriptionSeed): void {
    const subscription: SubscriptionRecord = {
      id: this.ids.token(),
      name: seed.name ?? `Subscription ${this.subscriptions.size + 1}`,
      url: seed.url,
      events: [...(seed.events ?? [])],
      secretToken: seed.secret_token ?? this.credentials.secretToken,
      authorization: seed.authorization ?? null,
      status: 'active',
      failures: 0,
      validatedAt: this.now(),
      round: 1
    }
    this.subscriptions.set(subscription.id, subscription)
    const { id: subscriptionId, round } = subscription
    const plan = { kind: 'webhook.validate', subscriptionId, round }
    this.plan(this.settings.validationIntervalMs, plan)
  }

  /** Those that ended first, and all that is theirs. */
  #forgetSessions(): void {
    const most = Math.ceil(this.#retention / 10)
    let forgotten = 0
    for (const session of this.sessions.values()) {
      if (forgotten >= most) break
      if (session.status === 'live' || session.status === 'scheduled') continue
      this.sessions.delete(session.id)
      for (const file of this.filesBySession.get(session.id) ?? []) this.files.delete(file.id)
      this.filesBySession.delete(session.id)
      forgotten++
    }
  }

  #forgetDeliveries(): void {
    const most = Math.ceil(this.#retention / 10)
    let forgotten = 0
    for (const delivery of this.deliveries.values()) {
      if (forgotten >= most) break
      if (delivery.status === 'pending') continue
      this.deliveries.delete(delivery.id)
      forgotten++
    }
  }
}

/** In whose name the API acts. */
export const operator = { id: 'opMOCK01', email: 'ops@example.test' } as const

function credentialsOf(origin: AccountSeed): Credentials {
  const { account_id: name } = origin
  return {
    sdkKey: origin.sdk_key ?? `${name}-sdk-key`,
    sdkSecret: origin.sdk_secret ?? `${name}-sdk-secret`,
    apiKey: origin.api_key ?? `${name}-api-key`,
    apiSecret: origin.api_secret ?? `${name}-api-secret`,
    clientId: origin.client_id ?? `${name}-client-id`,
    clientSecret: origin.client_secret ?? `${name}-client-secret`,
    secretToken: origin.secret_token ?? `${name}-secret-token`
  }
}
