import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { storable } from '../../platform/storable.ts'
import type { CallbackHandler, StoredCallback } from '../provider-callbacks/process-callbacks.ts'

/*
 * A review goes draft → pending-review → in-review → twilio-approved | twilio-rejected. What was rejected may be
 * submitted again, so that anything may follow it; what was approved is not reviewed any more, so that an
 * earlier status that comes after it came late. https://www.twilio.com/docs/trust-hub/trusthub-rest-api
 */
const mayFollow: Record<string, readonly string[]> = {
  draft: ['pending-review', 'in-review', 'twilio-approved', 'twilio-rejected'],
  'pending-review': ['in-review', 'twilio-approved', 'twilio-rejected'],
  'in-review': ['twilio-approved', 'twilio-rejected'],
  'twilio-rejected': ['draft', 'pending-review', 'in-review', 'twilio-approved'],
  'twilio-approved': ['twilio-rejected']
}

/** Keeps how the reviews of customer profiles and trust products stand, with the services that they are of. */
export const recordBundleReviews: CallbackHandler = async (deps, tx, callbacks) => {
  const outcomes = new Map<number, string>()
  for (const { id, form } of callbacks) {
    const sid = form.get('BundleSid') ?? ''
    const status = form.get('Status') ?? ''
    const known = await isKnown(tx, sid)
    if (!(status in mayFollow)) outcomes.set(id, 'ignored')
    else if (!known) outcomes.set(id, 'unknown')
    else {
      const reason = form.get('FailureReason')
      const error = status === 'twilio-rejected' ? storable((reason ?? status).slice(0, 500)) : null
      const now = deps.clock.now()
      const moved =
        (await move(tx, 'business_profile', { sid, status, error, now })) +
        (await move(tx, 'shaken_stir_product', { sid, status, error, now }))
      outcomes.set(id, moved > 0 ? 'applied' : 'unchanged')
    }
  }
  return outcomes
}

async function isKnown(tx: Transaction, sid: string): Promise<boolean> {
  const { rows } = await sql`select id from messaging_services
    where business_profile_sid = ${sid} or shaken_stir_product_sid = ${sid} limit 1`.execute(tx.sql)
  return rows.length > 0
}

/** Where the status may follow the one that is known. */
async function move(
  tx: Transaction,
  what: 'business_profile' | 'shaken_stir_product',
  { sid, status, error, now }: { sid: string; status: string; error: string | null; now: number }
): Promise<number> {
  const column = sql.ref(`${what}_status`)
  const before = Object.keys(mayFollow).filter(known => mayFollow[known]?.includes(status))
  const { rows } = await sql`update messaging_services
    set ${column} = ${status}, compliance_error = ${error}, updated_at = ${now}
    where ${sql.ref(`${what}_sid`)} = ${sid}
      and (${column} is null ${before.length > 0 ? sql`or ${column} in (${sql.join(before)})` : sql``})
    returning id`.execute(tx.sql)
  return rows.length
}

/** What an event says, as far as we know its words. */
interface BrandEvent {
  brandSid: string
  serviceSid: string | null
  brandStatus: string | null
  identityStatus: string | null
  campaignStatus: string | null
  error: string | null
  at: number
}

/** Keeps how the registrations of brands and campaigns stand. News that is older than what is known is none. */
export const recordBrandNews: CallbackHandler = async (deps, tx, callbacks) => {
  const outcomes = new Map<number, string>()
  for (const callback of callbacks) {
    const events = eventsIn(callback)
    let applied = 0
    for (const event of events) applied += await apply(tx, event, deps.clock.now())
    outcomes.set(
      callback.id,
      events.length === 0 ? 'ignored' : applied > 0 ? 'applied' : 'unchanged'
    )
  }
  return outcomes
}

async function apply(tx: Transaction, event: BrandEvent, now: number): Promise<number> {
  const { brandSid, serviceSid, at } = event
  // A campaign tells which brand a messaging service is registered under.
  if (serviceSid !== null) {
    const { rows } = await sql`update messaging_services
      set campaign_status = coalesce(${event.campaignStatus}, campaign_status), campaign_told_at = ${at},
        brand_registration_sid = coalesce(brand_registration_sid, ${brandSid}),
        compliance_error = ${event.error}, updated_at = ${now}
      where twilio_messaging_sid = ${serviceSid} and coalesce(campaign_told_at, 0) < ${at}
      returning id`.execute(tx.sql)
    return rows.length
  }
  const { rows } = await sql`update messaging_services
    set brand_status = coalesce(${event.brandStatus}, brand_status),
      brand_identity_status = coalesce(${event.identityStatus}, brand_identity_status),
      brand_told_at = ${at}, compliance_error = ${event.error}, updated_at = ${now}
    where brand_registration_sid = ${brandSid} and coalesce(brand_told_at, 0) < ${at}
    returning id`.execute(tx.sql)
  return rows.length
}

const brandSidPattern = /^BN[0-9a-fA-F]{32}$/

function eventsIn({ body, receivedAt }: StoredCallback): BrandEvent[] {
  const given = parsed(body)
  const list: unknown[] = Array.isArray(given) ? given : [given]
  return list.flatMap(item => {
    const data = fieldOf(item, 'data')
    const brandSid = textOf(data, 'brandsid')
    if (brandSid === null || !brandSidPattern.test(brandSid)) return []
    const told = Date.parse(textOf(item, 'time') ?? '')
    const failures: unknown = fieldOf(data, 'brandregistrationerrors')
    const [failure]: unknown[] = Array.isArray(failures) ? failures : []
    return [
      {
        brandSid,
        serviceSid: textOf(data, 'messagingservicesid'),
        brandStatus: textOf(data, 'brandstatus'),
        identityStatus: textOf(data, 'identitystatus'),
        campaignStatus: textOf(data, 'campaignregistrationstatus'),
        error: textOf(failure, 'registrationerrordescription'),
        at: Number.isNaN(told) ? receivedAt : told
      }
    ]
  })
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined

function textOf(value: unknown, name: string): string | null {
  const text = fieldOf(value, name)
  return typeof text === 'string' && text !== '' ? storable(text.slice(0, 500)) : null
}
