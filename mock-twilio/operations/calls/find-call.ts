import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { CallRecord } from '../../voice/call-record.ts'

export function findCall({ world, params, path }: Call): CallRecord {
  const call = world.calls.find(params['Sid'] ?? '')
  if (call === undefined) throw refusal(20404, path)
  return call
}
