import { Type } from '@sinclair/typebox'

import type { SnapshotOptions } from '../../simulator/snapshot-control.ts'
import { restoreWorld, saveWorld } from '../snapshot.ts'
import type { Store } from '../store.ts'

/** What the control API's snapshots are of a store. */
export function snapshotOptions(store: Store, directory: string | undefined): SnapshotOptions {
  return {
    directory,
    save: name => saveWorld(store, name),
    restoreOptions: Type.Object(
      {
        set_clock: Type.Optional(
          Type.Boolean({ description: 'sets the clock of all worlds to where it stood' })
        )
      },
      { additionalProperties: false }
    ),
    restore: async (accountId, snapshot, told) => {
      const world = await restoreWorld(store, snapshot, {
        accountId,
        setsClock: told['set_clock'] === true
      })
      return {
        account_id: world.name,
        now: new Date(world.now()).toISOString(),
        sessions: world.sessions.size,
        plans: world.agenda.size,
        journal_seq: world.journal.lastSeq
      }
    }
  }
}
