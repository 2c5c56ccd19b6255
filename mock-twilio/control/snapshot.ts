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
        ),
        share_numbers: Type.Optional(
          Type.Boolean({ description: 'takes numbers along that another account has by now' })
        )
      },
      { additionalProperties: false }
    ),
    restore: async (accountSid, snapshot, told) => {
      const world = await restoreWorld(store, snapshot, {
        accountSid,
        setsClock: told['set_clock'] === true,
        sharesNumbers: told['share_numbers'] === true
      })
      return {
        account_sid: world.name,
        now: new Date(world.now()).toISOString(),
        messages: world.messages.size,
        plans: world.agenda.size,
        journal_seq: world.journal.lastSeq
      }
    }
  }
}
