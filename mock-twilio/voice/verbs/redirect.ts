import { Type, type Static } from '@sinclair/typebox'

import { Method, Text } from '../plain-types.ts'
import { expectAttributes, methodOf, type Element, type Reading } from '../reading.ts'
import type { VerbHandler } from '../stage.ts'

/** https://www.twilio.com/docs/voice/twiml/redirect : without an address it is the same document again. */
export const Redirect = Type.Object({ verb: Type.Literal('Redirect'), url: Text, method: Method })

export type Redirect = Static<typeof Redirect>

export const redirect: VerbHandler<Redirect> = {
  begin: (stage, world, call, { url, method }) => stage.ask(world, call, { url, method })
}

export function readRedirect(reading: Reading, element: Element): Redirect {
  expectAttributes(reading, element, 'method')
  return { verb: 'Redirect', url: element.text.trim(), method: methodOf(reading, element, 13710) }
}
