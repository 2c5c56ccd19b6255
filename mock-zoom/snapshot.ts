import { ControlRefusal } from '../simulator/control-refusal.ts'
import { fitting, refuseUnknownPlans, untilQuiet } from '../simulator/world-snapshots.ts'
import {
  readSnapshot,
  snapshotFormat,
  snapshotVersion,
  type WorldSnapshot
} from './snapshot-format.ts'
import type { Store } from './store.ts'
import type { World } from './world.ts'

/*
 * A world is written down, and goes on from there later, elsewhere, or several times. Both wait until nothing is
 * in flight, as advancing the clock by nothing does.
 */

export interface RestoreOptions {
  /** The world that it becomes; when absent, the one that it was. */
  accountId?: string | undefined
  /** Sets the clock of all worlds to where it stood. Otherwise the restored world alone keeps its own time. */
  setsClock?: boolean | undefined
}

export async function saveWorld(store: Store, name: string): Promise<WorldSnapshot> {
  await untilQuiet(store.clock, 'webhooks')
  const world = store.get(name)
  if (world === undefined) throw new ControlRefusal(404, `no world "${name}" to save`)
  const state = world.save()
  const savedAt = new Date(world.now()).toISOString()
  world.journal.append({ kind: 'world.saved', saved_at: savedAt })
  return {
    format: snapshotFormat,
    version: snapshotVersion,
    account_id: world.name,
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
  const { saved_at: savedAt, account_id: from, state } = checked(store, given, options)
  await untilQuiet(store.clock, 'webhooks')
  const world = fitting(() => store.restore(state, { setsClock: options.setsClock === true }))
  world.journal.append({ kind: 'world.restored', saved_at: savedAt, saved_from: from })
  return world
}

function checked(store: Store, given: unknown, { accountId }: RestoreOptions): WorldSnapshot {
  const snapshot = readSnapshot(given)
  const { state } = snapshot
  refuseUnknownPlans(store.planned, state.agenda)
  if (accountId === undefined || accountId === state.name) return snapshot
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(accountId)) {
    throw new ControlRefusal(400, `a world is named by an account id, got "${accountId}"`)
  }
  // What was said about it before, in its journal and its webhooks, stays as it was said.
  const origin = { ...state.origin, account_id: accountId }
  return { ...snapshot, state: { ...state, name: accountId, origin } }
}
