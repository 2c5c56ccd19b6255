import { refusal } from '../errors.ts'
import type { Call } from '../operation.ts'
import type { KeyRecord } from '../records.ts'

export function findKey({ world, params, path }: Call): KeyRecord {
  const key = world.keys.get(params['Sid'] ?? '')
  if (key === undefined) throw refusal(20404, path)
  return key
}
