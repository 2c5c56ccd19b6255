import { campaignOf } from '../compliance.ts'
import type { World } from '../world.ts'

/*
 * What American carriers let pass of one 10DLC campaign: so many segments per second (30022) and so many on
 * one day (30023). The numbers of the campaign have lines of their own, so that many numbers together can
 * bring more than the campaign may. The day is that of UTC: carriers do not say whose it is.
 */

export interface CampaignLimits {
  readonly segmentsPerSecond: number | undefined
  readonly dailySegments: number | undefined
}

export interface CampaignTraffic {
  freeAt: number
  day: number
  segmentsOfDay: number
}

const dayMs = 86_400_000

/** The verified campaign of a messaging service: as the world was told in the beginning, else as registered. */
export function campaignLimitsOf(world: World, serviceSid: string): CampaignLimits | undefined {
  const seeded = world.origin.campaigns?.find(({ service_sid: sid }) => sid === serviceSid)
  if (seeded !== undefined) {
    return { segmentsPerSecond: seeded.segments_per_second, dailySegments: seeded.daily_segments }
  }
  const campaign = campaignOf(world, serviceSid)
  if (campaign?.status !== 'VERIFIED') return undefined
  const { throughput } = campaign
  return { segmentsPerSecond: throughput?.mps, dailySegments: throughput?.tmobileDailyCap }
}

/** Counts the segments, or gives the code of why they do not pass. A second's worth of haste is let through. */
export function passCampaign(
  world: World,
  serviceSid: string,
  segments: number
): 30022 | 30023 | undefined {
  const limits = campaignLimitsOf(world, serviceSid)
  if (limits === undefined) return undefined
  const { segmentsPerSecond = Number.POSITIVE_INFINITY } = limits
  const { dailySegments = Number.POSITIVE_INFINITY } = limits
  const now = world.now()
  const day = Math.floor(now / dayMs)
  const former = world.carrier.campaigns.get(serviceSid)
  const segmentsOfDay = (former?.day === day ? former.segmentsOfDay : 0) + segments
  if (segmentsOfDay > dailySegments) return 30023
  const freeAt = Math.max(former?.freeAt ?? 0, now)
  if (freeAt - now >= 1000) return 30022
  world.carrier.campaigns.set(serviceSid, {
    freeAt: freeAt + (segments * 1000) / segmentsPerSecond,
    day,
    segmentsOfDay
  })
  return undefined
}
