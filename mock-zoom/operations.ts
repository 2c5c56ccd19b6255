import type { Operation } from './operation.ts'
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  updateSubscription
} from './operations/event-subscriptions/event-subscriptions.ts'
import {
  fetchLiveStream,
  updateLiveStream,
  updateLiveStreamStatus
} from './operations/live-streams/live-stream.ts'
import {
  deleteRecording,
  deleteSessionRecordings
} from './operations/recordings/delete-recordings.ts'
import { listRecordings } from './operations/recordings/list-recordings.ts'
import { listSessionRecordings } from './operations/recordings/list-session-recordings.ts'
import {
  recoverRecording,
  recoverSessionRecordings
} from './operations/recordings/recover-recordings.ts'
import { dailyReport } from './operations/reports/daily-report.ts'
import {
  operationLogReport,
  telephoneReport,
  webhookLogReport
} from './operations/reports/log-reports.ts'
import { recordingReport } from './operations/reports/recording-report.ts'
import { controlRtms } from './operations/sessions/control-rtms.ts'
import { controlSession } from './operations/sessions/control-session.ts'
import { createSession } from './operations/sessions/create-session.ts'
import { createSipDialing } from './operations/sessions/create-sip-dialing.ts'
import { deleteSession } from './operations/sessions/delete-session.ts'
import { endSession } from './operations/sessions/end-session.ts'
import { fetchSession } from './operations/sessions/fetch-session.ts'
import { listSessions } from './operations/sessions/list-sessions.ts'
import {
  createLocation,
  deleteLocation,
  fetchLocation,
  listLocations,
  updateLocation,
  updateStorage
} from './operations/storage/storage.ts'
import {
  createStream,
  deleteStream,
  fetchStream,
  listSessionStreams,
  listStreams,
  updateStream
} from './operations/stream-ingestions/stream-ingestions.ts'
import { fetchUserQos, listQos } from './operations/users/list-qos.ts'
import { listSharing } from './operations/users/list-sharing.ts'
import { listUsers } from './operations/users/list-users.ts'

/** Everything of Zoom's API that this mock knows. */
export const operations: readonly Operation[] = [
  listSessions,
  createSession,
  fetchSession,
  deleteSession,
  endSession,
  controlSession,
  controlRtms,
  createSipDialing,
  listUsers,
  listQos,
  fetchUserQos,
  listSharing,
  fetchLiveStream,
  updateLiveStream,
  updateLiveStreamStatus,
  listSessionStreams,
  listStreams,
  createStream,
  fetchStream,
  updateStream,
  deleteStream,
  listRecordings,
  listSessionRecordings,
  deleteSessionRecordings,
  deleteRecording,
  recoverSessionRecordings,
  recoverRecording,
  updateStorage,
  listLocations,
  createLocation,
  fetchLocation,
  updateLocation,
  deleteLocation,
  dailyReport,
  recordingReport,
  operationLogReport,
  telephoneReport,
  webhookLogReport,
  listSubscriptions,
  createSubscription,
  updateSubscription,
  deleteSubscription
]
