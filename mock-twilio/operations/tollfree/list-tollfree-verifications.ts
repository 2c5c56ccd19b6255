import { oneOf, text } from '../../forms.ts'
import { tollfreeStatuses } from '../../lifecycles/tollfree-verification.ts'
import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { tollfreeVerificationResource } from '../../resources/tollfree-verification.ts'

export const listTollfreeVerifications: Operation = {
  name: 'list-tollfree-verifications',
  method: 'GET',
  path: '/messaging/v1/Tollfree/Verifications',
  status: 200,
  handle: ({ world, query, path }) => {
    const status = oneOf(query, 'Status', tollfreeStatuses)
    const numberSid = text(query, 'TollfreePhoneNumberSid') || undefined
    const reference = text(query, 'ExternalReferenceId') || undefined
    const wanted = [...world.compliance.tollfreeVerifications.values()].filter(
      verification =>
        verification.status === (status ?? verification.status) &&
        verification.phoneNumberSid === (numberSid ?? verification.phoneNumberSid) &&
        verification.externalReferenceId === (reference ?? verification.externalReferenceId)
    )
    const url = `https://messaging.twilio.com${path}`
    return metaEnvelope('verifications', url, query, pageOf(pageRequest(query), wanted), one =>
      tollfreeVerificationResource(world, one)
    )
  }
}
