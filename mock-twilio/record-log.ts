export interface Logged {
  /** The order of creation within the world. */
  readonly seq: number
  readonly sid: string
}

export interface RecordLogState<T> {
  seq: number
  records: T[]
}

/** What one world has of a kind, in the order of creation. Above `retention` it drops the oldest that are over. */
export class RecordLog<T extends Logged> {
  readonly #retention: number
  readonly #isOver: (record: T) => boolean
  readonly #bySid = new Map<string, T>()
  /** Those that were not over when somebody last looked. */
  readonly #open = new Set<T>()
  #seq = 0

  constructor(retention: number, isOver: (record: T) => boolean) {
    this.#retention = retention
    this.#isOver = isOver
  }

  get size(): number {
    return this.#bySid.size
  }

  nextSeq(): number {
    return ++this.#seq
  }

  add(record: T): void {
    this.#bySid.set(record.sid, record)
    this.#open.add(record)
    if (this.#bySid.size <= this.#retention) return
    for (const oldest of this.#bySid.values()) {
      if (!this.#isOver(oldest)) continue
      this.remove(oldest)
      return
    }
  }

  find(sid: string): T | undefined {
    return this.#bySid.get(sid)
  }

  remove(record: T): void {
    this.#bySid.delete(record.sid)
    this.#open.delete(record)
  }

  /** Oldest first. */
  all(): Iterable<T> {
    return this.#bySid.values()
  }

  /** Those that are not over, oldest first. */
  *open(): Generator<T, void, void> {
    for (const record of this.#open) {
      if (this.#isOver(record)) this.#open.delete(record)
      else yield record
    }
  }

  *newestFirst(before = Number.POSITIVE_INFINITY): Generator<T, void, void> {
    for (const record of [...this.#bySid.values()].toReversed()) {
      if (record.seq < before) yield record
    }
  }

  clear(): void {
    this.#bySid.clear()
    this.#open.clear()
  }

  save(): RecordLogState<T> {
    return { seq: this.#seq, records: [...this.#bySid.values()] }
  }

  /** Takes over what it is given. */
  restore({ seq, records }: RecordLogState<T>): void {
    this.#seq = seq
    for (const record of records) {
      this.#bySid.set(record.sid, record)
      if (!this.#isOver(record)) this.#open.add(record)
    }
  }
}
