import type { LineType } from '../seeds.ts'
import type { Outcome } from './outcome.ts'

/*
 * What becomes of a text to a line that is not a mobile. Twilio sends to American landlines and hears of the
 * failure (30006); elsewhere it refuses them at once (21614). That it is drawn at the calling code +1 is our
 * reading of https://www.twilio.com/docs/api/errors/21614 and /30006.
 */
const noText: Outcome = { status: 'undelivered', errorCode: 30006 }

export const outcomesOfLines: ReadonlyMap<LineType, Outcome> = new Map<LineType, Outcome>([
  ['landline', noText],
  ['premium', noText],
  ['sharedCost', noText],
  ['uan', noText],
  ['pager', noText],
  ['voicemail', noText],
  ['not_found', { status: 'undelivered', errorCode: 30005 }]
])

/** Of lines that take texts sometimes, the share that does not, where carriers are as in life. Our figures. */
export const deafShares: ReadonlyMap<LineType, number> = new Map<LineType, number>([
  ['fixedVoip', 0.25],
  ['nonFixedVoip', 0.05],
  ['tollFree', 0.5]
])
