import { copyPlain } from '../simulator/plain-data.ts'
import type { World } from './world.ts'

/*
 * Everything of a world as JSON carries it: Maps are lists of pairs, and what is referred to is named by its id.
 * Records are plain and are copied whole, so that a new field of one needs nothing here.
 */

export type WorldState = ReturnType<typeof saveWorldState>

export function saveWorldState(world: World) {
  return {
    name: world.name,
    origin: structuredClone(world.origin),
    seed: world.seed,
    now: world.now(),
    clockOffsetMs: world.clockOffsetMs,
    ids: world.ids.save(),
    webhookIds: world.webhookIds.save(),
    requestIds: world.requestIds.save(),
    ...copyPlain({
      sessions: [...world.sessions.values()],
      files: [...world.files.values()],
      subscriptions: [...world.subscriptions.values()],
      deliveries: [...world.deliveries.values()],
      keptBack: [...world.keptBack],
      streams: [...world.streams.values()],
      locations: [...world.locations.values()],
      rates: [...world.rates],
      operationLogs: world.operationLogs,
      counts: world.counts,
      storage: world.storage
    }),
    faults: world.faults.save(),
    alertLog: world.alertLog.save(),
    agenda: world.agenda.save(),
    journal: world.journal.save()
  }
}

/** Into a world that was made without anything in it. Throws for what does not fit together. */
export function restoreWorldState(world: World, state: WorldState): void {
  const { sessions, files, subscriptions, deliveries, streams, locations } = state
  for (const session of structuredClone(sessions)) {
    world.sessions.set(session.id, session)
    const isOpen = session.status === 'live' || session.status === 'scheduled'
    if (isOpen) world.openSessions.set(session.name, session)
  }
  for (const file of structuredClone(files)) {
    if (!world.sessions.has(file.sessionId)) {
      throw new RangeError(`file ${file.id} is of a session that is not there`)
    }
    world.keepFile(file)
  }
  for (const one of structuredClone(subscriptions)) world.subscriptions.set(one.id, one)
  for (const one of structuredClone(deliveries)) world.deliveries.set(one.id, one)
  for (const one of structuredClone(streams)) world.streams.set(one.id, one)
  for (const one of structuredClone(locations)) world.locations.set(one.id, one)
  for (const [id, kept] of structuredClone(state.keptBack)) world.keptBack.set(id, kept)
  for (const [label, count] of structuredClone(state.rates)) world.rates.set(label, count)
  world.operationLogs.push(...structuredClone(state.operationLogs))
  Object.assign(world.counts, state.counts)
  Object.assign(world.storage, state.storage)
  world.ids.restore(state.ids)
  world.webhookIds.restore(state.webhookIds)
  world.requestIds.restore(state.requestIds)
  world.faults.restore(state.faults)
  world.alertLog.restore(state.alertLog)
  world.journal.restore(state.journal)
}
