import type { Operation } from '../../operation.ts'
import { findTollfreeVerification } from './find-tollfree-verification.ts'

/** A number that is verified no longer: its texts are those of an unverified one. */
export const deleteTollfreeVerification: Operation = {
  name: 'delete-tollfree-verification',
  method: 'DELETE',
  path: '/messaging/v1/Tollfree/Verifications/:Sid',
  status: 204,
  handle: call => {
    call.world.compliance.tollfreeVerifications.delete(findTollfreeVerification(call).sid)
    return undefined
  }
}
