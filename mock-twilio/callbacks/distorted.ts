import type { EffectOf } from '../../simulator/fault-schema.ts'
import type { FormParameter } from './signature.ts'

interface Distortable {
  readonly method: 'GET' | 'POST'
  readonly parameters: readonly FormParameter[]
  readonly isForged: boolean
}

/**
 * What a fault makes of a callback that goes out all the same: signed wrongly, or not as documented.
 *
 * @param statusParameter what is missing, when the rule does not say
 */
export function distorted(
  { method, parameters, isForged }: Distortable,
  { fault, parameter, value = 'of a fault' }: EffectOf<'callback'>,
  statusParameter: string
): Distortable {
  const missing = parameter ?? statusParameter
  const extra: FormParameter = [parameter ?? 'NewParameter', value]
  return {
    method: fault === 'wrong_method' ? 'GET' : method,
    isForged: isForged || fault === 'wrong_signature',
    parameters:
      fault === 'missing_parameter'
        ? parameters.filter(([name]) => name !== missing)
        : fault === 'extra_parameter'
          ? [...parameters, extra]
          : parameters
  }
}
