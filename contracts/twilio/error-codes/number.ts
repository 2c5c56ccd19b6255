import type { FormValues } from '../judged-mock.ts'
import { firstNumber, numbers, refused, type ErrorCause } from './cause.ts'

const free = '+12125550147'

export const numberErrors: ErrorCause[] = [
  buying(20002, 'a name of 65 letters', { FriendlyName: 'a'.repeat(65) }),
  buying(21402, 'an SmsUrl that is no URL', { SmsUrl: 'nowhere' }),
  buying(21403, 'an SmsMethod that is neither GET nor POST', { SmsMethod: 'PUT' }),
  buying(21405, 'a fallback for texts without a first address', {
    SmsFallbackUrl: 'https://example.com/fallback'
  }),
  buying(21406, 'a fallback for calls without a first address', {
    VoiceFallbackUrl: 'https://example.com/fallback'
  }),
  buying(21421, 'a number that is none', { PhoneNumber: '5550123' }),
  buying(21421, 'an invalid number (magic number)', { PhoneNumber: '+15005550001' }),
  buying(21422, 'a number that is taken', { PhoneNumber: firstNumber }),
  buying(21422, 'an unavailable number (magic number)', { PhoneNumber: '+15005550000' }),
  buying(21451, 'an area code that cannot be', { PhoneNumber: '', AreaCode: '12' }),
  buying(21452, 'an area code without numbers (magic number)', { PhoneNumber: '', AreaCode: '533' })
]

function buying(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, ({ request }) =>
    request('POST', numbers, { PhoneNumber: free, ...fields })
  )
}
