import { refusal } from '../../errors.ts'
import { httpMethod, text, url } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { shortCodeResource } from '../../resources/short-code.ts'
import { findShortCode } from './find-short-code.ts'

export const updateShortCode: Operation = {
  name: 'update-short-code',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/SMS/ShortCodes/:Sid.json',
  status: 200,
  handle: call => {
    const { world, form } = call
    const code = findShortCode(call)
    const next = {
      friendlyName: text(form, 'FriendlyName') ?? code.friendlyName,
      smsUrl: url(form, 'SmsUrl') ?? code.smsUrl,
      smsMethod: httpMethod(form, 'SmsMethod') ?? code.smsMethod,
      smsFallbackUrl: url(form, 'SmsFallbackUrl') ?? code.smsFallbackUrl,
      smsFallbackMethod: httpMethod(form, 'SmsFallbackMethod') ?? code.smsFallbackMethod
    }
    if (next.friendlyName.length > 64) throw refusal(20002)
    if (next.smsFallbackUrl !== '' && next.smsUrl === '') throw refusal(21405)
    Object.assign(code, next, { dateUpdated: world.now() })
    return shortCodeResource(world, code)
  }
}
