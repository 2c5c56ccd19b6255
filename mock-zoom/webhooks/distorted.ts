import type { EffectOf } from '../../simulator/fault-schema.ts'
import type { DeliveryRecord } from '../resources/subscription.ts'

/** A webhook that is not what it ought to be, as a fault wants it: of the session, a field less or more. */
export function distorted(
  { fault, parameter, value = 'surplus' }: EffectOf<'callback'>,
  delivery: DeliveryRecord
): DeliveryRecord {
  switch (fault) {
    case 'wrong_signature':
      return { ...delivery, isForged: true }
    case 'wrong_method':
      return { ...delivery, method: 'GET' }
    case 'missing_parameter':
      return { ...delivery, body: withoutField(delivery.body, parameter ?? 'session_key') }
    case 'extra_parameter':
      return { ...delivery, body: withField(delivery.body, parameter ?? 'surplus', value) }
    case 'drop':
    case 'duplicate':
    case 'reorder':
    case 'delay':
      break
  }
  return delivery
}

/** Wherever the field is. */
function withoutField(body: string, name: string): string {
  return JSON.stringify(JSON.parse(body, omit(name)))
}

function omit(name: string) {
  return (key: string, value: unknown): unknown => (key === name ? undefined : value)
}

function withField(body: string, name: string, value: string): string {
  const document: { payload: { object: object } } = JSON.parse(body)
  const object = Object.fromEntries([...Object.entries(document.payload.object), [name, value]])
  return JSON.stringify({ ...document, payload: { ...document.payload, object } })
}
