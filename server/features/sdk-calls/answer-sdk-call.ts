import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import type { Transaction } from '../../platform/database.ts'
import { type ErrorDetail, type FieldError, invalidValues } from '../../platform/errors.ts'
import { newUuid } from '../../platform/ids.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { callTwiml } from '../../telephony/call-twiml.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import { callNews } from '../calls/call-news.ts'
import { callColumns, callFields, type CallRow, fromCalls, newCall } from '../calls/call-row.ts'
import { failureOf } from '../calls/lifecycle.ts'
import { publishCallChecks } from '../calls/lanes.ts'
import type { CallDeps } from '../calls/open-calls.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { resolveConversations } from '../conversations/resolve-conversations.ts'
import { findOptedOut } from '../opt-outs/registry.ts'
import { usePairings } from '../participants/use-pairings.ts'
import { callUrls } from '../provider-callbacks/call-urls.ts'
import type { UsageGuard } from '../usage-limits/usage-guard.ts'
import { chooseCallerId } from './choose-caller-id.ts'
import type { VoiceResponseRequest } from './schemas.ts'

export interface SdkCallDeps extends CallDeps {
  guard: UsageGuard
  config: Pick<Config, 'PUBLIC_URL' | 'RECORD_CALLS' | 'CALL_RING_SECONDS' | 'CALL_CHECK_AFTER_MS'>
}

/** Somebody who calls from a browser. */
export interface SdkCaller {
  bearer: { id: number; name: string; isAdmin: boolean }
  /** The browser's own leg, where the provider asks. */
  callSid: string | null
  /** What the voice token was made for, which holds as long as the request names nothing else. */
  device:
    | {
        conversation_id: number | null
        moderator_id: string
        client_call_id: string | null
        callback_url: string | null
      }
    | undefined
}

/**
 * Takes in a call from a browser and answers what is to happen: the person is called from a number that they know. The
 * same call of the provider asked about twice is one call.
 *
 * @throws 422 when nobody can be called, 429 when the bearer has reached its limit of calls
 */
export async function answerSdkCall(
  deps: SdkCallDeps,
  tx: Transaction,
  { bearer, callSid, device }: SdkCaller,
  request: VoiceResponseRequest
): Promise<string> {
  const { database, config } = deps
  const now = deps.clock.now()
  check(request)
  const conversationId = await resolveConversation(deps, tx, bearer, device, request, now)
  const participantNumber = request.To ?? (await lastParticipant(tx, bearer.id, conversationId))
  if (participantNumber === undefined)
    throw invalidValues([
      { field: 'To', message: 'is required where the conversation has no participant yet' }
    ])
  const providerNumber = await chooseCallerId(tx.sql, {
    bearerId: bearer.id,
    isAdmin: bearer.isAdmin,
    conversationId,
    participantNumber,
    messagingServiceSid: request.messaging_service_sid,
    globalCustomerId: request.global_customer_id
  })
  if (providerNumber === undefined) throw noNumber(request)
  const optedOut = await findOptedOut(
    database,
    tx.sql,
    [{ sender: providerNumber, recipient: participantNumber, messagingServiceSid: null }],
    'calls'
  )
  const isBlocked = optedOut.size > 0
  const row = newCall(
    {
      uuid: newUuid(now),
      bearer_id: bearer.id,
      conversation_id: conversationId,
      kind: 'sdk',
      call_sid: callSid,
      participant_number: participantNumber,
      provider_number: providerNumber,
      moderator_id: request.moderator_id ?? device?.moderator_id ?? null,
      client_call_id: request.client_call_id ?? device?.client_call_id ?? null,
      callback_url: request.callback_url ?? device?.callback_url ?? null,
      internal_status: isBlocked ? 'blocked' : 'calling',
      ...(isBlocked && {
        error_code: 'blocked',
        error_description: failureOf('blocked') ?? null,
        failed_at: now
      })
    },
    now
  )
  const inserted = await database.insert(
    tx.sql,
    'calls',
    callColumns,
    [row],
    sql`on conflict (call_sid) where call_sid is not null do nothing returning id`
  )
  if (!isBlocked)
    await deps.guard.take(tx, 'calls', { bearerId: bearer.id, count: inserted.length })
  const call = await findCall(tx, callSid, row.uuid)
  if (isBlocked) {
    await emitEvents(deps, tx, await callNews(deps.storage, call, 'blocked'), now)
    return callTwiml([{ say: refusedWords }, { hangUp: true }])
  }
  await usePairings(
    database,
    tx,
    [
      {
        bearerId: bearer.id,
        conversationId: conversationId ?? 0,
        participantNumber,
        providerNumber
      }
    ],
    now
  )
  await publishCallChecks(deps.queue, tx, [
    { bearerId: bearer.id, id: call.uuid, dueAt: now + config.CALL_CHECK_AFTER_MS }
  ])
  const urls = callUrls(config.PUBLIC_URL)
  return callTwiml([
    {
      dialNumber: {
        number: call.participant_number,
        callerId: call.provider_number,
        timeoutSeconds: config.CALL_RING_SECONDS,
        action: urls.next(call.uuid),
        statusCallback: urls.status(call.uuid),
        recordingCallback: config.RECORD_CALLS ? urls.recording(call.uuid) : undefined
      }
    }
  ])
}

const refusedWords = 'This person does not want to receive calls. Goodbye.'

function check(request: VoiceResponseRequest): void {
  const problems: ErrorDetail[] = []
  const complain = (field: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ field, message: problem })
  }
  if (request.To !== undefined) complain('To', phoneNumberProblem(request.To))
  if (request.callback_url !== undefined)
    complain('callback_url', httpUrlProblem(request.callback_url))
  if (problems.length > 0) throw invalidValues(problems)
}

async function resolveConversation(
  { database }: SdkCallDeps,
  tx: Transaction,
  bearer: SdkCaller['bearer'],
  device: SdkCaller['device'],
  request: VoiceResponseRequest,
  now: number
): Promise<number | null> {
  const [conversation] = await resolveConversations(
    database,
    tx,
    [
      {
        bearerId: bearer.id,
        applicationName: request.application_name ?? bearer.name,
        clientConversationId: request.client_conversation_id ?? null,
        globalId: request.global_id ?? null,
        internalConversationId: request.internal_conversation_id ?? null,
        callbackUrl: request.callback_url ?? null
      }
    ],
    now
  )
  return conversation?.id ?? device?.conversation_id ?? null
}

async function lastParticipant(
  tx: Transaction,
  bearerId: number,
  conversationId: number | null
): Promise<string | undefined> {
  if (conversationId === null) return undefined
  const { rows } = await sql<{ number: string }>`
    select participant_number as number from participants
    where conversation_id = ${conversationId} and bearer_id = ${bearerId} and pairing_deactivated_at is null
    order by last_active_at desc, id desc limit 1`.execute(tx.sql)
  return rows[0]?.number
}

async function findCall(tx: Transaction, callSid: string | null, uuid: string): Promise<CallRow> {
  const { rows } = await sql<CallRow>`
    select ${callFields} ${fromCalls}
    where ${callSid === null ? sql`k.uuid = ${uuid}` : sql`k.call_sid = ${callSid}`}`.execute(
    tx.sql
  )
  const [call] = rows
  if (call === undefined) throw new Error('A call was stored and is not there')
  return call
}

function noNumber({
  messaging_service_sid: service,
  global_customer_id: customer
}: VoiceResponseRequest): FieldError {
  const field =
    service !== undefined
      ? 'messaging_service_sid'
      : customer !== undefined
        ? 'global_customer_id'
        : 'messaging_service_sid'
  const message = 'must name a messaging service of yours that has a number to call from'
  return invalidValues([{ field, message }])
}
