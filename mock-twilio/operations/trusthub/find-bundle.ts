import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { BundleKind, BundleRecord } from '../../resources/bundle.ts'

/** A bundle of the other kind is not found under this one's path. */
export function findBundle(
  { world, params, path }: Call,
  kind: BundleKind,
  parameter: string
): BundleRecord {
  const bundle = world.compliance.bundles.get(params[parameter] ?? '')
  if (bundle === undefined || bundle.kind !== kind.name) throw refusal(20404, path)
  return bundle
}

/** What is handed in, or approved, is not changed behind its reviewer's back. */
export function refuseUnlessEditable({ sid, status }: BundleRecord): void {
  if (status === 'draft' || status === 'twilio-rejected') return
  throw refusal(20409, `The bundle ${sid} is ${status}, and cannot be changed`)
}
