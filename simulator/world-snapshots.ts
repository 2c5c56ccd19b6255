import type { TSchema } from '@sinclair/typebox'
import type { TypeCheck } from '@sinclair/typebox/compiler'

import { ControlRefusal } from './control-refusal.ts'

/*
 * What writing a world down and taking it up again have in common, whichever mock it is of. What a world consists of,
 * and under which names it goes on, is the mock's affair.
 */

/** How a mock knows its own snapshots. */
export interface SnapshotKind<Snapshot> {
  /** For words: `mock-twilio`. */
  mock: string
  format: string
  version: number
  whole: TypeCheck<TSchema>
  /** Whose world it says that it is. */
  accountOf: (snapshot: Snapshot) => string
  /** Whose world the seed inside was. */
  originOf: (snapshot: Snapshot) => string
}

/**
 * Makes what reads the snapshots of a mock.
 *
 * @returns gives the snapshot; throws a refusal that says in a sentence why it is none
 */
export function createSnapshotReader<Snapshot extends { state: { name: string } }>(
  kind: SnapshotKind<Snapshot>
): (given: unknown) => Snapshot {
  const { mock, format, version, whole } = kind
  const isSnapshot = (given: unknown): given is Snapshot => whole.Check(given)

  return given => {
    if (typeof given !== 'object' || given === null || !('format' in given))
      throw refusal(`no snapshot: there is no format, which is "${format}"`)
    if (given.format !== format)
      throw refusal(`no snapshot of ${mock}: its format is ${told(given.format)}, not "${format}"`)
    const itsVersion = 'version' in given ? given.version : undefined
    if (itsVersion !== version)
      throw refusal(`a snapshot of version ${told(itsVersion)}, and this mock reads ${version}`)
    if (!isSnapshot(given)) {
      const first = whole.Errors(given).First()
      const where = first === undefined || first.path === '' ? 'it' : first.path
      throw refusal(`a damaged snapshot: ${where}: ${first?.message ?? 'is not as saved'}`)
    }
    const account = kind.accountOf(given)
    const { name } = given.state
    if (name !== account || kind.originOf(given) !== account)
      throw refusal(`a damaged snapshot: it is of ${account}, and inside of ${name}`)
    return given
  }
}

/** @throws a refusal for plans that nobody would carry out */
export function refuseUnknownPlans(
  planned: { handles(kind: string): boolean },
  agenda: readonly { plan: { kind: string } }[]
): void {
  const unknown = agenda.find(({ plan }) => !planned.handles(plan.kind))
  if (unknown !== undefined)
    throw refusal(`the snapshot has a plan of an unknown kind, ${unknown.plan.kind}`)
}

/**
 * Resolves when nothing is in flight any more, as advancing the clock by nothing does.
 *
 * @param what is in flight when it never ends: `callbacks`, `webhooks`
 */
export async function untilQuiet(
  clock: { advance(ms: number): Promise<void>; readonly isHeld: boolean },
  what: string
): Promise<void> {
  await clock.advance(0)
  if (clock.isHeld)
    throw new ControlRefusal(409, `${what} are in flight that the application does not answer`)
}

/** A file that was changed by hand may be of the right shape and make no sense. */
export function fitting<World>(build: () => World): World {
  try {
    return build()
  } catch (error) {
    if (error instanceof ControlRefusal) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw refusal(`the snapshot does not fit together: ${why}`)
  }
}

const refusal = (problem: string): ControlRefusal => new ControlRefusal(400, problem)

const told = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'missing'
