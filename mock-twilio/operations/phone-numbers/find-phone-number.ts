import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'

export function findPhoneNumber({ world, params, path }: Call): NumberRecord {
  const number = world.numbers.get(params['Sid'] ?? '')
  if (number === undefined) throw refusal(20404, path)
  return number
}
