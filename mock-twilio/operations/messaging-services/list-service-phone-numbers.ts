import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { poolMemberResource } from '../../resources/messaging-service.ts'
import { findService, membersOf } from './find-service.ts'

export const listServicePhoneNumbers: Operation = {
  name: 'list-service-phone-numbers',
  method: 'GET',
  path: '/messaging/v1/Services/:ServiceSid/PhoneNumbers',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const service = findService(call, 'ServiceSid')
    const page = pageOf(pageRequest(query), membersOf(service, 'PN'))
    const url = `https://messaging.twilio.com${path}`
    return metaEnvelope('phone_numbers', url, query, page, member =>
      poolMemberResource(world, service, member)
    )
  }
}
