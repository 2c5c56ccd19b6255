import { policies, policyResource } from '../../compliance/policies.ts'
import type { Operation } from '../../operation.ts'
import { trusthubPage } from './trusthub-page.ts'

export const listPolicies: Operation = {
  name: 'list-policies',
  method: 'GET',
  path: '/trusthub/v1/Policies',
  status: 200,
  handle: call => trusthubPage(call, 'results', policies, policyResource)
}
