import { attributesIn, requiredText } from '../../compliance/parameters.ts'
import type { Operation } from '../../operation.ts'
import { endUserResource, type ComplianceObject } from '../../resources/compliance-object.ts'
import { objectOperations } from './objects.ts'

/** Of any type: one that no policy asks for fulfils no requirement. */
export const endUserOperations: readonly Operation[] = objectOperations<ComplianceObject>({
  name: 'end-user',
  collection: 'EndUsers',
  objectsOf: world => world.compliance.endUsers,
  show: endUserResource,
  create: (world, form) => {
    const friendlyName = requiredText(form, 'FriendlyName')
    const type = requiredText(form, 'Type')
    const attributes = attributesIn(form) ?? {}
    const now = world.now()
    const sid = world.ids.sid('IT')
    return { sid, type, friendlyName, attributes, dateCreated: now, dateUpdated: now }
  }
})
