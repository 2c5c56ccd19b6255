import {
  restoreMessage,
  saveMessage,
  type MessageRecord,
  type SavedMessage
} from './resources/message.ts'

/*
 * The messages of one world, in the order of creation, found by sid in one step and listed by sender or
 * receiver without looking at the others. Above `retention` messages it drops those that ended first; what it
 * drops is not found any more.
 */
export interface MessageLogState {
  seq: number
  /** In the order of creation. */
  messages: SavedMessage[]
  /** Sids, in the order of ending. */
  done: string[]
}

export class MessageLog {
  readonly #retention: number
  readonly #bySid = new Map<string, MessageRecord>()
  readonly #all = new MessageList()
  readonly #byTo = new Map<string, MessageList>()
  readonly #byFrom = new Map<string, MessageList>()
  #seq = 0
  /** In the order of ending; those before #dropped are gone already. */
  #done: MessageRecord[] = []
  #dropped = 0

  constructor(retention: number) {
    this.#retention = retention
  }

  get size(): number {
    return this.#bySid.size
  }

  nextSeq(): number {
    return ++this.#seq
  }

  add(message: MessageRecord): void {
    this.#bySid.set(message.sid, message)
    this.#all.add(message)
    listOf(this.#byTo, message.to).add(message)
    if (message.from !== null) listOf(this.#byFrom, message.from).add(message)
    this.#dropOldest()
  }

  /** A message that a messaging service accepted gets its sender later. */
  assignSender(message: MessageRecord, from: string): void {
    message.from = from
    listOf(this.#byFrom, from).insert(message)
  }

  find(sid: string): MessageRecord | undefined {
    return this.#bySid.get(sid)
  }

  remove(message: MessageRecord): void {
    if (!this.#bySid.delete(message.sid)) return
    message.isDeleted = true
    this.#all.noteRemoved()
    noteRemoved(this.#byTo, message.to)
    if (message.from !== null) noteRemoved(this.#byFrom, message.from)
  }

  /** Newest first, those older than `before`. */
  *newestFirst(filter: {
    to?: string | undefined
    from?: string | undefined
    before?: number | undefined
  }): Generator<MessageRecord, void, void> {
    const { to, from, before = Number.POSITIVE_INFINITY } = filter
    const lists = [
      to === undefined ? this.#all : this.#byTo.get(to),
      from === undefined ? this.#all : this.#byFrom.get(from)
    ]
    const [shorter] = lists.toSorted((a, b) => (a?.size ?? 0) - (b?.size ?? 0))
    if (shorter === undefined) return
    for (const message of shorter.newestFirst(before)) {
      if (to !== undefined && message.to !== to) continue
      if (from !== undefined && message.from !== from) continue
      yield message
    }
  }

  /** Everything a person sent or was sent, oldest first. */
  conversationOf(handset: string): MessageRecord[] {
    const messages = [
      ...this.newestFirst({ to: handset }),
      ...this.newestFirst({ from: handset })
    ].toSorted((a, b) => a.seq - b.seq)
    return messages
  }

  save(): MessageLogState {
    const messages = Array.from(this.newestFirst({}), saveMessage).toReversed()
    const done = this.#done.slice(this.#dropped).filter(({ isDeleted }) => !isDeleted)
    return { seq: this.#seq, messages, done: done.map(({ sid }) => sid) }
  }

  /** Into an empty log. Throws for what does not fit together. */
  restore({ seq, messages, done }: MessageLogState): void {
    let last = 0
    for (const saved of messages) {
      if (saved.seq <= last || saved.seq > seq) {
        throw new RangeError(`message ${saved.sid} is out of order`)
      }
      last = saved.seq
      this.add(restoreMessage(saved))
    }
    for (const sid of done) {
      const message = this.#bySid.get(sid)
      if (message === undefined) throw new RangeError(`message ${sid} is over, and not there`)
      this.#done.push(message)
    }
    this.#seq = seq
    this.#dropOldest()
  }

  clear(): void {
    this.#bySid.clear()
    this.#done = []
    this.#dropped = 0
    this.#all.clear()
    this.#byTo.clear()
    this.#byFrom.clear()
  }

  /** Nothing will happen to it any more: from now on it may be dropped. */
  noteDone(message: MessageRecord): void {
    this.#done.push(message)
    this.#dropOldest()
  }

  /** What is under way is never dropped, however much of it there is. */
  #dropOldest(): void {
    while (this.#bySid.size > this.#retention && this.#dropped < this.#done.length) {
      const oldest = this.#done[this.#dropped++]
      if (oldest !== undefined) this.remove(oldest)
    }
    if (this.#dropped < 1024) return
    this.#done = this.#done.slice(this.#dropped)
    this.#dropped = 0
  }
}

/** Sorted by seq. Removed messages stay in place until half of the list is gone. */
class MessageList {
  #items: MessageRecord[] = []
  #removed = 0

  get size(): number {
    return this.#items.length - this.#removed
  }

  add(message: MessageRecord): void {
    this.#items.push(message)
  }

  insert(message: MessageRecord): void {
    let index = this.#items.length
    while (index > 0 && (this.#items[index - 1]?.seq ?? 0) > message.seq) index--
    if (index === this.#items.length) this.#items.push(message)
    else this.#items.splice(index, 0, message)
  }

  noteRemoved(): void {
    this.#removed++
    if (2 * this.#removed < this.#items.length) return
    this.#items = this.#items.filter(message => !message.isDeleted)
    this.#removed = 0
  }

  *newestFirst(before: number): Generator<MessageRecord, void, void> {
    const items = this.#items
    for (let index = this.#firstAtOrAfter(before) - 1; index >= 0; index--) {
      const message = items[index]
      if (message !== undefined && !message.isDeleted) yield message
    }
  }

  clear(): void {
    this.#items = []
    this.#removed = 0
  }

  #firstAtOrAfter(seq: number): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#items[middle]?.seq ?? 0) < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}

function listOf(lists: Map<string, MessageList>, key: string): MessageList {
  let list = lists.get(key)
  if (list === undefined) {
    list = new MessageList()
    lists.set(key, list)
  }
  return list
}

function noteRemoved(lists: Map<string, MessageList>, key: string): void {
  const list = lists.get(key)
  if (list === undefined) return
  list.noteRemoved()
  if (list.size === 0) lists.delete(key)
}
