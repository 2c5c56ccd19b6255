import { copyPlain } from '../../simulator/plain-data.ts'
import { isOver } from '../lifecycles/call.ts'
import { handsetOf } from '../resources/call.ts'
import type { CallRecord } from './call-record.ts'

export interface CallLogState {
  seq: number
  calls: CallRecord[]
}

/** The calls of one world, in the order of creation. Above `retention` it drops the oldest that are over. */
export class CallLog {
  readonly #retention: number
  readonly #bySid = new Map<string, CallRecord>()
  /** By the person at the phone, whichever way the call goes. */
  readonly #byParty = new Map<string, Set<CallRecord>>()
  #seq = 0

  constructor(retention: number) {
    this.#retention = retention
  }

  get size(): number {
    return this.#bySid.size
  }

  nextSeq(): number {
    return ++this.#seq
  }

  add(call: CallRecord): void {
    this.#keep(call)
    if (this.#bySid.size <= this.#retention) return
    const oldest = this.#bySid.values().find(({ status }) => isOver(status))
    if (oldest !== undefined) this.remove(oldest)
  }

  /** Oldest first. */
  of(party: string): CallRecord[] {
    return [...(this.#byParty.get(party) ?? [])]
  }

  find(sid: string): CallRecord | undefined {
    return this.#bySid.get(sid)
  }

  remove(call: CallRecord): void {
    this.#bySid.delete(call.sid)
    const party = handsetOf(call)
    const calls = this.#byParty.get(party)
    calls?.delete(call)
    if (calls?.size === 0) this.#byParty.delete(party)
  }

  /** Oldest first. */
  all(): Iterable<CallRecord> {
    return this.#bySid.values()
  }

  *newestFirst(before = Number.POSITIVE_INFINITY): Generator<CallRecord, void, void> {
    for (const call of [...this.#bySid.values()].toReversed()) if (call.seq < before) yield call
  }

  save(): CallLogState {
    return copyPlain({ seq: this.#seq, calls: [...this.#bySid.values()] })
  }

  /** Into an empty log. Throws for what does not fit together. */
  restore(state: CallLogState): void {
    const { seq, calls } = copyPlain(state)
    let last = 0
    for (const call of calls) {
      if (call.seq <= last || call.seq > seq) {
        throw new RangeError(`call ${call.sid} is out of order`)
      }
      last = call.seq
      this.#keep(call)
    }
    this.#seq = seq
  }

  clear(): void {
    this.#bySid.clear()
    this.#byParty.clear()
  }

  #keep(call: CallRecord): void {
    this.#bySid.set(call.sid, call)
    const party = handsetOf(call)
    const calls = this.#byParty.get(party) ?? new Set()
    calls.add(call)
    this.#byParty.set(party, calls)
  }
}
