import { joinPool } from '../../carrier/sender-pool.ts'
import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { poolShortCodeResource } from '../../resources/messaging-service.ts'
import { findService } from './find-service.ts'

export const createServiceShortCode: Operation = {
  name: 'create-service-short-code',
  method: 'POST',
  path: '/messaging/v1/Services/:ServiceSid/ShortCodes',
  status: 201,
  handle: call => {
    const { world, form } = call
    const service = findService(call, 'ServiceSid')
    const sid = text(form, 'ShortCodeSid')
    if (!sid) throw refusal(20001, 'Missing required parameter ShortCodeSid')
    const code = world.shortCodes.get(sid)
    if (code === undefined) throw refusal(21421, sid)
    if (code.serviceSid === service.sid) throw refusal(21710, code.phoneNumber)
    if (code.serviceSid !== undefined) throw refusal(21712, code.phoneNumber)
    return poolShortCodeResource(world, service, joinPool(service, code, world.now()))
  }
}
