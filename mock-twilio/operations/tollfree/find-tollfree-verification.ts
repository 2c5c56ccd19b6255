import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { TollfreeVerificationRecord } from '../../resources/tollfree-verification.ts'

export function findTollfreeVerification({
  world,
  params,
  path
}: Call): TollfreeVerificationRecord {
  const verification = world.compliance.tollfreeVerifications.get(params['Sid'] ?? '')
  if (verification === undefined) throw refusal(20404, path)
  return verification
}
