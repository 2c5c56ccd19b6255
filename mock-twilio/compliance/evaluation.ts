import type { BundleStatus } from '../lifecycles/bundle.ts'
import { friendlyNameOf, type ObjectRequirement, type Policy } from './policies.ts'

/*
 * Holds what is in a bundle against what a policy wants: one result a requirement, in the words of the
 * resource. https://www.twilio.com/docs/trust-hub/trusthub-rest-api/customer-profiles/evaluations
 */

export interface EvaluationResult {
  friendly_name: string
  object_type: string
  passed: boolean
  failure_reason: string | null
  error_code: number | null
  valid: FieldResult[]
  invalid: Omit<FieldResult, 'passed'>[]
  requirement_friendly_name: string
  requirement_name: string
}

interface FieldResult {
  friendly_name: string
  object_field: string
  passed: boolean
  failure_reason: string | null
  error_code: number | null
}

/** What is assigned to a bundle, as far as policies care. */
export interface Contents {
  readonly endUsers: readonly { type: string; attributes: object }[]
  readonly documents: readonly { type: string; attributes: object }[]
  readonly profiles: readonly { type: string; status: BundleStatus }[]
}

/** https://www.twilio.com/docs/api/errors/22214 and its neighbours */
const codes = {
  endUser: { object: 22214, field: 22215 },
  document: { object: 22216, field: 22217 },
  address: 22219,
  // What Twilio calls a profile that is missing is not documented.
  profile: 22216
} as const

export function evaluate(policy: Policy, contents: Contents): EvaluationResult[] {
  const results: EvaluationResult[] = []
  for (const requirement of policy.endUsers) {
    const endUser = contents.endUsers.find(({ type }) => type === requirement.type)
    if (endUser === undefined && requirement.isOptional === true) continue
    results.push(
      objectResult('endUser', [requirement], endUser, requirement.name, requirement.type)
    )
  }
  for (const { name, requirementName, accepted } of policy.documents) {
    const document = contents.documents.find(({ type }) =>
      accepted.some(candidate => candidate.type === type)
    )
    results.push(objectResult('document', accepted, document, name, requirementName))
  }
  const profileNames = new Set(
    policy.customerProfiles.map(({ requirementName }) => requirementName)
  )
  for (const requirementName of profileNames) {
    results.push(profileResult(policy, contents, requirementName))
  }
  return results
}

function objectResult(
  kind: 'endUser' | 'document',
  accepted: readonly ObjectRequirement[],
  given: { type: string; attributes: object } | undefined,
  requirementFriendlyName: string,
  requirementName: string
): EvaluationResult {
  const requirement =
    accepted.find(({ type }) => type === given?.type) ?? accepted[0] ?? missingRequirement
  const valid: EvaluationResult['valid'] = []
  const invalid: EvaluationResult['invalid'] = []
  for (const field of fieldsToHave(requirement, given?.attributes ?? {})) {
    const friendlyName = friendlyNameOf(field)
    if (given !== undefined && isGiven(given.attributes, field)) {
      valid.push({
        friendly_name: friendlyName,
        object_field: field,
        passed: true,
        failure_reason: null,
        error_code: null
      })
    } else {
      invalid.push({
        friendly_name: friendlyName,
        object_field: field,
        failure_reason: `The ${friendlyName} is missing. Please enter it on the ${requirement.name}.`,
        error_code: field === 'address_sids' ? codes.address : codes[kind].field
      })
    }
  }
  const passed = given !== undefined && invalid.length === 0
  return {
    friendly_name: requirement.name,
    object_type: requirement.type,
    passed,
    failure_reason: passed ? null : failureReason(kind, requirement.name, given !== undefined),
    error_code: passed ? null : codes[kind][given === undefined ? 'object' : 'field'],
    valid,
    invalid,
    requirement_friendly_name: requirementFriendlyName,
    requirement_name: requirementName
  }
}

const missingRequirement: ObjectRequirement = { type: '', name: '', fields: [] }

function profileResult(
  policy: Policy,
  contents: Contents,
  requirementName: string
): EvaluationResult {
  const wanted = policy.customerProfiles.filter(
    profile => profile.requirementName === requirementName
  )
  const given = contents.profiles.find(({ type }) => wanted.some(profile => profile.type === type))
  const { type, name } = wanted.find(profile => profile.type === given?.type) ??
    wanted[0] ?? { type: '', name: '' }
  const passed = given !== undefined && counts(given)
  const field = {
    friendly_name: 'Supporting Bundle Status',
    object_field: given === undefined ? 'bundle_sid' : 'bundle_status'
  }
  const reason = passed
    ? null
    : given === undefined
      ? `${name.charAt(0)}${name.slice(1).toLowerCase()} is null`
      : `${name} is ${given.status}, and has to be twilio-approved`
  const error = passed ? null : codes.profile
  return {
    friendly_name: name,
    object_type: type,
    passed,
    failure_reason: reason,
    error_code: error,
    valid: passed ? [{ ...field, passed: true, failure_reason: null, error_code: null }] : [],
    invalid: passed ? [] : [{ ...field, failure_reason: reason, error_code: error }],
    requirement_friendly_name: friendlyNameOf(requirementName),
    requirement_name: requirementName
  }
}

/** A starter profile counts as soon as somebody looks at it. */
function counts({ type, status }: { type: string; status: BundleStatus }): boolean {
  if (status === 'twilio-approved') return true
  return type.startsWith('starter_') && status === 'in-review'
}

function fieldsToHave(requirement: ObjectRequirement, attributes: object): string[] {
  const { fields, optionalFields = [], requiredWhen } = requirement
  const isRequired =
    requiredWhen !== undefined && valueOf(attributes, requiredWhen.field) === requiredWhen.is
  return fields.filter(
    field => !optionalFields.includes(field) || (isRequired && requiredWhen.fields.includes(field))
  )
}

function isGiven(attributes: object, field: string): boolean {
  const value = valueOf(attributes, field)
  if (typeof value === 'string') return value.trim() !== ''
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
}

function valueOf(attributes: object, field: string): unknown {
  return Object.getOwnPropertyDescriptor(attributes, field)?.value
}

function failureReason(kind: 'endUser' | 'document', name: string, isIncomplete: boolean): string {
  if (isIncomplete) return `${name} is incomplete.`
  const what = kind === 'endUser' ? 'End-User' : 'Supporting Document'
  return `A ${name} ${what} is missing. Please add one to the bundle.`
}
