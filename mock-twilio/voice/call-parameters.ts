import type { FormParameter } from '../callbacks/signature.ts'
import type { CallRecord } from './call-record.ts'
import type { World } from '../world.ts'
import { placeOf } from '../carrier/places.ts'

/**
 * What every request about a call says of it.
 * https://www.twilio.com/docs/voice/twiml#request-parameters
 */
export function callParameters(
  world: World,
  call: CallRecord,
  status: string = call.status
): FormParameter[] {
  const { to, from } = call
  const parameters: FormParameter[] = [
    ['AccountSid', world.accountSid],
    ['ApiVersion', '2010-04-01'],
    ['CallSid', call.sid],
    ['CallStatus', status],
    ['Called', to],
    ['Caller', from],
    ['Direction', call.direction],
    ['From', from],
    ['To', to],
    ...placeParameters('Called', to),
    ...placeParameters('Caller', from),
    ...placeParameters('From', from),
    ...placeParameters('To', to)
  ]
  if (call.parentCallSid !== null) parameters.push(['ParentCallSid', call.parentCallSid])
  if (call.answeredBy !== null) parameters.push(['AnsweredBy', call.answeredBy])
  return [...parameters, ...call.parameters]
}

function placeParameters(role: string, phoneNumber: string): FormParameter[] {
  const { city, state, zip, country } = placeOf(phoneNumber)
  return [
    [`${role}City`, city],
    [`${role}Country`, country],
    [`${role}State`, state],
    [`${role}Zip`, zip]
  ]
}
