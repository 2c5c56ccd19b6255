import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type {
  AlphaSenderRecord,
  PoolMember,
  ServiceRecord
} from '../../resources/messaging-service.ts'

export function findService({ world, params, path }: Call, name: string): ServiceRecord {
  const service = world.services.get(params[name] ?? '')
  if (service === undefined) throw refusal(20404, path)
  return service
}

/** Numbers and short codes send from one pool, and are listed apart. */
export function membersOf({ pool }: ServiceRecord, prefix: 'PN' | 'SC'): PoolMember[] {
  return pool.filter(({ number }) => number.sid.startsWith(prefix))
}

export function findPoolMember(
  { params, path }: Call,
  service: ServiceRecord,
  prefix: 'PN' | 'SC' = 'PN'
): PoolMember {
  const member = membersOf(service, prefix).find(({ number }) => number.sid === params['Sid'])
  if (member === undefined) throw refusal(20404, path)
  return member
}

/** By its sid, or by its name. */
export function findAlphaSender(
  { params, path }: Call,
  { alphaSenders }: ServiceRecord
): AlphaSenderRecord {
  const wanted = params['Sid']
  const found = alphaSenders.find(
    ({ sid, alphaSender }) => sid === wanted || alphaSender === wanted
  )
  if (found === undefined) throw refusal(20404, path)
  return found
}
