import type { NumberType } from '../../inventory/countries.ts'

/** The lists beneath IncomingPhoneNumbers. */
export const typedLists: readonly { segment: string; type: NumberType }[] = [
  { segment: 'Local', type: 'local' },
  { segment: 'Mobile', type: 'mobile' },
  { segment: 'TollFree', type: 'toll-free' }
]
