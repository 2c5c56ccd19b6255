import { Type, type Static } from '@sinclair/typebox'

import { choiceOf, expectAttributes, type Element, type Reading } from '../reading.ts'
import type { VerbHandler } from '../stage.ts'

/** https://www.twilio.com/docs/voice/twiml/reject */
export const Reject = Type.Object({
  verb: Type.Literal('Reject'),
  reason: Type.Union([Type.Literal('rejected'), Type.Literal('busy')])
})

export type Reject = Static<typeof Reject>

/** It speaks of calls that are not answered, and means nothing in others. */
export const reject: VerbHandler<Reject> = {
  begin: (stage, world, call, { reason }) => {
    if (call.status === 'ringing') stage.reject(world, call, reason)
    else stage.next(world, call)
  }
}

export function readReject(reading: Reading, element: Element): Reject {
  expectAttributes(reading, element, 'reason')
  const among = ['rejected', 'busy'] as const
  const reason = choiceOf(reading, element, 'reason', { among, usual: 'rejected', code: 13810 })
  return { verb: 'Reject', reason }
}
