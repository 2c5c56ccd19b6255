import { dayMs } from './dates.ts'
import { refusal, type ZoomRefusal } from './errors.ts'
import type { World } from './world.ts'

/*
 * How often an account may ask, by the label of the operation and the account's plan.
 * https://developers.zoom.us/docs/api/rate-limits; the headers are told by third parties.
 * [unverified]: that a second is a second of the clock and not any second.
 */

export type Label = 'Light' | 'Medium' | 'Heavy' | 'Resource-intensive'

export interface RateCount {
  /** When the second, minute or day began. */
  since: number
  count: number
}

interface Limit {
  /** In a second; for what is resource-intensive, in a minute. */
  often: number
  daily: number | undefined
}

/** Those who share a daily limit have it in common. */
interface PlanLimits {
  labels: Record<Label, Limit>
  heavyTogether: number | undefined
}

const limits: Record<'free' | 'pro' | 'business', PlanLimits> = {
  free: {
    labels: {
      Light: { often: 4, daily: 6000 },
      Medium: { often: 2, daily: 2000 },
      Heavy: { often: 1, daily: 1000 },
      'Resource-intensive': { often: 10, daily: 30_000 }
    },
    heavyTogether: undefined
  },
  pro: {
    labels: {
      Light: { often: 30, daily: undefined },
      Medium: { often: 20, daily: undefined },
      Heavy: { often: 10, daily: undefined },
      'Resource-intensive': { often: 10, daily: undefined }
    },
    heavyTogether: 30_000
  },
  business: {
    labels: {
      Light: { often: 80, daily: undefined },
      Medium: { often: 60, daily: undefined },
      Heavy: { often: 40, daily: undefined },
      'Resource-intensive': { often: 20, daily: undefined }
    },
    heavyTogether: 60_000
  }
}

export interface Counted {
  headers: Record<string, string>
  refusal: ZoomRefusal | undefined
}

/** Counts the request. A refused one is counted too. */
export function countRequest(world: World, label: Label): Counted {
  const { plan, isRateLimited } = world.settings
  const { labels, heavyTogether } = limits[plan]
  const { often, daily } = labels[label]
  const isHeavy = label === 'Heavy' || label === 'Resource-intensive'
  const dailyLimit = isHeavy ? (heavyTogether ?? daily) : daily
  const dailyName = isHeavy && heavyTogether !== undefined ? 'heavy/day' : `${label}/day`
  const windowMs = label === 'Resource-intensive' ? 60_000 : 1000

  const used = counted(world, label, windowMs)
  const usedToday = dailyLimit === undefined ? 0 : counted(world, dailyName, dayMs)
  const now = world.now()
  if (isRateLimited && dailyLimit !== undefined && usedToday > dailyLimit) {
    const headers = headersOf(label, 'Daily-limit', dailyLimit, 0)
    headers['Retry-After'] = new Date(startOf(now, dayMs) + dayMs).toISOString()
    return { headers, refusal: refusal('dailyLimit') }
  }
  const headers = headersOf(label, 'QPS', often, Math.max(0, often - used))
  if (!isRateLimited || used <= often) return { headers, refusal: undefined }
  headers['X-RateLimit-Reset'] = String(Math.ceil((startOf(now, windowMs) + windowMs) / 1000))
  return { headers, refusal: refusal(windowMs === 1000 ? 'perSecondLimit' : 'perMinuteLimit') }
}

function counted(world: World, name: string, windowMs: number): number {
  const since = startOf(world.now(), windowMs)
  const known = world.rates.get(name)
  if (known?.since === since) return ++known.count
  world.rates.set(name, { since, count: 1 })
  return 1
}

function startOf(now: number, windowMs: number): number {
  return Math.floor(now / windowMs) * windowMs
}

function headersOf(
  label: Label,
  type: 'QPS' | 'Daily-limit',
  limit: number,
  remaining: number
): Record<string, string> {
  return {
    'X-RateLimit-Category': label,
    'X-RateLimit-Type': type,
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining)
  }
}
