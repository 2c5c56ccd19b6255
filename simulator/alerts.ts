/*
 * What the provider's debugger would show: where the application did wrong. Entries are written once; the
 * newest are kept.
 */

export type Severity = 'error' | 'warning'

export interface Alert {
  readonly seq: number
  readonly at: string
  readonly code: number
  readonly message: string
  readonly severity: Severity
  readonly [field: string]: unknown
}

export interface NewAlert {
  code: number
  message: string
  severity: Severity
  [field: string]: unknown
}

export interface AlertFilter {
  code?: number | undefined
  sid?: string | undefined
  severity?: Severity | undefined
  after?: number | undefined
  limit?: number | undefined
}

export interface AlertsState {
  seq: number
  alerts: Alert[]
}

export class Alerts {
  readonly #now: () => number
  readonly #most: number
  #alerts: Alert[] = []
  #seq = 0

  constructor(now: () => number, most = 10_000) {
    this.#now = now
    this.#most = most
  }

  get all(): readonly Alert[] {
    return this.#alerts
  }

  add(alert: NewAlert): Alert {
    const at = new Date(this.#now()).toISOString()
    const added: Alert = { seq: ++this.#seq, at, ...alert }
    this.#alerts.push(added)
    if (this.#alerts.length > this.#most) this.#alerts.splice(0, Math.ceil(this.#most / 2))
    return added
  }

  /** The newest `limit` that match, oldest of them first. */
  list({ code, sid, severity, after = 0, limit }: AlertFilter = {}): Alert[] {
    const found = this.#alerts.filter(
      alert =>
        alert.seq > after &&
        (code === undefined || alert.code === code) &&
        (sid === undefined || alert['sid'] === sid) &&
        (severity === undefined || alert.severity === severity)
    )
    return limit === undefined ? found : found.slice(-limit)
  }

  save(): AlertsState {
    return { seq: this.#seq, alerts: [...this.#alerts] }
  }

  restore({ seq, alerts }: AlertsState): void {
    this.#seq = seq
    this.#alerts = [...alerts]
  }
}
