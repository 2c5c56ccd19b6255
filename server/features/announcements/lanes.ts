/** Recipients as they were accepted, a batch at a time. */
export const announcementsLane = 'announcements'
/** One entry for each text of an announcement, due when its sender has room for it. */
export const announcementTextsLane = 'announcements.texts'
/** Announcements that are being canceled or resumed, a page of messages at a time. */
export const announcementChangesLane = 'announcements.changes'
