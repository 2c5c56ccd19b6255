import { refusal } from '../../errors.ts'
import type { ConferenceRecord } from '../../voice/conference-record.ts'

/** Whoever is coached is inside, and not on hold; nobody coaches himself. */
export function checkCoaching(
  conference: ConferenceRecord | undefined,
  callSidToCoach: string | undefined,
  ownCallSid?: string
): string {
  if (callSidToCoach === undefined) {
    throw refusal(20001, 'CallSidToCoach is required with Coaching=true')
  }
  const coached = conference?.participants.find(({ callSid }) => callSid === callSidToCoach)
  if (coached === undefined || coached.joinedAt === null || callSidToCoach === ownCallSid) {
    throw refusal(16028, callSidToCoach)
  }
  if (coached.hold) throw refusal(16027, callSidToCoach)
  return callSidToCoach
}
