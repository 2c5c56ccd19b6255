import { attributesIn, requiredText } from '../../compliance/parameters.ts'
import type { Operation } from '../../operation.ts'
import {
  supportingDocumentResource,
  type SupportingDocument
} from '../../resources/compliance-object.ts'
import { objectOperations } from './objects.ts'

/** A file is never attached here: Twilio takes it at another host. The status follows the bundle. */
export const supportingDocumentOperations: readonly Operation[] =
  objectOperations<SupportingDocument>({
    name: 'supporting-document',
    collection: 'SupportingDocuments',
    objectsOf: world => world.compliance.documents,
    show: supportingDocumentResource,
    create: (world, form) => {
      const friendlyName = requiredText(form, 'FriendlyName', 22211)
      const type = requiredText(form, 'Type', 22210)
      const attributes = attributesIn(form) ?? {}
      const now = world.now()
      return {
        sid: world.ids.sid('RD'),
        type,
        friendlyName,
        attributes,
        status: 'DRAFT',
        dateCreated: now,
        dateUpdated: now
      }
    }
  })
