/** Recipients as they were accepted, a batch at a time. */
export const announcementsLane = 'announcements'
/** One entry for each text of an announcement, due when its sender has room for it. */
export const announcementTextsLane = 'announcements.texts'
/** One entry for each call of an announcement, likewise. */
export const announcementCallsLane = 'announcements.calls'
/** Announcements that are canceled or resumed, or whose time has come: an entry does a page of messages. */
export const announcementChangesLane = 'announcements.changes'

/** How an announcement reaches people. */
export type Medium = 'text' | 'call'

/** @param type of an announcement, or of one of its messages */
export const mediumOf = (type: string): Medium => (type === 'voice' ? 'call' : 'text')

export const sendingLaneOf = (messageType: string): string =>
  mediumOf(messageType) === 'call' ? announcementCallsLane : announcementTextsLane
