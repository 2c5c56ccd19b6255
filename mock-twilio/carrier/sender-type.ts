/** What kind of sender an address is, read from the address alone. */
export type SenderType = 'shortCode' | 'longCode' | 'tollFree' | 'alphanumeric'

const tollFreeNumber = /^\+18(?:00|33|44|55|66|77|88)\d{7}$/
const shortCode = /^\d{3,8}$/

export function senderTypeOf(sender: string): SenderType {
  if (!sender.startsWith('+')) return shortCode.test(sender) ? 'shortCode' : 'alphanumeric'
  return tollFreeNumber.test(sender) ? 'tollFree' : 'longCode'
}

/**
 * The calling code of an E.164 number: `+1`, `+49`, `+353`. Of ITU-T E.164's codes those of two digits are
 * listed; 1 and 7 stand alone, and all others have three.
 */
export function callingCodeOf(phoneNumber: string): string {
  if (phoneNumber.startsWith('+1')) return '+1'
  if (phoneNumber.startsWith('+7')) return '+7'
  const two = phoneNumber.slice(1, 3)
  return phoneNumber.slice(0, twoDigitCodes.has(two) ? 3 : 4)
}

const twoDigitCodes = new Set(
  (
    '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 ' +
    '60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'
  ).split(' ')
)
