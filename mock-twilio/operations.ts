import type { Operation } from './operation.ts'
import { accountOperations } from './operations/accounts.ts'
import { alertOperations } from './operations/alerts.ts'
import { keyOperations } from './operations/keys.ts'
import { lookupOperations } from './operations/lookups.ts'
import { messageOperations } from './operations/messages.ts'
import { messagingServiceOperations } from './operations/messaging-services.ts'
import { a2pOperations } from './operations/a2p.ts'
import { phoneNumberOperations } from './operations/phone-numbers.ts'
import { tollfreeOperations } from './operations/tollfree.ts'
import { trusthubOperations } from './operations/trusthub.ts'
import { usa2pOperations } from './operations/usa2p.ts'

/** All that this mock can do. Anything else is refused, loudly. */
export const operations: readonly Operation[] = [
  ...accountOperations,
  ...keyOperations,
  ...messageOperations,
  ...phoneNumberOperations,
  ...messagingServiceOperations,
  ...lookupOperations,
  ...trusthubOperations,
  ...a2pOperations,
  ...usa2pOperations,
  ...tollfreeOperations,
  ...alertOperations
]
