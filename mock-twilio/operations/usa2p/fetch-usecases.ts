import { usecasesOf } from '../../compliance/usecases.ts'
import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { findService } from '../messaging-services/find-service.ts'

export const fetchUsecases: Operation = {
  name: 'fetch-usecases',
  method: 'GET',
  path: '/messaging/v1/Services/:MessagingServiceSid/Compliance/Usa2p/Usecases',
  status: 200,
  handle: call => {
    const { world, query } = call
    findService(call, 'MessagingServiceSid')
    const brandSid = text(query, 'BrandRegistrationSid')
    const brand = brandSid ? world.compliance.brands.get(brandSid) : undefined
    if (brandSid && brand === undefined) throw refusal(21717, brandSid, '(any)')
    return { us_app_to_person_usecases: usecasesOf(brand) }
  }
}
