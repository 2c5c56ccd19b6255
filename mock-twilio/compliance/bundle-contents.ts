import type { BundleRecord } from '../resources/bundle.ts'
import type { ComplianceObject, SupportingDocument } from '../resources/compliance-object.ts'
import type { World } from '../world.ts'
import type { Contents } from './evaluation.ts'
import { policyOf } from './policies.ts'

/** What is assigned to a bundle. What has been deleted since, or was never known, is in no list. */
export function contentsOf(world: World, bundle: BundleRecord): Contents {
  const { endUsers, bundles } = world.compliance
  return {
    endUsers: assigned(bundle, endUsers),
    documents: documentsOf(world, bundle),
    profiles: assigned(bundle, bundles).map(({ policySid, status }) => ({
      type: policyOf(policySid)?.providesType ?? policySid,
      status
    }))
  }
}

export function documentsOf(world: World, bundle: BundleRecord): SupportingDocument[] {
  return assigned(bundle, world.compliance.documents)
}

export function profilesOf(world: World, bundle: BundleRecord): BundleRecord[] {
  return assigned(bundle, world.compliance.bundles)
}

/** One attribute of the end user of this type, if it is a text. */
export function attributeOf(
  world: World,
  bundle: BundleRecord | undefined,
  type: string,
  name: string
): string | undefined {
  if (bundle === undefined) return undefined
  const endUser = assigned(bundle, world.compliance.endUsers).find(object => object.type === type)
  const value: unknown = Object.getOwnPropertyDescriptor(endUser?.attributes ?? {}, name)?.value
  return typeof value === 'string' ? value : undefined
}

function assigned<T extends ComplianceObject | BundleRecord>(
  bundle: BundleRecord,
  objects: ReadonlyMap<string, T>
): T[] {
  return bundle.entities.flatMap(({ objectSid }) => objects.get(objectSid) ?? [])
}
