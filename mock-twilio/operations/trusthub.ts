import { endUserTypes, supportingDocumentTypes } from '../compliance/policies.ts'
import type { Operation } from '../operation.ts'
import { customerProfiles, trustProducts } from '../resources/bundle.ts'
import { assignmentOperations } from './trusthub/assignments.ts'
import { bundleOperations } from './trusthub/bundles.ts'
import { endUserOperations } from './trusthub/end-users.ts'
import { evaluationOperations } from './trusthub/evaluations.ts'
import { objectTypeOperations } from './trusthub/object-types.ts'
import { fetchPolicy } from './trusthub/fetch-policy.ts'
import { listPolicies } from './trusthub/list-policies.ts'
import { supportingDocumentOperations } from './trusthub/supporting-documents.ts'

export const trusthubOperations: readonly Operation[] = [
  ...[customerProfiles, trustProducts].flatMap(kind => [
    ...bundleOperations(kind),
    ...assignmentOperations(kind),
    ...evaluationOperations(kind)
  ]),
  ...endUserOperations,
  ...supportingDocumentOperations,
  ...objectTypeOperations('end-user-type', 'EndUserTypes', 'end_user_types', endUserTypes),
  ...objectTypeOperations(
    'supporting-document-type',
    'SupportingDocumentTypes',
    'supporting_document_types',
    supportingDocumentTypes
  ),
  fetchPolicy,
  listPolicies
]
