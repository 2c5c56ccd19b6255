import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'

export function findShortCode({ world, params, path }: Call): NumberRecord {
  const code = world.shortCodes.get(params['Sid'] ?? '')
  if (code === undefined) throw refusal(20404, path)
  return code
}
