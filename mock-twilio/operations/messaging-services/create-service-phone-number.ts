import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { poolMemberResource } from '../../resources/messaging-service.ts'
import { joinPool } from '../../carrier/sender-pool.ts'
import { findService } from './find-service.ts'

/** The size of a pool that nobody has asked Twilio to raise. https://www.twilio.com/docs/api/errors/21714 */
const poolLimit = 400

export const createServicePhoneNumber: Operation = {
  name: 'create-service-phone-number',
  method: 'POST',
  path: '/messaging/v1/Services/:ServiceSid/PhoneNumbers',
  status: 201,
  handle: call => {
    const { world, form } = call
    const service = findService(call, 'ServiceSid')
    const sid = text(form, 'PhoneNumberSid')
    if (!sid) throw refusal(20001, 'Missing required parameter PhoneNumberSid')
    const number = world.numbers.get(sid)
    if (number === undefined) throw refusal(21421, sid)
    if (!number.sms && !number.mms) throw refusal(21715, number.phoneNumber)
    if (number.serviceSid === service.sid) throw refusal(21710, number.phoneNumber)
    if (number.serviceSid !== undefined) throw refusal(21712, number.phoneNumber)
    if (service.pool.length >= poolLimit) throw refusal(21714, poolLimit)
    const member = joinPool(service, number, world.now())
    return poolMemberResource(world, service, member)
  }
}
