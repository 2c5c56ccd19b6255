/** One entry for each call that somebody still has to look at: at the time of its payload's next step. */
export const videoCallsLane = 'video-calls'
/** One entry for each file that is still to be taken over. */
export const videoRecordingsLane = 'video-recordings'
/** One entry, which comes back as long as there is a server. */
export const videoSweepLane = 'video-sweep'
