import { apiVersion } from '../resources/api-version.ts'
import type { Recorder, Rooms } from './stage.ts'

/** Recordings that have a name and no sound. */
export const plainRecorder: Recorder = {
  start: world => world.ids.sid('RE'),
  note: () => undefined,
  end: (world, sid, { ms, isSilent }) => ({
    url: `https://api.twilio.com/${apiVersion}/Accounts/${world.accountSid}/Recordings/${sid}`,
    seconds: isSilent ? 0 : Math.round(ms / 1000)
  })
}

/** No conference takes anybody in. */
export const noRooms: Rooms = {
  enter: () => false,
  leave: () => undefined,
  spoken: () => undefined
}
