import { type Static, Type } from '@sinclair/typebox'
import { type RawBuilder, sql } from 'kysely'
import type { Executor } from '../../platform/database.ts'
import { invalidValues } from '../../platform/errors.ts'
import { idsBetween } from '../../platform/ids-by-time.ts'
import { parseInstant } from '../../platform/instant.ts'

const time = (description: string) =>
  Type.Optional(Type.String({ description, examples: ['2026-11-23T00:00:00Z'] }))

/** Which events, whatever became of them. */
export const EventFilter = {
  bearer_id: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  type: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'Of the event.',
      examples: ['messages.message.status_update']
    })
  ),
  resource_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'What it is about.' })
  ),
  from: time('ISO 8601 with a time zone: created then or later.'),
  to: time('ISO 8601 with a time zone: created before then.')
}
const filter = Type.Object(EventFilter)
type EventFilter = Static<typeof filter>

/**
 * The filter as a condition on `client_events`. Times are told by the ids that they lie between, so that few
 * rows are looked at.
 *
 * @throws 422 naming a time that is none
 */
export async function eventCondition(
  executor: Executor,
  given: EventFilter & { status?: string }
): Promise<RawBuilder<unknown>> {
  const from = timeIn('from', given.from)
  const to = timeIn('to', given.to)
  const conditions = [sql`true`]
  if (given.status !== undefined) conditions.push(sql`status = ${given.status}`)
  if (given.bearer_id !== undefined) conditions.push(sql`bearer_id = ${given.bearer_id}`)
  if (given.type !== undefined) conditions.push(sql`type = ${given.type}`)
  if (given.resource_id !== undefined) conditions.push(sql`resource_id = ${given.resource_id}`)
  if (from !== undefined || to !== undefined) {
    const { first, end } = await idsBetween(executor, 'client_events', from, to)
    conditions.push(sql`id >= ${first} and id < ${end}`)
  }
  if (from !== undefined) conditions.push(sql`created_at >= ${from}`)
  if (to !== undefined) conditions.push(sql`created_at < ${to}`)
  return sql.join(conditions, sql` and `)
}

function timeIn(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = parseInstant(text)
  if (at === undefined)
    throw invalidValues([
      { field, message: 'must be an ISO 8601 time with a time zone, like 2026-11-23T16:00:00Z' }
    ])
  return at
}
