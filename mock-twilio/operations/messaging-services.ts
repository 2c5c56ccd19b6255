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

export const messagingServiceOperations: readonly Operation[] = [
  createService,
  fetchService,
  listServices,
  updateService,
  deleteService,
  createServicePhoneNumber,
  fetchServicePhoneNumber,
  listServicePhoneNumbers,
  deleteServicePhoneNumber
]
