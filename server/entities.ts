import { AnnouncementBatch } from './features/announcements/announcement-batch.entity.ts'
import { Announcement } from './features/announcements/announcement.entity.ts'
import { StickySender } from './features/announcements/sticky-sender.entity.ts'
import { AuditEntry } from './features/audit-log/audit-entry.entity.ts'
import { ApiKey } from './features/api-keys/api-key.entity.ts'
import { Bearer } from './features/bearers/bearer.entity.ts'
import { Call } from './features/calls/call.entity.ts'
import { Recording } from './features/calls/recording.entity.ts'
import { ClientEventAttempt } from './features/client-events/client-event-attempt.entity.ts'
import { ClientEvent } from './features/client-events/client-event.entity.ts'
import { ConferenceCall } from './features/conference-calls/conference-call.entity.ts'
import { Conversation } from './features/conversations/conversation.entity.ts'
import { LineType } from './features/messages/line-type.entity.ts'
import { MessageSweep } from './features/messages/message-sweep.entity.ts'
import { Message } from './features/messages/message.entity.ts'
import { MessagingService } from './features/messaging-services/messaging-service.entity.ts'
import { NumberJobItem } from './features/messaging-services/number-job-item.entity.ts'
import { NumberJob } from './features/messaging-services/number-job.entity.ts'
import { ProviderNumber } from './features/messaging-services/provider-number.entity.ts'
import { OptOut } from './features/opt-outs/opt-out.entity.ts'
import { Participant } from './features/participants/participant.entity.ts'
import { ProviderCallback } from './features/provider-callbacks/provider-callback.entity.ts'
import { VideoCall } from './features/video-calls/video-call.entity.ts'
import { VideoCallParticipant } from './features/video-calls/video-call-participant.entity.ts'
import { VideoCallRecording } from './features/video-calls/video-call-recording.entity.ts'
import { VideoCallSession } from './features/video-calls/video-call-session.entity.ts'
import { VideoCallVisit } from './features/video-calls/video-call-visit.entity.ts'
import { DailyStats } from './features/stats/daily-stats.entity.ts'
import { BearerLimits } from './features/usage-limits/bearer-limits.entity.ts'
import { UsageCount } from './features/usage-limits/usage-count.entity.ts'
import { VoiceDevice } from './features/sdk-calls/voice-device.entity.ts'
import { Voicemail } from './features/voicemails/voicemail.entity.ts'
import { IdempotencyKey } from './platform/idempotency.entity.ts'
import { DeadLetter, LaneEntry } from './platform/lane.entity.ts'

/** Every table, in the order in which a reader meets them. */
export const entities = [
  Bearer,
  ApiKey,
  Conversation,
  Participant,
  MessagingService,
  ProviderNumber,
  OptOut,
  Message,
  MessageSweep,
  LineType,
  Announcement,
  AnnouncementBatch,
  StickySender,
  VideoCall,
  VideoCallParticipant,
  VideoCallSession,
  VideoCallVisit,
  VideoCallRecording,
  ConferenceCall,
  Call,
  Recording,
  Voicemail,
  VoiceDevice,
  ProviderCallback,
  ClientEvent,
  ClientEventAttempt,
  LaneEntry,
  DeadLetter,
  IdempotencyKey,
  NumberJob,
  NumberJobItem,
  DailyStats,
  BearerLimits,
  UsageCount,
  AuditEntry
]
