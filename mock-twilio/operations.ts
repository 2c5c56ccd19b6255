import type { Operation } from './operation.ts'
import { createAccount } from './operations/create-account.ts'
import { createKey } from './operations/create-key.ts'
import { createMessage } from './operations/create-message.ts'
import { createPhoneNumber } from './operations/create-phone-number.ts'
import { createService } from './operations/create-service.ts'
import { createServicePhoneNumber } from './operations/create-service-phone-number.ts'
import { deleteKey } from './operations/delete-key.ts'
import { deleteMedia } from './operations/delete-media.ts'
import { deleteMessage } from './operations/delete-message.ts'
import { deletePhoneNumber } from './operations/delete-phone-number.ts'
import { deleteService } from './operations/delete-service.ts'
import { deleteServicePhoneNumber } from './operations/delete-service-phone-number.ts'
import { fetchAccount } from './operations/fetch-account.ts'
import { fetchKey } from './operations/fetch-key.ts'
import { fetchLookup } from './operations/fetch-lookup.ts'
import { fetchMedia, fetchMediaFile } from './operations/fetch-media.ts'
import { fetchMessage } from './operations/fetch-message.ts'
import { fetchPhoneNumber } from './operations/fetch-phone-number.ts'
import { fetchService } from './operations/fetch-service.ts'
import { fetchServicePhoneNumber } from './operations/fetch-service-phone-number.ts'
import { listAccounts } from './operations/list-accounts.ts'
import { listKeys } from './operations/list-keys.ts'
import { listMedia } from './operations/list-media.ts'
import { listMessages } from './operations/list-messages.ts'
import { listPhoneNumbers } from './operations/list-phone-numbers.ts'
import { listServicePhoneNumbers } from './operations/list-service-phone-numbers.ts'
import { listServices } from './operations/list-services.ts'
import { updateAccount } from './operations/update-account.ts'
import { updateKey } from './operations/update-key.ts'
import { updateMessage } from './operations/update-message.ts'
import { updatePhoneNumber } from './operations/update-phone-number.ts'
import { updateService } from './operations/update-service.ts'

/** All that this mock can do. Anything else is refused, loudly. */
export const operations: readonly Operation[] = [
  fetchAccount,
  listAccounts,
  createAccount,
  updateAccount,
  listKeys,
  createKey,
  fetchKey,
  updateKey,
  deleteKey,
  createMessage,
  fetchMessage,
  listMessages,
  updateMessage,
  deleteMessage,
  listMedia,
  fetchMedia,
  fetchMediaFile,
  deleteMedia,
  createPhoneNumber,
  fetchPhoneNumber,
  listPhoneNumbers,
  updatePhoneNumber,
  deletePhoneNumber,
  createService,
  fetchService,
  listServices,
  updateService,
  deleteService,
  createServicePhoneNumber,
  fetchServicePhoneNumber,
  listServicePhoneNumbers,
  deleteServicePhoneNumber,
  fetchLookup
]
