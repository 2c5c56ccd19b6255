import { isRecord, list } from '../json.ts'
import { type Actor, type Case, eventually, type World } from '../world/world.ts'
import { createMessage } from './messages.ts'
import type { OperationRecipe, ResourceRecipes } from './recipe.ts'

const hour = 3_600_000
/** After so long of a provider that takes nothing a text is given up. */
const patience = 25 * hour
const inStock = 30
const perPageTest = 7

/** Dead letters of a bearer, newest first. */
export async function deadLettersOf(world: World, { id }: Actor): Promise<number[]> {
  const query = { bearer_id: String(id), limit: '1000' }
  const { body } = await world.must('get_admin_dead_letters', world.admin, { query })
  return list(body)
    .filter(isRecord)
    .map(letter => Number(letter['id']))
}

/**
 * Texts that the provider does not take until they are given up. All at once and before anything is judged,
 * for it takes a day.
 */
async function prepare(world: World): Promise<void> {
  const { twilio } = world
  if (!twilio) return
  const word = world.fresh('undeliverable')
  const match = { operation: 'create-message', body_contains: word }
  const fault = await twilio.addFault({ match, effect: { type: 'http', status: 503 } })
  const counts = { stock: inStock, listed: perPageTest, judged: perPageTest }
  for (const [name, count] of Object.entries(counts)) {
    const actor = await world.bearer()
    world.prepared.set(`dead letters: ${name}`, { actor, ids: [] })
    for (let made = 0; made < count; made++)
      await createMessage(world, actor, { message_body: `${word} ${made}` })
  }
  await twilio.skip(patience)
  for (const [name, count] of Object.entries(counts)) {
    const { actor, ids } = preparedLetters(world, name)
    const areThere = await eventually(
      world,
      async () => {
        ids.splice(0, ids.length, ...(await deadLettersOf(world, actor)))
        return ids.length >= count
      },
      { stepMs: 60_000 }
    )
    if (!areThere)
      throw new Error(`Of ${count} texts that no provider takes ${ids.length} were given up`)
  }
  await twilio.removeFault(fault)
}

/** @throws when there are none: they need the provider */
export function preparedLetters(world: World, name: string): { actor: Actor; ids: number[] } {
  const found = world.prepared.get(`dead letters: ${name}`)
  if (!found) throw new Error(`No dead letters were prepared for ${name}`)
  return found
}

async function aDeadLetter(world: World): Promise<Case> {
  const id = preparedLetters(world, 'stock').ids.pop()
  if (id === undefined) throw new Error(`More than ${inStock} dead letters were needed`)
  return { params: { id } }
}

const needs = ({ twilio }: World): string | undefined =>
  twilio ? undefined : 'needs work that is given up, and so a provider that fails: --mock-twilio'

const ofLetter: OperationRecipe = { valid: aDeadLetter, needs }

export const deadLetters: ResourceRecipes = {
  prepare,
  operations: {
    get_admin_dead_letters: { valid: async () => ({}) },
    post_admin_dead_letters_by_id_retry: ofLetter,
    delete_admin_dead_letters_by_id: ofLetter,
    post_admin_dead_letters_retry: {
      valid: async world => ({ body: { lane: world.fresh('lane') } })
    }
  },
  pages: [
    {
      operation: 'get_admin_dead_letters',
      needs,
      async fill(world) {
        const { actor } = preparedLetters(world, 'listed')
        return { request: { query: { bearer_id: String(actor.id) } }, items: list }
      }
    }
  ]
}
