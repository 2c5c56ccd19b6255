import type { MessageStatus } from './lifecycle.ts'

/*
 * The provider's words for a call, where a message is one. `initiated` is told in callbacks alone.
 * https://www.twilio.com/docs/voice/api/call-resource#call-status-values
 */

const meanings: Readonly<Record<string, MessageStatus>> = {
  queued: 'sending',
  initiated: 'sending',
  ringing: 'sent',
  'in-progress': 'sent',
  completed: 'delivered',
  busy: 'undelivered',
  'no-answer': 'undelivered',
  failed: 'failed',
  canceled: 'failed'
}

/** Undefined for a word that the provider did not use when this was written. */
export const meaningOfCall = (providerStatus: string): MessageStatus | undefined =>
  Object.hasOwn(meanings, providerStatus) ? meanings[providerStatus] : undefined

/** The steps of a call that is not over, in their order. */
export const callSteps = ['queued', 'initiated', 'ringing', 'in-progress']

const endings: Readonly<Record<string, string>> = {
  busy: 'The line was busy, or the call was declined.',
  'no-answer': 'Nobody picked up.',
  failed: 'The call could not be put through.',
  canceled: 'The call was taken back at the provider before anybody picked up.'
}

/** Why a call reached nobody; undefined for one that did, or that is not over. */
export const callFailure = (providerStatus: string): string | undefined =>
  Object.hasOwn(endings, providerStatus) ? endings[providerStatus] : undefined
