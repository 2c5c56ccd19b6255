import { Random, type RandomState } from '../simulator/random.ts'

/** Ids of one world, the same again for the same seed. */
export class Ids {
  #random: Random

  constructor(seed: string) {
    this.#random = new Random(`${seed}/ids`)
  }

  save(): RandomState {
    return this.#random.state
  }

  restore(state: RandomState): void {
    this.#random = Random.fromState(state)
  }

  /** Of one instance of a session: 16 bytes as base64, slashes and plus signs and all. */
  sessionId(): string {
    return Buffer.from(this.#random.hex(32), 'hex').toString('base64')
  }

  uuid(): string {
    return this.#random.uuid()
  }

  /** As x-zm-request-id has it in the newest samples. */
  requestId(): string {
    return this.#random.uuid().replaceAll('-', '_')
  }

  participantUuid(): string {
    return this.#random.hex(32).toUpperCase()
  }

  /** Of a session, as people dial it. */
  sessionNumber(): number {
    return this.#random.between(1_000_000_000, 9_999_999_999)
  }

  digits(count: number): string {
    return String(this.#random.between(0, 10 ** count - 1)).padStart(count, '0')
  }

  /** 22 characters, of a stream, a location, a subscription, a plain token. */
  token(): string {
    return Buffer.from(this.#random.hex(32), 'hex').toString('base64url')
  }
}
