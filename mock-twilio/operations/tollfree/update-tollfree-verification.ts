import { resubmitTollfree } from '../../compliance/tollfree-review.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { tollfreeVerificationResource } from '../../resources/tollfree-verification.ts'
import { findTollfreeVerification } from './find-tollfree-verification.ts'
import { changedDetails } from './tollfree-details.ts'

/** Corrects a verification that waits for its review, or that was rejected less than a week ago. */
export const updateTollfreeVerification: Operation = {
  name: 'update-tollfree-verification',
  method: 'POST',
  path: '/messaging/v1/Tollfree/Verifications/:Sid',
  status: 202,
  handle: call => {
    const { world, form } = call
    const verification = findTollfreeVerification(call)
    const { sid, status, rejection } = verification
    const details = changedDetails(form)
    const isEditable =
      status === 'PENDING_REVIEW' || (rejection !== null && world.now() < rejection.editableUntil)
    if (!isEditable) throw refusal(20409, `The verification ${sid} is ${status}, and not editable`)
    verification.details = { ...verification.details, ...details }
    verification.dateUpdated = world.now()
    if (rejection !== null) resubmitTollfree(world, verification)
    return tollfreeVerificationResource(world, verification)
  }
}
