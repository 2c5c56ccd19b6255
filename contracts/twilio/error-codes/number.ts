import type { Answer, Built, FormValues } from '../judged-mock.ts'
import {
  aNumber,
  aSubaccount,
  account,
  firstNumber,
  numbers,
  postAs,
  refused,
  type ErrorCause
} from './cause.ts'

const free = '+12125550147'
const german = '+493051234567'
const brazilianMobile = '+5511912345678'
const callerIds = `${account}/OutgoingCallerIds.json`
const somewhere = `AD${'9'.repeat(32)}`
const good = {
  CustomerName: 'School',
  Street: '1 Main Street',
  City: 'Sardis',
  Region: 'MS',
  PostalCode: '38666',
  IsoCountry: 'US'
}

export const numberErrors: ErrorCause[] = [
  buying(20002, 'a name of 65 letters', { FriendlyName: 'a'.repeat(65) }),
  buying(21218, 'an application whose sid is none', { SmsApplicationSid: 'AP1' }),
  buying(21402, 'an SmsUrl that is no URL', { SmsUrl: 'nowhere' }),
  buying(21403, 'an SmsMethod that is neither GET nor POST', { SmsMethod: 'PUT' }),
  buying(21405, 'a fallback for texts without a first address', {
    SmsFallbackUrl: 'https://example.com/fallback'
  }),
  buying(21406, 'a fallback for calls without a first address', {
    VoiceFallbackUrl: 'https://example.com/fallback'
  }),
  buying(21420, 'an application of nobody', { SmsApplicationSid: `AP${'9'.repeat(32)}` }),
  buying(21421, 'a number that is none', { PhoneNumber: '5550123' }),
  buying(21421, 'an invalid number (magic number)', { PhoneNumber: '+15005550001' }),
  buying(21422, 'a number that is taken', { PhoneNumber: firstNumber }),
  buying(21422, 'an unavailable number (magic number)', { PhoneNumber: '+15005550000' }),
  buying(21451, 'an area code that cannot be', { PhoneNumber: '', AreaCode: '12' }),
  buying(21452, 'an area code without numbers (magic number)', {
    PhoneNumber: '',
    AreaCode: '533'
  }),
  refused(21457, 400, 'an area code outside the United States and Canada', ({ request }) =>
    request('GET', `${account}/AvailablePhoneNumbers/GB/Local.json`, { AreaCode: '207' })
  ),
  refused(21458, 400, 'a local number is bought as a toll-free one', ({ request }) =>
    request('POST', `${account}/IncomingPhoneNumbers/TollFree.json`, { PhoneNumber: free })
  ),
  buying(21615, 'a German number without an address in Germany', { PhoneNumber: german }),
  buying(21631, 'an Australian number without an address', { PhoneNumber: '+61281234567' }),
  refused(21649, 400, 'a German number without a bundle', async built =>
    buy(built, { PhoneNumber: german, AddressSid: await anAddress(built, 'DE') })
  ),
  refused(21650, 400, 'a Brazilian mobile number without an identity', async built =>
    buy(built, { PhoneNumber: brazilianMobile, AddressSid: await anAddress(built, 'BR') })
  ),
  buying(21651, 'an address that the account does not have', { AddressSid: somewhere }),

  moving(21470, 'a number moves to an account whose sid is none', () => 'AC1'),
  moving(21471, 'a number moves to an account that does not exist', () => `AC${'9'.repeat(32)}`),
  moving(21472, 'a number moves to a closed subaccount', async built => {
    const { sid } = await aSubaccount(built)
    await built.request('POST', `/2010-04-01/Accounts/${sid}.json`, { Status: 'closed' })
    return sid
  }),
  moving(21473, 'a number moves to an account of another family', ({ mock }) => {
    const stranger = `AC${'5'.repeat(32)}`
    mock.store.replace({ account_sid: stranger })
    return stranger
  }),
  refused(21474, 400, 'a subaccount moves its number to the parent', async built => {
    const { sid, auth_token: token } = await aSubaccount(built)
    const path = `/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers`
    const { body: number } = await built.request('POST', `${path}.json`, { AreaCode: '601' })
    const AccountSid = built.mock.world().accountSid
    return postAs(built, { sid, token }, `${path}/${number.sid}.json`, { AccountSid })
  }),

  callerId(21401, 'a caller id that is no phone number', { PhoneNumber: '5550123' }),
  refused(21450, 400, 'a caller id that is validated already', async built => {
    await built.request('POST', callerIds, { PhoneNumber: free })
    return built.request('POST', callerIds, { PhoneNumber: free })
  }),
  callerId(21454, 'a validating call in more than a minute', { CallDelay: 61 }),
  callerId(21502, 'a validating call whose callback is no URL', { StatusCallback: 'nowhere' }),

  address(21628, 'an address in no region of its country', { Region: 'Nowhere' }),
  address(21629, 'an untidy address that nobody may tidy', {
    Region: 'ms',
    AutoCorrectAddress: false
  }),
  refused(21630, 400, 'an address is deleted that a number depends on', async built => {
    const AddressSid = await anAddress(built, 'US')
    const emergency = { EmergencyAddressSid: AddressSid, AddressSid }
    await buy(built, { PhoneNumber: '+61281234567', ...emergency })
    return built.request('DELETE', `${account}/Addresses/${AddressSid}.json`)
  })
]

function buying(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, built => buy(built, { PhoneNumber: free, ...fields }))
}

function buy({ request }: Built, form: FormValues): Promise<Answer> {
  return request('POST', numbers, form)
}

function moving(
  code: number,
  cause: string,
  receiver: (built: Built) => string | Promise<string>
): ErrorCause {
  return refused(code, 400, cause, async built => {
    const AccountSid = await receiver(built)
    const sid = await aNumber(built, free)
    return built.request('POST', `${account}/IncomingPhoneNumbers/${sid}.json`, { AccountSid })
  })
}

function callerId(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, ({ request }) =>
    request('POST', callerIds, { PhoneNumber: free, ...fields })
  )
}

function address(code: number, cause: string, fields: FormValues): ErrorCause {
  return refused(code, 400, cause, ({ request }) =>
    request('POST', `${account}/Addresses.json`, { ...good, ...fields })
  )
}

async function anAddress({ request }: Built, IsoCountry: string): Promise<string> {
  return (await request('POST', `${account}/Addresses.json`, { ...good, IsoCountry })).body.sid
}
