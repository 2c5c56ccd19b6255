import type { Operation } from './operation.ts'
import { accountOperations } from './operations/accounts.ts'
import { alertOperations } from './operations/alerts.ts'
import { addressOperations } from './operations/addresses.ts'
import { applicationOperations } from './operations/applications.ts'
import { availablePhoneNumberOperations } from './operations/available-phone-numbers.ts'
import { callerIdOperations } from './operations/caller-ids.ts'
import { consentOperations } from './operations/consents.ts'
import { callOperations } from './operations/calls.ts'
import { keyOperations } from './operations/keys.ts'
import { lookupOperations } from './operations/lookups.ts'
import { messageOperations } from './operations/messages.ts'
import { messagingServiceOperations } from './operations/messaging-services.ts'
import { a2pOperations } from './operations/a2p.ts'
import { conferenceOperations } from './operations/conferences.ts'
import { recordingOperations } from './operations/recordings.ts'
import { transcriptionOperations } from './operations/transcriptions.ts'
import { phoneNumberOperations } from './operations/phone-numbers.ts'
import { tollfreeOperations } from './operations/tollfree.ts'
import { trusthubOperations } from './operations/trusthub.ts'
import { usa2pOperations } from './operations/usa2p.ts'
import { shortCodeOperations } from './operations/short-codes.ts'

/** All that this mock can do. Anything else is refused, loudly. */
export const operations: readonly Operation[] = [
  ...accountOperations,
  ...keyOperations,
  ...messageOperations,
  ...callOperations,
  ...conferenceOperations,
  ...recordingOperations,
  ...transcriptionOperations,
  ...availablePhoneNumberOperations,
  ...phoneNumberOperations,
  ...shortCodeOperations,
  ...addressOperations,
  ...applicationOperations,
  ...callerIdOperations,
  ...messagingServiceOperations,
  ...lookupOperations,
  ...trusthubOperations,
  ...a2pOperations,
  ...usa2pOperations,
  ...tollfreeOperations,
  ...alertOperations,
  ...consentOperations
]
