import { attributesIn, shortText } from '../../compliance/parameters.ts'
import { refusal } from '../../errors.ts'
import type { Form } from '../../forms.ts'
import type { Call, Operation } from '../../operation.ts'
import type { ComplianceObject } from '../../resources/compliance-object.ts'
import type { World } from '../../world.ts'
import { trusthubPage } from './trusthub-page.ts'

interface ObjectKind<T extends ComplianceObject> {
  name: string
  collection: string
  create: (world: World, form: Form) => T
  objectsOf: (world: World) => Map<string, T>
  show: (world: World, object: T) => Record<string, unknown>
}

/** End users and supporting documents are made, changed and deleted alike. */
export function objectOperations<T extends ComplianceObject>(
  kind: ObjectKind<T>
): readonly Operation[] {
  const { name, create, objectsOf, show } = kind
  const path = `/trusthub/v1/${kind.collection}`
  const find = ({ world, params, path: asked }: Call): T => {
    const object = objectsOf(world).get(params['Sid'] ?? '')
    if (object === undefined) throw refusal(20404, asked)
    return object
  }
  return [
    {
      name: `create-${name}`,
      method: 'POST',
      path,
      status: 201,
      handle: ({ world, form }) => {
        const object = create(world, form)
        objectsOf(world).set(object.sid, object)
        return show(world, object)
      }
    },
    {
      name: `list-${name}s`,
      method: 'GET',
      path,
      status: 200,
      handle: call =>
        trusthubPage(call, 'results', objectsOf(call.world).values(), object =>
          show(call.world, object)
        )
    },
    {
      name: `fetch-${name}`,
      method: 'GET',
      path: `${path}/:Sid`,
      status: 200,
      handle: call => show(call.world, find(call))
    },
    {
      name: `update-${name}`,
      method: 'POST',
      path: `${path}/:Sid`,
      status: 200,
      // Even in an approved bundle: this is how what a registry refused is put right.
      handle: call => {
        const { world, form } = call
        const object = find(call)
        const friendlyName = shortText(form, 'FriendlyName')
        if (friendlyName === '') throw refusal(20001, 'FriendlyName is empty')
        const attributes = attributesIn(form)
        object.friendlyName = friendlyName ?? object.friendlyName
        object.attributes = attributes ?? object.attributes
        object.dateUpdated = world.now()
        return show(world, object)
      }
    },
    {
      name: `delete-${name}`,
      method: 'DELETE',
      path: `${path}/:Sid`,
      status: 204,
      handle: call => {
        const { sid } = find(call)
        refuseIfReviewed(call.world, sid)
        for (const bundle of call.world.compliance.bundles.values()) {
          bundle.entities = bundle.entities.filter(({ objectSid }) => objectSid !== sid)
        }
        objectsOf(call.world).delete(sid)
        return undefined
      }
    }
  ]
}

/** What an approval stands on, or a review looks at, stays. */
function refuseIfReviewed(world: World, sid: string): void {
  for (const bundle of world.compliance.bundles.values()) {
    if (bundle.status === 'draft' || bundle.status === 'twilio-rejected') continue
    if (bundle.entities.some(({ objectSid }) => objectSid === sid)) {
      throw refusal(20409, `${sid} is assigned to ${bundle.sid}, which is ${bundle.status}`)
    }
  }
}
