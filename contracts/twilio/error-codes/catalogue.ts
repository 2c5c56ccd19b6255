import { catalogue, deliveryErrors } from '../../../mock-twilio/errors.ts'
import { accountErrors } from './account.ts'
import { callErrors } from './call.ts'
import { callbackErrors } from './callbacks.ts'
import type { ErrorCause } from './cause.ts'
import { complianceErrors } from './compliance.ts'
import { conferenceErrors } from './conference.ts'
import { deliveryFailures } from './delivery.ts'
import { lookupErrors } from './lookup.ts'
import { otherMeanings } from './meanings.ts'
import { messageErrors } from './message.ts'
import { numberErrors } from './number.ts'
import { schedulingErrors } from './scheduling.ts'
import { serviceErrors } from './service.ts'
import { twimlErrors } from './twiml.ts'
import { voiceErrors } from './voice.ts'

/** Every error of the mock with its causes, in the order of the codes. */
export const errorCauses: readonly ErrorCause[] = [
  ...accountErrors,
  ...messageErrors,
  ...schedulingErrors,
  ...callErrors,
  ...conferenceErrors,
  ...numberErrors,
  ...serviceErrors,
  ...lookupErrors,
  ...complianceErrors,
  ...deliveryFailures,
  ...callbackErrors,
  ...twimlErrors,
  ...voiceErrors
].toSorted((a, b) => a.code - b.code)

/** Codes that the mock knows and no test can bring about, and why. */
export const unprovoked: ReadonlyMap<number, string> = new Map([])

/** The mock's own words, without the values that it puts in, if it has any. */
export function meaningOf(code: number): string {
  const [, entry] = Object.entries(catalogue).find(([known]) => Number(known) === code) ?? []
  return (entry?.[1] ?? deliveryErrors.get(code) ?? otherMeanings.get(code) ?? '').replaceAll(
    /\{\d\}/g,
    '…'
  )
}
