import { sql } from 'kysely'
import type { Database, Executor } from '../../platform/database.ts'
import type { SendingRates } from '../../telephony/sending-rate.ts'
import { findSenders } from './announcement-numbers.ts'
import { type Medium, mediumOf } from './lanes.ts'
import { planSend, type Sender } from './plan-sends.ts'
import { textsPlannedAtOnce } from './schedule-texts.ts'

/** Texts of one announcement that wait for the same time. */
interface Load {
  announcement: number
  type: string
  /** The number that the announcement is to go out from, when it named one. */
  number: string | null
  sendAt: number
  /** The number that their recipients know. */
  sticky: string | null
  texts: number
  segments: number
}

/**
 * What a customer's scheduled announcements will ask of its numbers until a time. It is played through on the
 * senders of an estimate, in the order in which it will be planned.
 */
export class ScheduledLoad {
  readonly #loads: readonly Load[]
  readonly #senders: ReadonlyMap<Medium, readonly Sender[]>

  constructor(loads: readonly Load[], senders: ReadonlyMap<Medium, readonly Sender[]>) {
    this.#loads = loads
    this.#senders = senders
  }

  /** Plans what is to begin before this time. */
  planBefore(at: number): void {
    for (const load of this.#loads) if (load.sendAt < at) this.#plan(load, load.texts)
  }

  /** Plans what comes before the next page of an announcement that begins at this time: a page of every other. */
  planPageAt(at: number): void {
    const loads = this.#loads.filter(({ sendAt, texts }) => sendAt === at && texts > 0)
    for (const theirs of Map.groupBy(loads, load => load.announcement).values()) {
      let room = textsPlannedAtOnce
      for (const load of theirs) {
        const count = Math.min(room, load.texts)
        this.#plan(load, count)
        room -= count
      }
    }
  }

  #plan(load: Load, count: number): void {
    const all = this.#senders.get(mediumOf(load.type)) ?? []
    const senders = all.filter(({ number }) => load.number === null || number === load.number)
    if (senders.length === 0) return
    const segments = load.segments / load.texts
    for (let text = 0; text < count; text++)
      planSend(senders, segments, load.sendAt, load.sticky ?? undefined)
    load.segments -= segments * count
    load.texts -= count
  }
}

/** @param senders of the estimate: their next slots move as the load is planned */
export async function findScheduledLoad(
  deps: { database: Database; rates: SendingRates },
  messagingServiceId: number,
  {
    senders,
    medium,
    until,
    now
  }: { senders: readonly Sender[]; medium: Medium; until: number; now: number }
): Promise<ScheduledLoad> {
  const { sql: executor } = deps.database
  const loads = await loadsOf(executor, messagingServiceId, until)
  const byMedium = new Map<Medium, readonly Sender[]>()
  const own = new Map(senders.map(sender => [sender.number, sender]))
  for (const theirs of new Set(loads.map(({ type }) => mediumOf(type)))) {
    const found = await findSenders(deps, executor, messagingServiceId, null, now, theirs)
    byMedium.set(
      theirs,
      found.map(sender => sharing(own.get(sender.number), sender, theirs === medium))
    )
  }
  return new ScheduledLoad(loads, byMedium)
}

/** A number has one line, whether it texts or calls. */
function sharing(own: Sender | undefined, sender: Sender, isSameMedium: boolean): Sender {
  if (own === undefined || isSameMedium) return own ?? sender
  return {
    ...sender,
    get nextSlotAt() {
      return own.nextSlotAt
    },
    set nextSlotAt(at) {
      own.nextSlotAt = at
    }
  }
}

async function loadsOf(
  executor: Executor,
  messagingServiceId: number,
  until: number
): Promise<Load[]> {
  const { rows } = await sql<Load>`
    select a.id as announcement, a.type, a.provider_number as number, m.send_at as "sendAt",
      s.provider_number as sticky, count(*) as texts, sum(m.num_segments) as segments
    from announcements a
    join messages m on m.announcement_id = a.id and m.internal_status = 'scheduled' and m.send_at <= ${until}
    left join sticky_senders s on s.messaging_service_id = a.messaging_service_id
      and s.recipient_number = m.receiver_number
    where a.messaging_service_id = ${messagingServiceId} and a.state = 'active'
    group by a.id, a.type, a.provider_number, m.send_at, s.provider_number
    order by m.send_at, a.id`.execute(executor)
  return rows
}
