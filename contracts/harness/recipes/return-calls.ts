import type { Exchange } from '../client.ts'
import type { Json } from '../json.ts'
import type { Actor, World } from '../world/world.ts'
import { aSid, signed } from './provider-callbacks.ts'

/** Somebody who called back, as the provider tells it. */
export interface ReturnCall {
  sid: string
  person: string
  number: string
}

/** Tells the server of something, as the provider does. */
export function tell(
  world: World,
  operationId: string,
  body: Json,
  query: Record<string, string> = {}
): Promise<Exchange> {
  const operation = world.document.operation(operationId)
  const request = { body, ...(Object.keys(query).length > 0 && { query }) }
  return world.send(operation, null, signed(world, operation, request), { around: true })
}

/** A person and a number of ours who know each other. */
export async function aPairing(
  world: World,
  actor: Actor,
  fields: Json = {}
): Promise<{ person: string; number: string; clientConversationId: string }> {
  const person = world.receiver()
  const [number = ''] = world.options.senders
  const clientConversationId = world.fresh('returned')
  await world.must('post_conversations', actor, {
    body: {
      conversation: {
        client_conversation_id: clientConversationId,
        provider_number: number,
        participants: [person],
        ...fields
      }
    }
  })
  return { person, number, clientConversationId }
}

/** What the provider tells of a call to one of our numbers. */
export const formOf = ({ sid, person, number }: ReturnCall, status: string): Json => ({
  CallSid: sid,
  From: person,
  To: number,
  CallStatus: status,
  Direction: 'inbound'
})

/** Somebody whom a pairing knows calls; the provider itself knows nothing of it, so nothing follows. */
export async function aReturnCall(world: World, actor: Actor): Promise<ReturnCall> {
  const call = { ...(await aPairing(world, actor)), sid: aSid(world, 'CA') }
  await tell(world, 'post_twilio_calls_incoming', formOf(call, 'ringing'))
  return call
}

/** The provider tells how such a call fares. */
export const tellOf = (world: World, call: ReturnCall, status: string): Promise<Exchange> =>
  tell(world, 'post_twilio_calls_participant_status_changes', formOf(call, status))

/** The provider tells of what was left after the tone. */
export const aVoicemailIn = (
  world: World,
  { sid }: ReturnCall,
  status: string,
  recordingSid = aSid(world, 'RE')
): Promise<Exchange> =>
  tell(world, 'post_twilio_calls_create_voicemail', {
    CallSid: sid,
    RecordingSid: recordingSid,
    RecordingStatus: status,
    RecordingDuration: status === 'completed' ? '12' : '0'
  })
