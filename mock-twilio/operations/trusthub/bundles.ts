import { submitBundle, withdrawBundle } from '../../compliance/bundle-review.ts'
import { requiredSid, requiredText, shortText } from '../../compliance/parameters.ts'
import { policyOf } from '../../compliance/policies.ts'
import { refusal } from '../../errors.ts'
import { text, url, type Form } from '../../forms.ts'
import { bundleLifecycle, bundleStatuses } from '../../lifecycles/bundle.ts'
import { statusAfter } from '../../lifecycles/advance.ts'
import type { Operation } from '../../operation.ts'
import { bundleResource, type BundleKind, type BundleRecord } from '../../resources/bundle.ts'
import type { World } from '../../world.ts'
import { findBundle, refuseUnlessEditable } from './find-bundle.ts'
import { trusthubPage } from './trusthub-page.ts'

/** Customer profiles and trust products are one thing under two names. */
export function bundleOperations(kind: BundleKind): readonly Operation[] {
  const path = `/trusthub/v1/${kind.collection}`
  return [
    {
      name: `create-${kind.name}`,
      method: 'POST',
      path,
      status: 201,
      handle: ({ world, form }) => bundleResource(world, kind, createBundle(world, kind, form))
    },
    {
      name: `list-${kind.name}s`,
      method: 'GET',
      path,
      status: 200,
      handle: call => {
        const { world, query } = call
        const wanted = {
          status: statusIn(query),
          friendlyName: text(query, 'FriendlyName') || undefined,
          policySid: text(query, 'PolicySid') || undefined
        }
        const bundles = [...world.compliance.bundles.values()].filter(
          bundle =>
            bundle.kind === kind.name &&
            bundle.status === (wanted.status ?? bundle.status) &&
            bundle.friendlyName === (wanted.friendlyName ?? bundle.friendlyName) &&
            bundle.policySid === (wanted.policySid ?? bundle.policySid)
        )
        return trusthubPage(call, 'results', bundles, bundle => bundleResource(world, kind, bundle))
      }
    },
    {
      name: `fetch-${kind.name}`,
      method: 'GET',
      path: `${path}/:Sid`,
      status: 200,
      handle: call => bundleResource(call.world, kind, findBundle(call, kind, 'Sid'))
    },
    {
      name: `update-${kind.name}`,
      method: 'POST',
      path: `${path}/:Sid`,
      status: 200,
      handle: call => {
        const bundle = findBundle(call, kind, 'Sid')
        updateBundle(call.world, bundle, call.form)
        return bundleResource(call.world, kind, bundle)
      }
    },
    {
      name: `delete-${kind.name}`,
      method: 'DELETE',
      path: `${path}/:Sid`,
      status: 204,
      handle: call => {
        deleteBundle(call.world, findBundle(call, kind, 'Sid'))
        return undefined
      }
    }
  ]
}

/**
 * Of the policy, the shape is checked, and the kind where it is known: Twilio has more policies than this
 * mock, and a bundle of any of them can be had.
 */
function createBundle(world: World, kind: BundleKind, form: Form): BundleRecord {
  const friendlyName = requiredText(form, 'FriendlyName')
  const email = requiredText(form, 'Email')
  const policySid = requiredSid(form, 'PolicySid', 'RN')
  const policy = policyOf(policySid)
  if (policy !== undefined && policy.kind !== kind.name) {
    throw refusal(20001, `PolicySid ${policySid} is not the policy of a ${kind.name}`)
  }
  const statusCallback = url(form, 'StatusCallback') || null
  const now = world.now()
  const bundle: BundleRecord = {
    sid: world.ids.sid('BU'),
    kind: kind.name,
    policySid,
    friendlyName,
    email,
    status: 'draft',
    statusCallback,
    errors: null,
    submissions: 0,
    dateCreated: now,
    dateUpdated: now,
    entities: [],
    endpoints: [],
    evaluations: []
  }
  world.compliance.bundles.set(bundle.sid, bundle)
  return bundle
}

/**
 * The status and the properties are not changed at once; but Twilio's own guides hand in a bundle together
 * with its StatusCallback, so that this one is no property in that sense.
 * https://www.twilio.com/docs/voice/trusted-calling-with-shakenstir/shakenstir-onboarding
 */
function updateBundle(world: World, bundle: BundleRecord, form: Form): void {
  const status = statusIn(form)
  const friendlyName = shortText(form, 'FriendlyName')
  const email = shortText(form, 'Email')
  const statusCallback = url(form, 'StatusCallback')
  const hasProperties = friendlyName !== undefined || email !== undefined
  if (status !== undefined && hasProperties) throw refusal(22204)
  if (friendlyName === '') throw refusal(20001, 'FriendlyName is empty')
  if (email === '') throw refusal(20001, 'Email is empty')
  if (hasProperties) refuseUnlessEditable(bundle)
  const change = changeOfStatus(bundle, status)

  bundle.friendlyName = friendlyName ?? bundle.friendlyName
  bundle.email = email ?? bundle.email
  if (statusCallback !== undefined) bundle.statusCallback = statusCallback || null
  bundle.dateUpdated = world.now()
  if (change === 'submitted') submitBundle(world, bundle)
  else if (change === 'withdrawn') withdrawBundle(world, bundle)
}

function changeOfStatus(
  bundle: BundleRecord,
  status: ReturnType<typeof statusIn>
): 'submitted' | 'withdrawn' | undefined {
  if (status === undefined) return undefined
  if (status !== 'draft' && status !== 'pending-review') throw refusal(22203, status)
  if (status === 'draft' && bundle.status === 'draft') return undefined
  const event = status === 'draft' ? 'withdrawn' : 'submitted'
  if (statusAfter(bundleLifecycle, bundle.status, event) === undefined) {
    throw refusal(
      20409,
      `The bundle ${bundle.sid} is ${bundle.status}, and cannot become ${status}`
    )
  }
  return event
}

function statusIn(form: Form) {
  const given = text(form, 'Status')
  if (given === undefined || given === '') return undefined
  const status = bundleStatuses.find(candidate => candidate === given)
  if (status === undefined) throw refusal(22203, given)
  return status
}

/** Neither while it is reviewed nor while a brand stands on it. */
function deleteBundle(world: World, { sid, status }: BundleRecord): void {
  if (status === 'pending-review' || status === 'in-review') {
    throw refusal(20409, `The bundle ${sid} is ${status}, and cannot be deleted`)
  }
  for (const brand of world.compliance.brands.values()) {
    if (brand.customerProfileSid === sid || brand.a2pProfileSid === sid) {
      throw refusal(20409, `The bundle ${sid} is used by the brand ${brand.sid}`)
    }
  }
  world.compliance.bundles.delete(sid)
}
