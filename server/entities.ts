import { AnnouncementBatch } from './features/announcements/announcement-batch.entity.ts'
import { Announcement } from './features/announcements/announcement.entity.ts'
import { StickySender } from './features/announcements/sticky-sender.entity.ts'
import { ApiKey } from './features/api-keys/api-key.entity.ts'
import { Bearer } from './features/bearers/bearer.entity.ts'
import { Call } from './features/calls/call.entity.ts'
import { Recording } from './features/calls/recording.entity.ts'
import { ClientEventAttempt } from './features/client-events/client-event-attempt.entity.ts'
import { ClientEvent } from './features/client-events/client-event.entity.ts'
import { ConferenceCall } from './features/conference-calls/conference-call.entity.ts'
import { Conversation } from './features/conversations/conversation.entity.ts'
import { LineType } from './features/messages/line-type.entity.ts'
import { Message } from './features/messages/message.entity.ts'
import { MessagingService } from './features/messaging-services/messaging-service.entity.ts'
import { ProviderNumber } from './features/messaging-services/provider-number.entity.ts'
import { OptOut } from './features/opt-outs/opt-out.entity.ts'
import { Participant } from './features/participants/participant.entity.ts'
import { ProviderCallback } from './features/provider-callbacks/provider-callback.entity.ts'
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
  LineType,
  Announcement,
  AnnouncementBatch,
  StickySender,
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
  IdempotencyKey
]
