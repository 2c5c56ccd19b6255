import { sql } from 'kysely'
import type { CurrentBearer } from '../../platform/access.ts'
import type { Transaction } from '../../platform/database.ts'
import { type ErrorDetail, FieldError, errors, invalidValues } from '../../platform/errors.ts'
import { newUuid } from '../../platform/ids.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import { callColumns, newCall, presentCall } from '../calls/call-row.ts'
import { failureOf } from '../calls/lifecycle.ts'
import type { CallDeps } from '../calls/open-calls.ts'
import { resolveConversations } from '../conversations/resolve-conversations.ts'
import { findOptedOut } from '../opt-outs/registry.ts'
import { usePairings } from '../participants/use-pairings.ts'
import type { UsageGuard } from '../usage-limits/usage-guard.ts'
import { conferenceColumns, findConferences, presentConference } from './conference-row.ts'
import { publishConferences } from './lanes.ts'
import type { CreateConferenceCall, CreatedConferenceCall } from './schemas.ts'

export interface ConferenceCreationDeps extends CallDeps {
  guard: UsageGuard
}

/**
 * Takes in a conference call: its row, its legs, the pairings of its participants and the work of calling them. Who
 * opted out of calls from this number is not called; when that is everybody, the request is refused.
 *
 * @throws 422 naming every field at fault, 429 when its calls would pass the bearer's limit
 */
export async function createConferenceCall(
  deps: ConferenceCreationDeps,
  tx: Transaction,
  bearer: CurrentBearer,
  request: CreateConferenceCall
): Promise<CreatedConferenceCall> {
  const { database } = deps
  const now = deps.clock.now()
  const { twilio_number, moderator_number, participant_numbers } = request
  const optedOut = await findOptedOut(
    database,
    tx.sql,
    [moderator_number, ...participant_numbers].map(recipient => ({
      sender: twilio_number,
      recipient,
      messagingServiceSid: null
    })),
    'calls'
  )
  refuseOptedOut(optedOut, participant_numbers)
  const count = 1 + participant_numbers.length - optedOut.size
  await deps.guard.take(tx, 'calls', { bearerId: bearer.id, count })
  const [conversation] = await resolveConversations(
    database,
    tx,
    [
      {
        bearerId: bearer.id,
        applicationName: request.application_name ?? bearer.name,
        clientConversationId: request.client_conversation_id,
        globalId: null,
        internalConversationId: null,
        callbackUrl: request.callback_url ?? null
      }
    ],
    now
  )
  const conversationId = conversation?.id ?? 0
  await usePairings(
    database,
    tx,
    participant_numbers.map(participantNumber => ({
      bearerId: bearer.id,
      conversationId,
      participantNumber,
      providerNumber: twilio_number
    })),
    now
  )
  const uuid = newUuid(now)
  const [inserted] = await database.insert<{ id: number }>(
    tx.sql,
    'conference_calls',
    conferenceColumns,
    [
      {
        uuid,
        bearer_id: bearer.id,
        conversation_id: conversationId,
        twilio_number,
        moderator_number,
        participant_numbers: JSON.stringify(participant_numbers),
        welcome_message: request.welcome_message ?? null,
        callback_url: request.callback_url ?? null,
        internal_status: 'queued',
        created_at: now,
        updated_at: now
      }
    ],
    sql`returning id`
  )
  const leg = (kind: string, number: string, isBlocked: boolean) =>
    newCall(
      {
        uuid: newUuid(now),
        bearer_id: bearer.id,
        conversation_id: conversationId,
        conference_call_id: inserted?.id ?? 0,
        kind,
        participant_number: number,
        provider_number: twilio_number,
        callback_url: request.callback_url ?? null,
        internal_status: isBlocked ? 'blocked' : 'queued',
        ...(isBlocked && {
          error_code: 'blocked',
          error_description: failureOf('blocked') ?? null,
          failed_at: now
        })
      },
      now
    )
  await database.insert(tx.sql, 'calls', callColumns, [
    leg('moderator', moderator_number, false),
    ...participant_numbers.map((number, place) =>
      leg('participant', number, optedOut.has(place + 1))
    )
  ])
  await publishConferences(deps.queue, tx, [{ bearer_id: bearer.id, uuid }])

  const [conference] = await findConferences(database, tx.sql, sql`f.uuid = ${uuid}`)
  if (conference === undefined) throw new Error('A conference call was stored and is not there')
  const { call_sid: _sid, ...call } = await presentCall(deps.storage, conference.moderator)
  return { ...call, conference_call: await presentConference(deps.storage, conference) }
}

/** Nobody to talk to: the moderator, or every participant, opted out. */
function refuseOptedOut(optedOut: ReadonlySet<number>, participants: readonly string[]): void {
  const message = 'opted out of calls from this number'
  const details: ErrorDetail[] = optedOut.has(0) ? [{ field: 'moderator_number', message }] : []
  if (participants.every((_, place) => optedOut.has(place + 1)))
    for (const place of participants.keys())
      details.push({ field: `participant_numbers[${place}]`, message })
  if (details.length > 0) throw new FieldError(new errors.receiverOptedOutOfCalls(), details)
}

/** The rules that need no database. @throws 422 naming every field at fault */
export function checkConferenceCall(request: CreateConferenceCall): void {
  const problems: ErrorDetail[] = []
  const complain = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ field, message: problem })
  }
  complain('twilio_number', phoneNumberProblem(request.twilio_number))
  complain('moderator_number', phoneNumberProblem(request.moderator_number))
  const seen = new Set<string>([request.moderator_number, request.twilio_number])
  if (request.moderator_number === request.twilio_number)
    complain('moderator_number', 'must be another number than twilio_number')
  for (const [place, number] of request.participant_numbers.entries()) {
    const problem = phoneNumberProblem(number)
    const repeated = seen.has(number) ? 'is named twice in this call' : undefined
    complain(`participant_numbers[${place}]`, problem ?? repeated)
    seen.add(number)
  }
  if (request.callback_url !== undefined)
    complain('callback_url', httpUrlProblem(request.callback_url))
  if (problems.length > 0) throw invalidValues(problems)
}
