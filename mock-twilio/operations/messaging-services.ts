import type { Operation } from '../operation.ts'
import { createServicePhoneNumber } from './messaging-services/create-service-phone-number.ts'
import { createService } from './messaging-services/create-service.ts'
import { deleteServicePhoneNumber } from './messaging-services/delete-service-phone-number.ts'
import { deleteService } from './messaging-services/delete-service.ts'
import { fetchServicePhoneNumber } from './messaging-services/fetch-service-phone-number.ts'
import { fetchService } from './messaging-services/fetch-service.ts'
import { listServicePhoneNumbers } from './messaging-services/list-service-phone-numbers.ts'
import { listServices } from './messaging-services/list-services.ts'
import { updateService } from './messaging-services/update-service.ts'
import { createAlphaSender } from './messaging-services/create-alpha-sender.ts'
import { fetchAlphaSender } from './messaging-services/fetch-alpha-sender.ts'
import { listAlphaSenders } from './messaging-services/list-alpha-senders.ts'
import { deleteAlphaSender } from './messaging-services/delete-alpha-sender.ts'
import { createServiceShortCode } from './messaging-services/create-service-short-code.ts'
import { fetchServiceShortCode } from './messaging-services/fetch-service-short-code.ts'
import { listServiceShortCodes } from './messaging-services/list-service-short-codes.ts'
import { deleteServiceShortCode } from './messaging-services/delete-service-short-code.ts'

export const messagingServiceOperations: readonly Operation[] = [
  createService,
  fetchService,
  listServices,
  updateService,
  deleteService,
  createServicePhoneNumber,
  fetchServicePhoneNumber,
  listServicePhoneNumbers,
  deleteServicePhoneNumber,
  createAlphaSender,
  fetchAlphaSender,
  listAlphaSenders,
  deleteAlphaSender,
  createServiceShortCode,
  fetchServiceShortCode,
  listServiceShortCodes,
  deleteServiceShortCode
]
