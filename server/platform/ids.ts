import { randomFillSync, randomUUID } from 'node:crypto'
import { v7 } from 'uuid'

/** Random bytes are drawn from the system in large portions: a draw costs more than the bytes. */
const pool = new Uint8Array(4_096)
let used = pool.length

function sixteenRandomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

/** A public id: UUID v7, so that ids sort by the time they were made. */
export const newUuid = (nowMs: number): string => v7({ msecs: nowMs, random: sixteenRandomBytes() })

/** An id that nobody sees and nothing is sorted by. */
export const randomId = (): string => randomUUID()

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isUuid = (text: string): boolean => uuidPattern.test(text)
