import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { alphaSenderResource } from '../../resources/messaging-service.ts'
import { findService } from './find-service.ts'

/** https://www.twilio.com/docs/api/errors/21709 */
const alphaSenderPattern = /^(?=.*[a-z])[a-z0-9 &+_-]{1,11}$/i

/** A service has one alpha sender. (That a second one is refused as the same sender again is our reading.) */
export const createAlphaSender: Operation = {
  name: 'create-alpha-sender',
  method: 'POST',
  path: '/messaging/v1/Services/:ServiceSid/AlphaSenders',
  status: 201,
  handle: call => {
    const { world, form } = call
    const service = findService(call, 'ServiceSid')
    const alphaSender = text(form, 'AlphaSender')
    if (!alphaSender) throw refusal(20001, 'Missing required parameter AlphaSender')
    if (!alphaSenderPattern.test(alphaSender)) throw refusal(21709, alphaSender)
    if (service.alphaSenders.length > 0) throw refusal(21710, alphaSender)
    const record = { sid: world.ids.sid('AI'), alphaSender, dateCreated: world.now() }
    service.alphaSenders.push(record)
    return alphaSenderResource(world, service, record)
  }
}
