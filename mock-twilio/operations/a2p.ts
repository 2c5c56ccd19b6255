import type { Operation } from '../operation.ts'
import { createBrand } from './a2p/create-brand.ts'
import { createSmsOtp } from './a2p/create-sms-otp.ts'
import { createVetting } from './a2p/create-vetting.ts'
import { fetchBrand } from './a2p/fetch-brand.ts'
import { fetchVetting } from './a2p/fetch-vetting.ts'
import { listBrands } from './a2p/list-brands.ts'
import { listVettings } from './a2p/list-vettings.ts'
import { updateBrand } from './a2p/update-brand.ts'

export const a2pOperations: readonly Operation[] = [
  createBrand,
  fetchBrand,
  listBrands,
  updateBrand,
  createSmsOtp,
  createVetting,
  fetchVetting,
  listVettings
]
