import { parseDuration } from './duration.ts'
import type { NewFault } from './fault-schema.ts'

/** When a rule is in force, worked out once from what the test said. */
export interface FaultSchedule {
  from: number
  until: number
  curve: readonly CurvePoint[] | undefined
}

interface CurvePoint {
  at: number
  probability: number
}

/** @throws RangeError for what is no duration, and for a schedule that never comes */
export function scheduleOf(fault: NewFault, addedAt: number): FaultSchedule {
  const after = fault.after === undefined ? 0 : addedAt + milliseconds(fault.after)
  const from = Math.max(after, fault.from === undefined ? 0 : time(fault.from))
  const began = Math.max(from, addedAt)
  const until = Math.min(
    fault.for === undefined ? Number.POSITIVE_INFINITY : began + milliseconds(fault.for),
    fault.until === undefined ? Number.POSITIVE_INFINITY : time(fault.until)
  )
  if (until < from) throw new RangeError('a fault ends after it begins: until is before from')
  return { from, until, curve: fault.curve && curveOf(fault.curve, addedAt) }
}

/** Straight between the points; before the first and after the last as there. */
export function probabilityAt(curve: readonly CurvePoint[], now: number): number {
  let before: CurvePoint | undefined
  for (const point of curve) {
    if (now < point.at) {
      if (before === undefined) return point.probability
      const share = (now - before.at) / (point.at - before.at)
      return before.probability + share * (point.probability - before.probability)
    }
    before = point
  }
  return before?.probability ?? 1
}

function curveOf(points: NonNullable<NewFault['curve']>, addedAt: number): CurvePoint[] {
  const curve = points.map(({ at, probability }) => ({
    at: addedAt + milliseconds(at),
    probability
  }))
  for (const [index, { at }] of curve.entries()) {
    const next = curve[index + 1]
    if (next !== undefined && next.at <= at) {
      throw new RangeError('the points of a curve are in the order of time')
    }
  }
  return curve
}

function milliseconds(duration: number | string): number {
  return typeof duration === 'number' ? duration : parseDuration(duration)
}

function time(value: number | string): number {
  const ms = typeof value === 'number' ? value : Date.parse(value)
  if (Number.isNaN(ms)) throw new RangeError(`a time is ISO 8601 or milliseconds, got "${value}"`)
  return ms
}
