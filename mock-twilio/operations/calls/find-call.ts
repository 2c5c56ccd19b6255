import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { CallRecord } from '../../voice/call-record.ts'

export function findCall(
  { world, params, path }: Call,
  name: 'Sid' | 'CallSid' = 'Sid'
): CallRecord {
  const call = world.calls.find(params[name] ?? '')
  if (call === undefined) throw refusal(20404, path)
  return call
}
