import { contentsOf } from '../../compliance/bundle-contents.ts'
import { evaluate } from '../../compliance/evaluation.ts'
import { requiredSid } from '../../compliance/parameters.ts'
import { policyOf } from '../../compliance/policies.ts'
import { refusal } from '../../errors.ts'
import type { Call, Operation } from '../../operation.ts'
import { evaluationResource, type BundleKind } from '../../resources/bundle.ts'
import { findBundle } from './find-bundle.ts'
import { trusthubPage } from './trusthub-page.ts'

/** An evaluation says what a bundle lacks at that moment, and is kept as it is. */
export function evaluationOperations(kind: BundleKind): readonly Operation[] {
  const path = `/trusthub/v1/${kind.collection}/:${kind.sidParameter}/Evaluations`
  const bundleIn = (call: Call) => findBundle(call, kind, kind.sidParameter)
  return [
    {
      name: `create-${kind.name}-evaluation`,
      method: 'POST',
      path,
      status: 201,
      handle: call => {
        const { world, form } = call
        const bundle = bundleIn(call)
        const policySid = requiredSid(form, 'PolicySid', 'RN')
        const policy = policyOf(policySid)
        if (policy === undefined) throw refusal(20001, `PolicySid ${policySid} is no known policy`)
        const results = evaluate(policy, contentsOf(world, bundle))
        const evaluation = {
          sid: world.ids.sid('EL'),
          policySid,
          results,
          isCompliant: results.every(({ passed }) => passed),
          dateCreated: world.now()
        }
        bundle.evaluations.push(evaluation)
        return evaluationResource(world, kind, bundle, evaluation)
      }
    },
    {
      name: `list-${kind.name}-evaluations`,
      method: 'GET',
      path,
      status: 200,
      handle: call => {
        const bundle = bundleIn(call)
        return trusthubPage(call, 'results', bundle.evaluations, evaluation =>
          evaluationResource(call.world, kind, bundle, evaluation)
        )
      }
    },
    {
      name: `fetch-${kind.name}-evaluation`,
      method: 'GET',
      path: `${path}/:Sid`,
      status: 200,
      handle: call => {
        const bundle = bundleIn(call)
        const evaluation = bundle.evaluations.find(({ sid }) => sid === call.params['Sid'])
        if (evaluation === undefined) throw refusal(20404, call.path)
        return evaluationResource(call.world, kind, bundle, evaluation)
      }
    }
  ]
}
