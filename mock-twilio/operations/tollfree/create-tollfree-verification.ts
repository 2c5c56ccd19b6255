import { tollfreeVerificationOf } from '../../compliance.ts'
import { requiredText, shortText } from '../../compliance/parameters.ts'
import { startTollfreeReview } from '../../compliance/tollfree-review.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import {
  tollfreeVerificationResource,
  type TollfreeVerificationRecord
} from '../../resources/tollfree-verification.ts'
import { newDetails } from './tollfree-details.ts'

export const createTollfreeVerification: Operation = {
  name: 'create-tollfree-verification',
  method: 'POST',
  path: '/messaging/v1/Tollfree/Verifications',
  status: 201,
  handle: ({ world, form }) => {
    const phoneNumberSid = requiredText(form, 'TollfreePhoneNumberSid')
    const details = newDetails(form)
    const number = world.numbers.get(phoneNumberSid)
    if (number === undefined || !isTollfree(number.phoneNumber)) {
      throw refusal(30436, phoneNumberSid)
    }
    const profileSid = shortText(form, 'CustomerProfileSid') || null
    if (profileSid !== null) {
      const profile = world.compliance.bundles.get(profileSid)
      if (profile?.kind !== 'customer-profile') {
        throw refusal(20001, `CustomerProfileSid ${profileSid} does not exist`)
      }
    }
    if (tollfreeVerificationOf(world, phoneNumberSid) !== undefined) {
      throw refusal(20409, `The number ${number.phoneNumber} has a verification already`)
    }
    const now = world.now()
    const verification: TollfreeVerificationRecord = {
      sid: world.ids.sid('HH'),
      phoneNumberSid,
      phoneNumber: number.phoneNumber,
      customerProfileSid: profileSid,
      externalReferenceId: shortText(form, 'ExternalReferenceId') || null,
      status: 'PENDING_REVIEW',
      details,
      rejection: null,
      submissions: 0,
      dateCreated: now,
      dateUpdated: now
    }
    world.compliance.tollfreeVerifications.set(verification.sid, verification)
    startTollfreeReview(world, verification)
    return tollfreeVerificationResource(world, verification)
  }
}

function isTollfree(phoneNumber: string): boolean {
  return /^\+18(?:00|33|44|55|66|77|88)\d{7}$/.test(phoneNumber)
}
