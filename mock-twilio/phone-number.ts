const e164 = /^\+[1-9]\d{6,14}$/
// North America numbers ten digits, of which neither the area code nor the exchange begins with 0 or 1.
const northAmerican = /^\+1[2-9]\d{2}[2-9]\d{6}$/

/** E.164, and possible where the numbering plan is known. National spellings are not taken. */
export function isPhoneNumber(value: string): boolean {
  return e164.test(value) && (!value.startsWith('+1') || northAmerican.test(value))
}
