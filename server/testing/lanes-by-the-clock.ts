import { messageChecksLane } from '../features/messages/ask-after-messages.ts'
import { synchronizationLane } from '../features/messaging-services/synchronize-numbers.ts'
import { videoSweepLane } from '../features/video-calls/lanes.ts'

/** What always has an entry: the next time that something is looked at. Nobody asked for it. */
export const lanesByTheClock = [messageChecksLane, synchronizationLane, videoSweepLane]

/** Environment of a server for which days pass in a moment: it does by the clock only what texts need. */
export const withoutClockwork = { NUMBER_SYNC_INTERVAL_MS: '0', ZOOM_MODE: 'off' }
