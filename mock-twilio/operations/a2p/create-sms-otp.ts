import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { findBrand } from './find-brand.ts'

/** Sends the text again that a sole proprietor answers. Here none is sent, and no answer is waited for. */
export const createSmsOtp: Operation = {
  name: 'create-sms-otp',
  method: 'POST',
  path: '/messaging/v1/a2p/BrandRegistrations/:BrandRegistrationSid/SmsOtp',
  status: 201,
  handle: call => {
    const brand = findBrand(call, 'BrandRegistrationSid')
    if (brand.brandType !== 'SOLE_PROPRIETOR') {
      throw refusal(20001, `The brand ${brand.sid} is not of the type SOLE_PROPRIETOR`)
    }
    return { account_sid: call.world.accountSid, brand_registration_sid: brand.sid }
  }
}
