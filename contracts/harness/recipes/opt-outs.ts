import { list } from '../json.ts'
import type { Actor, Case, World } from '../world/world.ts'
import { aSid } from './provider-callbacks.ts'
import type { ResourceRecipes } from './recipe.ts'

/** A line of an import. */
export interface OptOutLine {
  recipient_number: string
  sender_key: string
  class?: 'messages' | 'announcements'
  keyword?: string
  opted_out_at?: string
  opted_in_at?: string | null
}

/** Somebody who wants no more texts from a service that nobody uses. */
export const anOptOut = (world: World, senderKey = aSid(world, 'MG')): OptOutLine => ({
  recipient_number: world.receiver(),
  sender_key: senderKey,
  keyword: 'STOP',
  opted_out_at: '2026-01-01T00:00:00.000Z'
})

export const asLines = (lines: readonly unknown[]): Case => ({
  raw: {
    type: 'application/x-ndjson',
    content: lines.map(line => `${JSON.stringify(line)}\n`).join('')
  }
})

export const asCsv = (content: string): Case => ({ raw: { type: 'text/csv', content } })

const importOptOuts = (world: World, actor: Actor, lines: readonly OptOutLine[]) =>
  world.must('post_admin_opt_outs_import', actor, asLines(lines))

const longestLine = 70_000

export const optOuts: ResourceRecipes = {
  operations: {
    get_admin_opt_outs: { valid: async () => ({}) },
    get_admin_opt_outs_export: {
      valid: async world => ({ query: { sender_key: aSid(world, 'MG') } })
    },
    post_admin_opt_outs_import: {
      valid: async world => asLines([anOptOut(world)]),
      provoke: {
        400: async () => asCsv('name,number\na,b\n'),
        413: async world => asLines([{ ...anOptOut(world), keyword: 'a'.repeat(longestLine) }])
      }
    }
  },
  pages: [
    {
      operation: 'get_admin_opt_outs',
      async fill(world, actor, count) {
        const sender = aSid(world, 'MG')
        // From another sender, which the list must leave out.
        await importOptOuts(world, actor, [anOptOut(world)])
        const add = async (lines: number): Promise<void> => {
          await importOptOuts(
            world,
            actor,
            Array.from({ length: lines }, () => anOptOut(world, sender))
          )
        }
        await add(count)
        return { request: { query: { sender_key: sender } }, addOne: () => add(1), items: list }
      }
    }
  ]
}
