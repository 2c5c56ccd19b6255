import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { CallerIdRecord } from '../../resources/caller-id.ts'

export function findCallerId({ world, params, path }: Call): CallerIdRecord {
  const callerId = world.callerIds.get(params['Sid'] ?? '')
  if (callerId === undefined) throw refusal(20404, path)
  return callerId
}
