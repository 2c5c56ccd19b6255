import type { PoolMember, ServiceRecord } from '../resources/messaging-service.ts'
import type { NumberRecord } from '../resources/phone-number.ts'

export function joinPool(service: ServiceRecord, number: NumberRecord, at: number): PoolMember {
  const member = { number, joinedAt: at }
  service.pool.push(member)
  number.serviceSid = service.sid
  return member
}

export function leavePool(service: ServiceRecord, number: NumberRecord): boolean {
  const before = service.pool.length
  service.pool = service.pool.filter(member => member.number !== number)
  if (service.pool.length === before) return false
  number.serviceSid = undefined
  for (const [handset, sender] of service.stickySenders) {
    if (sender === number.phoneNumber) service.stickySenders.delete(handset)
  }
  return true
}
