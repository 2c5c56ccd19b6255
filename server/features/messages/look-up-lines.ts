import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { Entry } from '../../platform/queue.ts'
import type { LookupOutcome, TwilioGateway } from '../../providers/twilio/gateway.ts'

/** Why a number gets no text; numbers that may have one are absent. */
export type LineVerdict =
  | {
      kind: 'refused'
      status: 'landline' | 'lookup_failed'
      code: string | null
      description: string
    }
  | { kind: 'postponed' }

interface KnownLine {
  number: string
  line_type: string | null
  error_code: string | null
  known: number | null
}

/**
 * Asks the provider for the line type of every receiver of the batch that was never texted before, and
 * keeps the answer: landlines and numbers it does not know get no SMS.
 */
export async function lookUpLines(
  deps: { database: Database; clock: Clock; twilio: TwilioGateway; metrics: Metrics },
  entries: readonly Entry[]
): Promise<Map<string, LineVerdict>> {
  const { database } = deps
  const { rows } = await sql<KnownLine>`
    select distinct m.receiver_number as number, l.line_type, l.error_code, l.looked_up_at as known
    from ${database.rows(
      entries.map(entry => ({ uuid: entry.payload })),
      { uuid: 'uuid' }
    )}
    join messages m on m.uuid = r.uuid
    left join line_types l on l.number = m.receiver_number
    where m.message_type = 'sms' and m.internal_status in ('accepted', 'scheduled', 'queued')`.execute(
    database.sql
  )

  const verdicts = new Map<string, LineVerdict>()
  const answers = await Promise.all(
    rows
      .filter(row => row.known === null)
      .map(async row => ({
        number: row.number,
        outcome: await deps.twilio.lookUpLineType(row.number)
      }))
  )
  for (const { outcome } of answers)
    deps.metrics.providerCalls.inc({ operation: 'look_up', outcome: outcome.kind })
  await remember(deps, answers)

  for (const row of rows)
    if (row.known !== null) judge(verdicts, row.number, row.line_type, row.error_code)
  for (const { number, outcome } of answers) {
    if (outcome.kind === 'unavailable') verdicts.set(number, { kind: 'postponed' })
    else if (outcome.kind === 'found') judge(verdicts, number, outcome.lineType, null)
    else judge(verdicts, number, null, outcome.code)
  }
  return verdicts
}

function judge(
  verdicts: Map<string, LineVerdict>,
  number: string,
  lineType: string | null,
  errorCode: string | null
): void {
  if (lineType === 'landline')
    verdicts.set(number, {
      kind: 'refused',
      status: 'landline',
      code: null,
      description: 'The number is a landline.'
    })
  else if (errorCode !== null)
    verdicts.set(number, {
      kind: 'refused',
      status: 'lookup_failed',
      code: errorCode,
      description: 'The line type of the number could not be looked up.'
    })
}

async function remember(
  { database, clock }: { database: Database; clock: Clock },
  answers: readonly { number: string; outcome: LookupOutcome }[]
): Promise<void> {
  const list = answers
    .filter(({ outcome }) => outcome.kind !== 'unavailable')
    // In one order, so that two transactions never wait for each other's rows.
    .toSorted((a, b) => (a.number < b.number ? -1 : 1))
    .map(({ number, outcome }) => ({
      number,
      line_type: outcome.kind === 'found' ? outcome.lineType : null,
      error_code: outcome.kind === 'failed' ? outcome.code : null,
      looked_up_at: clock.now()
    }))
  if (list.length === 0) return
  await database.insert(
    database.sql,
    'line_types',
    { number: 'text', line_type: 'text', error_code: 'text', looked_up_at: 'bigint' },
    list,
    sql`on conflict (number) do nothing`
  )
}
