import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { alphaSenderResource } from '../../resources/messaging-service.ts'
import { findService } from './find-service.ts'

export const listAlphaSenders: Operation = {
  name: 'list-alpha-senders',
  method: 'GET',
  path: '/messaging/v1/Services/:ServiceSid/AlphaSenders',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const service = findService(call, 'ServiceSid')
    const page = pageOf(pageRequest(query), service.alphaSenders)
    const url = `https://messaging.twilio.com${path}`
    return metaEnvelope('alpha_senders', url, query, page, sender =>
      alphaSenderResource(world, service, sender)
    )
  }
}
