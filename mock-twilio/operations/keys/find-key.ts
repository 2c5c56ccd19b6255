import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { KeyRecord } from '../../resources/key.ts'

export function findKey({ world, params, path }: Call): KeyRecord {
  const key = world.keys.get(params['Sid'] ?? '')
  if (key === undefined) throw refusal(20404, path)
  return key
}
