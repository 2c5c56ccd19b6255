import { buildCall } from '../../voice/new-call.ts'
import type { Operation } from '../../operation.ts'
import { callResource } from '../../resources/call.ts'
import {
  checkTheRest,
  readCaller,
  readCallee,
  readSettings,
  refuseMagicCallee
} from './call-parameters.ts'

export const createCall: Operation = {
  name: 'create-call',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls.json',
  status: 201,
  isForTestCredentials: true,
  handle: ({ world, form, services, requestId }) => {
    const to = readCallee(form)
    const { from, sid: phoneNumberSid } = readCaller(world, form, to)
    const settings = readSettings(world, form)
    checkTheRest(world, form)
    refuseMagicCallee(to)
    const call = buildCall(world, {
      direction: 'outbound-api',
      requestId,
      to,
      from,
      phoneNumberSid,
      settings
    })
    const { detection } = settings
    if (detection?.isAsync === true && detection.statusCallback === null) {
      const message = 'AsyncAmd tells its finding to AsyncAmdStatusCallback, and there is none'
      world.alert(21262, message, { sid: call.sid, to, from, severity: 'warning' })
    }
    if (!world.isForTests) services.calls.start(world, call)
    return callResource(world, call)
  }
}
