import type { Timer } from './clock.ts'

export interface ScheduledTimer extends Timer {
  readonly at: number
  readonly action: () => void
}

/** A binary heap of timers, by due time and then by order of insertion. Cancelled ones are swept lazily. */
export class TimerHeap {
  #heap: Entry[] = []
  #inserted = 0
  #cancelled = 0

  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  push(at: number, action: () => void): ScheduledTimer {
    const entry = new Entry(at, this.#inserted++, action, this.#noteCancelled)
    this.#heap.push(entry)
    this.#siftUp(this.#heap.length - 1)
    return entry
  }

  peek(): ScheduledTimer | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (!first.isCancelled) return first
      this.#removeFirst()
      this.#cancelled--
    }
    return undefined
  }

  pop(): ScheduledTimer | undefined {
    const first = this.peek()
    if (first === undefined) return undefined
    const removed = this.#removeFirst()
    if (removed !== undefined) removed.isDone = true
    return first
  }

  clear(): void {
    this.#heap = []
    this.#cancelled = 0
  }

  readonly #noteCancelled = (): void => {
    this.#cancelled++
    if (this.#cancelled > 1024 && this.#cancelled > this.#heap.length / 2) this.#sweep()
  }

  #sweep(): void {
    this.#heap = this.#heap.filter(entry => !entry.isCancelled)
    this.#cancelled = 0
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) this.#siftDown(index)
  }

  #removeFirst(): Entry | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last
      this.#siftDown(0)
    }
    return first
  }

  #siftUp(start: number): void {
    let index = start
    const entry = this.#heap[index]
    if (entry === undefined) return
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = this.#heap[parentIndex]
      if (parent === undefined || !entry.isBefore(parent)) break
      this.#heap[index] = parent
      index = parentIndex
    }
    this.#heap[index] = entry
  }

  #siftDown(start: number): void {
    let index = start
    const entry = this.#heap[index]
    if (entry === undefined) return
    for (;;) {
      let childIndex = 2 * index + 1
      let child = this.#heap[childIndex]
      if (child === undefined) break
      const right = this.#heap[childIndex + 1]
      if (right !== undefined && right.isBefore(child)) {
        child = right
        childIndex++
      }
      if (!child.isBefore(entry)) break
      this.#heap[index] = child
      index = childIndex
    }
    this.#heap[index] = entry
  }
}

class Entry implements ScheduledTimer {
  readonly at: number
  readonly action: () => void
  isCancelled = false
  isDone = false
  readonly #order: number
  readonly #noteCancelled: () => void

  constructor(at: number, order: number, action: () => void, noteCancelled: () => void) {
    this.at = at
    this.action = action
    this.#order = order
    this.#noteCancelled = noteCancelled
  }

  isBefore(other: Entry): boolean {
    return this.at < other.at || (this.at === other.at && this.#order < other.#order)
  }

  cancel(): void {
    if (this.isCancelled || this.isDone) return
    this.isCancelled = true
    this.#noteCancelled()
  }
}
