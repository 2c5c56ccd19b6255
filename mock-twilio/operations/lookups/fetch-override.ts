import type { Operation } from '../../operation.ts'
import { overrideResource } from '../../resources/lookup.ts'
import { findOverride } from './find-override.ts'

export const fetchOverride: Operation = {
  name: 'fetch-override',
  method: 'GET',
  path: '/lookups/v2/PhoneNumbers/:PhoneNumber/Overrides/:Field',
  status: 200,
  handle: call => overrideResource(findOverride(call))
}
