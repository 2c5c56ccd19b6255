import { ControlRefusal } from '../simulator/control-refusal.ts'
import { fitting, refuseUnknownPlans, untilQuiet } from '../simulator/world-snapshots.ts'
import { isSid } from './ids.ts'
import {
  readSnapshot,
  snapshotFormat,
  snapshotVersion,
  type WorldSnapshot
} from './snapshot-format.ts'
import type { Store } from './store.ts'
import type { WorldState } from './world-state.ts'
import type { World } from './world.ts'

/*
 * A world is written down, and goes on from there later, elsewhere, or several times. Both wait until nothing is
 * in flight, as advancing the clock by nothing does. An answer that a fault holds back belongs to an open
 * connection and is in no snapshot.
 */

export interface RestoreOptions {
  /** The world that it becomes; when absent, the one that it was. */
  accountSid?: string | undefined
  /** Sets the clock of all worlds to where it stood. Otherwise the restored world alone keeps its own time. */
  setsClock?: boolean | undefined
  /** Lets it have numbers that another account has bought since, or still has. */
  sharesNumbers?: boolean | undefined
}

export async function saveWorld(store: Store, name: string): Promise<WorldSnapshot> {
  await untilQuiet(store.clock, 'callbacks')
  const world = store.get(name)
  if (world === undefined) throw new ControlRefusal(404, `no world "${name}" to save`)
  const state = world.save()
  const savedAt = new Date(world.now()).toISOString()
  world.journal.append({ kind: 'world.saved', saved_at: savedAt })
  return {
    format: snapshotFormat,
    version: snapshotVersion,
    account_sid: world.name,
    saved_at: savedAt,
    state
  }
}

/** The new world is complete before it takes the place of another; when refused, nothing has changed. */
export async function restoreWorld(
  store: Store,
  given: unknown,
  options: RestoreOptions = {}
): Promise<World> {
  const { saved_at: savedAt, account_sid: from, state } = checked(store, given, options)
  await untilQuiet(store.clock, 'callbacks')
  if (options.sharesNumbers !== true) refuseTaken(store, state)
  const world = fitting(() => store.restore(state, { setsClock: options.setsClock === true }))
  world.journal.append({ kind: 'world.restored', saved_at: savedAt, saved_from: from })
  return world
}

function checked(store: Store, given: unknown, { accountSid }: RestoreOptions): WorldSnapshot {
  const snapshot = readSnapshot(given)
  const { state } = snapshot
  refuseUnknownPlans(store.planned, state.agenda)
  if (accountSid === undefined || accountSid === state.name) return snapshot
  if (!isSid(accountSid, 'AC')) {
    throw new ControlRefusal(400, `a world is named by an AccountSid, got "${accountSid}"`)
  }
  const { account_sid: from } = snapshot
  const renamed = readSnapshot(JSON.parse(JSON.stringify(snapshot).replaceAll(from, accountSid)))
  return { ...renamed, account_sid: from }
}

/** Seeds may give one number to several worlds; what was bought or transferred has one owner. */
function refuseTaken(store: Store, { name, origin, numbersByPhone }: WorldState): void {
  const seeded = new Set([
    ...(origin.numbers ?? []).map(({ phone_number: phoneNumber }) => phoneNumber),
    ...(origin.short_codes ?? []).map(({ short_code: code }) => code),
    ...(origin.messaging_services ?? []).flatMap(({ phone_numbers: numbers = [] }) => numbers)
  ])
  for (const [phoneNumber] of numbersByPhone) {
    const owner = seeded.has(phoneNumber) ? undefined : store.ownerOf(phoneNumber, name)
    if (owner === undefined) continue
    throw new ControlRefusal(409, `${phoneNumber} of the snapshot belongs to ${owner.name} now`)
  }
}
