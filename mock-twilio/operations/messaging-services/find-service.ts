import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { PoolMember, ServiceRecord } from '../../resources/messaging-service.ts'

export function findService({ world, params, path }: Call, name: string): ServiceRecord {
  const service = world.services.get(params[name] ?? '')
  if (service === undefined) throw refusal(20404, path)
  return service
}

export function findPoolMember({ params, path }: Call, service: ServiceRecord): PoolMember {
  const member = service.pool.find(({ number }) => number.sid === params['Sid'])
  if (member === undefined) throw refusal(20404, path)
  return member
}
