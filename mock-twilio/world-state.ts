import { copyPlain } from '../simulator/plain-data.ts'
import { saveCarrierState } from './carrier/carrier-state.ts'
import { saveCompliance } from './compliance.ts'
import { restoreService, saveService } from './resources/messaging-service.ts'
import type { NumberRecord } from './resources/phone-number.ts'
import type { World } from './world.ts'

/*
 * Everything of a world as JSON carries it: Maps are lists of pairs, bytes are base64, and what is referred to
 * is named by its sid. Whoever keeps something of his own says himself how it is saved; what is a plain record
 * is copied whole, so that a new field of it needs nothing here.
 */

export type WorldState = ReturnType<typeof saveWorldState>

export function saveWorldState(world: World) {
  return {
    ...saveAccount(world),
    ...saveRecords(world),
    requestIds: world.requestIds.save(),
    callbackIds: world.callbackIds.save(),
    alertIds: world.alertIds.save(),
    ids: world.ids.save(),
    carrier: saveCarrierState(world.carrier),
    compliance: saveCompliance(world.compliance),
    handsets: world.handsets.save(),
    optOuts: world.optOuts.save(),
    faults: world.faults.save(),
    alertLog: world.alertLog.save(),
    agenda: world.agenda.save(),
    messages: world.messages.save(),
    calls: world.calls.save(),
    conferences: copyPlain(world.conferences.save()),
    recordings: copyPlain(world.recordings.save()),
    transcriptions: copyPlain(world.transcriptions.save()),
    journal: world.journal.save()
  }
}

function saveAccount(world: World) {
  return {
    name: world.name,
    origin: structuredClone(world.origin),
    seed: world.seed,
    ownerSid: world.ownerSid,
    authToken: world.authToken,
    friendlyName: world.friendlyName,
    status: world.status,
    dateCreated: world.dateCreated,
    dateUpdated: world.dateUpdated,
    now: world.now(),
    clockOffsetMs: world.clockOffsetMs
  }
}

function saveRecords(world: World) {
  const { services, numbersByPhone } = world
  return {
    ...copyPlain({
      numbers: [...world.numbers],
      shortCodes: [...world.shortCodes],
      applications: [...world.applications],
      addresses: [...world.addresses],
      callerIds: [...world.callerIds],
      keys: [...world.keys],
      lineTypes: [...world.lineTypes],
      lookupOverrides: [...world.lookupOverrides],
      advancedOptOuts: [...world.advancedOptOuts],
      providerReplies: [...world.providerReplies],
      replyTimes: [...world.replyTimes],
      cookieJars: [...world.cookieJars],
      keptBackCallbacks: [...world.keptBackCallbacks],
      devices: [...world.devices]
    }),
    numbersByPhone: Array.from(numbersByPhone, ([phone, { sid }]) => [phone, sid] as const),
    services: Array.from(services, ([sid, service]) => [sid, saveService(service)] as const)
  }
}

/** Into a world that was made without anything in it. Throws for what does not fit together. */
export function restoreWorldState(world: World, state: WorldState): void {
  restoreRecords(world, state)
  world.friendlyName = state.friendlyName
  world.status = state.status
  world.dateUpdated = state.dateUpdated
  world.ids.restore(state.ids)
  world.requestIds.restore(state.requestIds)
  world.callbackIds.restore(state.callbackIds)
  world.alertIds.restore(state.alertIds)
  world.handsets.restore(state.handsets)
  world.optOuts.restore(state.optOuts)
  world.faults.restore(state.faults)
  world.alertLog.restore(state.alertLog)
  world.messages.restore(state.messages)
  world.calls.restore(state.calls)
  world.conferences.restore(copyPlain(state.conferences))
  world.recordings.restore(copyPlain(state.recordings))
  world.transcriptions.restore(copyPlain(state.transcriptions))
  world.journal.restore(state.journal)
}

function restoreRecords(world: World, state: WorldState): void {
  fill(world.numbers, state.numbers)
  fill(world.shortCodes, state.shortCodes)
  fill(world.applications, state.applications)
  fill(world.addresses, state.addresses)
  fill(world.callerIds, state.callerIds)
  fill(world.keys, state.keys)
  fill(world.lineTypes, state.lineTypes)
  fill(world.lookupOverrides, state.lookupOverrides)
  fill(world.advancedOptOuts, state.advancedOptOuts)
  fill(world.providerReplies, state.providerReplies)
  fill(world.replyTimes, state.replyTimes)
  fill(world.cookieJars, state.cookieJars)
  fill(world.keptBackCallbacks, state.keptBackCallbacks)
  fill(world.devices, state.devices)
  const numberOf = (sid: string): NumberRecord => {
    const number = world.numbers.get(sid) ?? world.shortCodes.get(sid)
    if (number === undefined) throw new RangeError(`number ${sid} is named, and not there`)
    return number
  }
  for (const [phoneNumber, sid] of state.numbersByPhone) {
    world.numbersByPhone.set(phoneNumber, numberOf(sid))
  }
  for (const [sid, service] of state.services) {
    world.services.set(sid, restoreService(service, numberOf))
  }
}

function fill<T>(map: Map<string, T>, entries: readonly (readonly [string, T])[]): void {
  for (const [key, record] of structuredClone(entries)) map.set(key, record)
}
