import { Type, type Static } from '@sinclair/typebox'

import { expectAttributes, type Element, type Reading } from '../reading.ts'
import type { VerbHandler } from '../stage.ts'

/** https://www.twilio.com/docs/voice/twiml/hangup : as the first verb it answers the call all the same. */
export const Hangup = Type.Object({ verb: Type.Literal('Hangup') })

export type Hangup = Static<typeof Hangup>

export const hangup: VerbHandler<Hangup> = {
  begin: (stage, world, call) => stage.hangUp(world, call)
}

export function readHangup(reading: Reading, element: Element): Hangup {
  expectAttributes(reading, element)
  return { verb: 'Hangup' }
}
