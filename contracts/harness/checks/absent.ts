import type { Operation } from '../document.ts'
import type { Case, World } from '../world/world.ts'
import { absentUuid } from '../recipes/messages.ts'

/** The request with ids in its path that name nothing. */
export function withAbsentIds(world: World, operation: Operation, request: Case): Case {
  const params = Object.fromEntries(
    operation.parameters
      .filter(parameter => parameter.in === 'path')
      .map(({ name, schema }) => [name, absentId(world, name, schema['type'])])
  )
  return { ...request, params }
}

function absentId(world: World, name: string, type: unknown): string | number {
  if (type === 'integer') return 4_000_000_000_000 + world.random.integer(1_000_000)
  return /uuid/.test(name) ? absentUuid : world.fresh('absent')
}

export const hasPathParameters = (operation: Operation): boolean =>
  operation.parameters.some(parameter => parameter.in === 'path')
