import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { BrandRecord } from '../../resources/brand.ts'

export function findBrand({ world, params, path }: Call, parameter: string): BrandRecord {
  const brand = world.compliance.brands.get(params[parameter] ?? '')
  if (brand === undefined) throw refusal(20404, path)
  return brand
}
