import { policyOf, policyResource } from '../../compliance/policies.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'

export const fetchPolicy: Operation = {
  name: 'fetch-policy',
  method: 'GET',
  path: '/trusthub/v1/Policies/:Sid',
  status: 200,
  handle: ({ params, path }) => {
    const policy = policyOf(params['Sid'] ?? '')
    if (policy === undefined) throw refusal(20404, path)
    return policyResource(policy)
  }
}
