import { Random, type RandomState } from '../simulator/random.ts'

/** A prefix that says what the thing is, and 32 hexadecimal digits. https://www.twilio.com/docs/glossary/what-is-a-sid */
export type SidPrefix =
  | 'AC'
  | 'SK'
  | 'SM'
  | 'MM'
  | 'ME'
  | 'MG'
  | 'NO'
  | 'PN'
  | 'RQ'
  | 'AP'
  | 'AD'
  | 'SC'
  | 'AI'
  | 'CA'
  | 'CF'
  | 'RE'
  | 'TR'
  | 'RI'
  | 'TK'
  | CompliancePrefix

/** Bundles and what is in them, policies, brands, vettings, campaigns, toll-free verifications. */
type CompliancePrefix =
  | 'BU'
  | 'BV'
  | 'RA'
  | 'EL'
  | 'IT'
  | 'RD'
  | 'OY'
  | 'RN'
  | 'BN'
  | 'VT'
  | 'QE'
  | 'HH'

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

  sid(prefix: SidPrefix): string {
    return prefix + this.#random.hex(32)
  }

  uuid(): string {
    return this.#random.uuid()
  }

  secret(): string {
    return this.#random.hex(32)
  }
}

/** A sid that anybody can compute: for seeds and defaults. */
export function numberedSid(prefix: SidPrefix, number: number): string {
  return prefix + String(number).padStart(32, '0')
}

const sidPattern = /^[A-Z]{2}[0-9a-fA-F]{32}$/

export function isSid(text: string, prefix: SidPrefix): boolean {
  return text.startsWith(prefix) && sidPattern.test(text)
}
