import type { Clock } from '../../platform/clock.ts'

/**
 * Spares an endpoint that is down, and us its time-outs.
 *
 * Closed: everything is sent. After `threshold` failures in a row it opens: nothing is sent until `coolDownMs`
 * have passed. Then one attempt is let through (half-open); its success closes the circuit, its failure opens
 * it again, for twice as long, up to `longestCoolDownMs`.
 */
export class CircuitBreaker {
  readonly #clock: Clock
  readonly #endpoints = new Map<
    string,
    { failures: number; openUntil: number; coolDownMs: number; probing: boolean }
  >()

  static readonly threshold = 5
  static readonly coolDownMs = 5_000
  static readonly longestCoolDownMs = 300_000
  /** Of the endpoints that failed, the latest so many are remembered. */
  static readonly mostEndpoints = 10_000

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The time at which an attempt is worth while: undefined for now. Claims the probe of a half-open circuit. */
  blockedUntil(endpoint: string): number | undefined {
    const state = this.#endpoints.get(endpoint)
    if (!state || state.failures < CircuitBreaker.threshold) return undefined
    const now = this.#clock.now()
    if (now < state.openUntil) return state.openUntil
    // Somebody is finding out; if that fails, this is how long everybody waits at least.
    if (state.probing) return now + state.coolDownMs
    state.probing = true
    return undefined
  }

  succeeded(endpoint: string): void {
    this.#endpoints.delete(endpoint)
  }

  failed(endpoint: string): void {
    const state = this.#endpoints.get(endpoint) ?? {
      failures: 0,
      openUntil: 0,
      coolDownMs: CircuitBreaker.coolDownMs,
      probing: false
    }
    state.failures += 1
    if (state.failures >= CircuitBreaker.threshold) {
      state.openUntil = this.#clock.now() + state.coolDownMs
      if (state.probing)
        state.coolDownMs = Math.min(state.coolDownMs * 2, CircuitBreaker.longestCoolDownMs)
      state.probing = false
    }
    this.#endpoints.delete(endpoint)
    this.#endpoints.set(endpoint, state)
    const [oldest] = this.#endpoints.keys()
    if (oldest !== undefined && this.#endpoints.size > CircuitBreaker.mostEndpoints)
      this.#endpoints.delete(oldest)
  }
}
