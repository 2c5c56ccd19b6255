import type { Operation } from './operation.ts'
import { accountOperations } from './operations/accounts.ts'
import { consentOperations } from './operations/consents.ts'
import { keyOperations } from './operations/keys.ts'
import { lookupOperations } from './operations/lookups.ts'
import { messageOperations } from './operations/messages.ts'
import { messagingServiceOperations } from './operations/messaging-services.ts'
import { phoneNumberOperations } from './operations/phone-numbers.ts'

/** All that this mock can do. Anything else is refused, loudly. */
export const operations: readonly Operation[] = [
  ...accountOperations,
  ...keyOperations,
  ...messageOperations,
  ...phoneNumberOperations,
  ...messagingServiceOperations,
  ...lookupOperations,
  ...consentOperations
]
