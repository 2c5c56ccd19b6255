import { refusal } from '../../errors.ts'
import { isWebUrl, oneOf, text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { callResource } from '../../resources/call.ts'
import { readLimitMs, readMethod, readTwiml, readUrl } from './call-parameters.ts'
import { findCall } from './find-call.ts'

/** Ends a call, or has it go on with another document. */
export const updateCall: Operation = {
  name: 'update-call',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:Sid.json',
  status: 200,
  handle: asked => {
    const { world, form, services } = asked
    const call = findCall(asked)
    const { settings } = call
    const status = oneOf(form, 'Status', ['canceled', 'completed'])
    const url = text(form, 'Url') || undefined
    const twiml = readTwiml(form)
    if (url !== undefined && !isWebUrl(url)) throw refusal(21205, url)
    const method = readMethod(form, 'Method')
    const limitMs = readLimitMs(form)
    const statusCallback = readUrl(form, 'StatusCallback', 21609)
    const fallbackUrl = readUrl(form, 'FallbackUrl', 21402)
    const statusCallbackMethod = readMethod(form, 'StatusCallbackMethod')
    const fallbackMethod = readMethod(form, 'FallbackMethod')

    const isWaiting = call.status === 'queued' || call.status === 'ringing'
    const isGoingOn = call.status === 'in-progress'
    const isRefused =
      status === 'canceled'
        ? !isWaiting
        : status === undefined
          ? !isGoingOn
          : !isWaiting && !isGoingOn
    if (isRefused) throw refusal(21220, call.sid, call.status)

    if (limitMs !== undefined) {
      settings.limitMs = limitMs
      services.calls.limit(world, call)
    }
    if (statusCallback !== null) Object.assign(settings, { statusCallback, statusCallbackMethod })
    if (fallbackUrl !== null) Object.assign(settings, { fallbackUrl, fallbackMethod })
    if (status !== undefined && isWaiting) services.calls.cancel(world, call)
    else if (status !== undefined) services.calls.hangUp(world, call)
    else if (url !== undefined) services.calls.redirect(world, call, { url, method })
    else if (twiml !== null) services.calls.redirect(world, call, { twiml })
    return callResource(world, call)
  }
}
