import type { Config } from '../../config.ts'
import { type Clock, isoTime } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { messageTypeFor } from '../../telephony/message-type.ts'
import type { SendingRates } from '../../telephony/sending-rate.ts'
import { countSegments } from '../../telephony/segments.ts'
import { findOptedOut } from '../opt-outs/registry.ts'
import { type Customer, nobody, Sorting } from './accept-announcement.ts'
import { findSenders, findStickySenders } from './announcement-numbers.ts'
import type { CheckedAnnouncement, Recipient } from './check-announcement.ts'
import { mediumOf } from './lanes.ts'
import { planSend, type Sender, sendingTimeMs } from './plan-sends.ts'
import { textsPlannedAtOnce } from './schedule-texts.ts'
import { findScheduledLoad } from './scheduled-load.ts'
import type { AnnouncementEstimate } from './schemas.ts'

interface EstimateDeps {
  database: Database
  clock: Clock
  config: Pick<Config, 'SMS_TO_MMS_RULE' | 'ANNOUNCEMENT_PRICES'>
  rates: SendingRates
}

interface Load {
  sender: Sender
  recipients: number
  segments: number
  finishesAt: number
}

/**
 * What an announcement would do, without doing it: who would be left out, what it costs, how long it takes.
 * Planned by the same rules as the real one, a chunk at a time, behind what is scheduled before it.
 *
 * @throws 422 when nobody could be taken in
 */
export async function estimateAnnouncement(
  deps: EstimateDeps,
  customer: Customer,
  announcement: CheckedAnnouncement,
  recipients: AsyncIterable<unknown[]>
): Promise<Omit<AnnouncementEstimate, 'left_today'>> {
  const { database, clock, config } = deps
  const now = clock.now()
  const begin = Math.max(now, announcement.sendAt ?? customer.sendAt ?? now)
  const medium = mediumOf(announcement.type)
  const senders = await findSenders(
    deps,
    database.sql,
    customer.messagingServiceId,
    announcement.providerNumber,
    now,
    medium
  )
  const others = await findScheduledLoad(deps, customer.messagingServiceId, {
    senders,
    medium,
    until: begin,
    now
  })
  others.planBefore(begin)
  let planned = 0
  const loads = new Map<Sender, Load>(
    senders.map(sender => [sender, { sender, recipients: 0, segments: 0, finishesAt: begin }])
  )
  const prices = pricesIn(config.ANNOUNCEMENT_PRICES)
  const sorting = new Sorting()
  let optedOut = 0
  let segments = 0
  let dollars = 0

  for await (const chunk of recipients) {
    const accepted = sorting.take(chunk)
    const sticky = await findStickySenders(
      database,
      database.sql,
      customer.messagingServiceId,
      accepted
    )
    const blocked = await whoOptedOut(database, customer, senders, accepted)
    for (const [place, recipient] of accepted.entries()) {
      if (blocked.has(place)) {
        optedOut++
        continue
      }
      const text = measure(announcement, recipient, config)
      segments += text.segments
      dollars += prices[text.type] * text.segments
      if (senders.length === 0) continue
      if (planned++ % textsPlannedAtOnce === 0) others.planPageAt(begin)
      const { sender, dueAt } = planSend(
        senders,
        text.segments,
        begin,
        sticky.get(recipient.number)
      )
      const load = loads.get(sender)
      if (!load) continue
      load.recipients++
      load.segments += text.segments
      load.finishesAt = Math.ceil(dueAt + sendingTimeMs(text.segments, sender.rate))
    }
  }
  if (sorting.accepted === 0) throw nobody(sorting.rejections)

  const used = [...loads.values()].filter(load => load.recipients > 0)
  return {
    ...sorting.answer(announcement),
    dry_run: true,
    opted_out: optedOut,
    segments,
    cost: { amount: dollars.toFixed(4), currency: 'USD' },
    numbers: used.map(load => ({
      provider_number: load.sender.number,
      messages_per_second: load.sender.rate,
      recipients: load.recipients,
      segments: load.segments,
      finishes_at: isoTime(load.finishesAt)
    })),
    finishes_at: used.length === 0 ? null : isoTime(Math.max(...used.map(load => load.finishesAt)))
  }
}

function whoOptedOut(
  database: Database,
  customer: Customer,
  senders: readonly Sender[],
  recipients: readonly Recipient[]
): Promise<Set<number>> {
  return findOptedOut(
    database,
    database.sql,
    recipients.map(({ number }) => ({
      sender: senders[0]?.number ?? '',
      recipient: number,
      messagingServiceSid: customer.messagingServiceSid
    })),
    'announcements'
  )
}

type PricedType = 'sms' | 'mms' | 'voice'

function measure(
  { type, body, mediaUrls }: CheckedAnnouncement,
  recipient: Recipient,
  { SMS_TO_MMS_RULE: rule }: Pick<Config, 'SMS_TO_MMS_RULE'>
): { type: PricedType; segments: number } {
  if (type === 'voice') return { type, segments: 1 }
  const text = recipient.body ?? body
  const messageType = messageTypeFor({
    body: text,
    mediaCount: mediaUrls.length,
    requested: type === 'mms' ? 'mms' : undefined,
    rule
  })
  return {
    type: messageType,
    segments: messageType === 'mms' ? 1 : countSegments(text).count
  }
}

/** `sms=0.0079,mms=0.02,voice=0.014`, checked when the server started. */
function pricesIn(table: string): Record<PricedType, number> {
  const prices = new Map(
    table.split(',').map(part => {
      const [name = '', price = '0'] = part.split('=')
      return [name, Number(price)]
    })
  )
  return {
    sms: prices.get('sms') ?? 0,
    mms: prices.get('mms') ?? 0,
    voice: prices.get('voice') ?? 0
  }
}
