import type { Operation } from '../../operation.ts'
import { tollfreeVerificationResource } from '../../resources/tollfree-verification.ts'
import { findTollfreeVerification } from './find-tollfree-verification.ts'

export const fetchTollfreeVerification: Operation = {
  name: 'fetch-tollfree-verification',
  method: 'GET',
  path: '/messaging/v1/Tollfree/Verifications/:Sid',
  status: 200,
  handle: call => tollfreeVerificationResource(call.world, findTollfreeVerification(call))
}
