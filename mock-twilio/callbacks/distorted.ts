import type { EffectOf } from '../../simulator/fault-schema.ts'
import type { FormParameter } from './signature.ts'

interface Distortable {
  readonly method: 'GET' | 'POST'
  readonly parameters: readonly FormParameter[]
  readonly isForged: boolean
}

/** What a fault makes of a callback that goes out all the same: signed wrongly, or not as documented. */
export function distorted<T extends Distortable>(
  callback: T,
  effect: EffectOf<'callback'>
): Omit<T, keyof Distortable> & Distortable {
  const { parameters } = callback
  switch (effect.fault) {
    case 'wrong_signature':
      return { ...callback, isForged: true }
    case 'wrong_method':
      return { ...callback, method: 'GET' }
    case 'missing_parameter': {
      const { parameter = 'MessageStatus' } = effect
      return { ...callback, parameters: parameters.filter(([name]) => name !== parameter) }
    }
    case 'extra_parameter': {
      const { parameter = 'NewParameter', value = 'of a fault' } = effect
      return { ...callback, parameters: [...parameters, [parameter, value]] }
    }
    case 'drop':
    case 'duplicate':
    case 'delay':
    case 'reorder':
      return callback
  }
}
