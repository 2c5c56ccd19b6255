import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'

/** A public id: UUID v7, so that ids sort by the time they were made. */
export const newUuid = (nowMs: number): string => v7({ msecs: nowMs })

/** An id that nobody sees and nothing is sorted by. */
export const randomId = (): string => randomUUID()

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isUuid = (text: string): boolean => uuidPattern.test(text)
