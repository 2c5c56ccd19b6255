import type { Group } from '../ledger.ts'

/** A fault that is planted in the server, to see whether the harness finds it. */
export interface Mutant {
  id: string
  /** What a client would suffer. */
  what: string
  /** Under server/. */
  file: string
  /** Each text stands exactly once in the file. */
  edits: readonly { find: string; replace: string }[]
  /** The groups that may find it. */
  groups: readonly Group[]
  /** Operations that matter; all when absent. Makes the run short. */
  operations?: string
  /** Hold the process up, so that it must shed load. */
  holdUp?: boolean
}

/** A mutant with one edit. */
export const mutant = (
  id: string,
  what: string,
  [file, find, replace]: readonly [string, string, string],
  groups: readonly Group[],
  more: Pick<Mutant, 'operations' | 'holdUp'> = {}
): Mutant => ({ id, what, file, edits: [{ find, replace }], groups, ...more })

/** The source with the fault in it. @throws when a text is not there, or there more than once */
export function planted({ id, file, edits }: Mutant, source: string): string {
  return edits.reduce((text, { find, replace }) => {
    const parts = text.split(find)
    if (parts.length !== 2)
      throw new Error(
        `The mutant ${id} cannot be planted: ${file} holds its text ${parts.length - 1} times. The server has changed; change the mutant too.\n${find}`
      )
    return parts.join(replace)
  }, source)
}
