import { iso8601 } from '../dates.ts'
import type { World } from '../world.ts'

/** What a bundle is made of: an end user (a person or a business) or a supporting document. */
export interface ComplianceObject {
  readonly sid: string
  readonly type: string
  friendlyName: string
  /** As given: an object, or the empty list that some languages write for an empty one. */
  attributes: Attributes
  readonly dateCreated: number
  dateUpdated: number
}

export type Attributes = Readonly<Record<string, unknown>> | readonly never[]

export interface SupportingDocument extends ComplianceObject {
  status: DocumentStatus
}

export type DocumentStatus = 'DRAFT' | 'PENDING_REVIEW' | 'APPROVED' | 'REJECTED'

type Wire = Record<string, unknown>

export function endUserResource(world: World, endUser: ComplianceObject): Wire {
  return shared(world, 'EndUsers', endUser)
}

/**
 * Twilio's documents spell the status DRAFT; older clients know it as `draft`, and `pending-review`. A
 * setting of the world says which.
 */
export function supportingDocumentResource(world: World, document: SupportingDocument): Wire {
  const isUpper = world.origin.supporting_document_status === 'upper'
  const status = isUpper ? document.status : document.status.toLowerCase().replace('_', '-')
  return { ...shared(world, 'SupportingDocuments', document), mime_type: null, status }
}

function shared(world: World, collection: string, object: ComplianceObject): Wire {
  return {
    sid: object.sid,
    account_sid: world.accountSid,
    friendly_name: object.friendlyName,
    type: object.type,
    attributes: object.attributes,
    date_created: iso8601(object.dateCreated),
    date_updated: iso8601(object.dateUpdated),
    url: `https://trusthub.twilio.com/v1/${collection}/${object.sid}`
  }
}
