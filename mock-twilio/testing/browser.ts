import type { MockTwilio } from '../app.ts'
import { register, unregister } from '../voice/devices.ts'
import { inCall, type InCall } from './in-call.ts'
import { phone, type Phone } from './phone.ts'

/** A browser that has signed in with an access token, as a device of the Voice SDK. It rings until it is picked up. */
export type Browser = Pick<
  Phone,
  | 'answers'
  | 'picksUp'
  | 'declines'
  | 'isBusy'
  | 'letsItRing'
  | 'hangsUpAfter'
  | 'hears'
  | 'inCalls'
  | 'presses'
  | 'speaks'
  | 'conversation'
> & {
  identity: string
  /** Calls the application that its token names, as `device.connect({ params })` does. */
  connects: (parameters?: Record<string, string>) => InCall
  goesOffline: () => void
}

/** Throws Twilio's refusal of a token that is not good. */
export function browser(mock: MockTwilio, token: string, accountSid?: string): Browser {
  const world = mock.world(accountSid)
  const { party, identity } = register(world, token)
  return {
    ...phone(mock, party, accountSid),
    identity,
    connects: (parameters = {}) => {
      const call = mock.calls.connect(world, party, Object.entries(parameters))
      const answered = mock.clock.advance(0).then(() => call)
      return inCall({ mock, world, party }, answered)
    },
    goesOffline: () => {
      unregister(world, party)
    }
  }
}
