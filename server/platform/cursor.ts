import { invalidValues } from './errors.ts'

/**
 * A page of at most `limit` rows, of which one more was asked for than fits: only then is it known whether
 * anything follows. `next` is the cursor of the following page.
 */
export function pageOf<Row extends { id: number }>(
  rows: readonly Row[],
  limit: number
): { page: Row[]; next: string | undefined } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last ? encodeCursor(last.id) : undefined }
}

/** An opaque cursor: where a page ended. */
const encodeCursor = (id: number): string => Buffer.from(`after:${id}`).toString('base64url')

/** @throws 422 naming `cursor` when the text is not one of ours */
export function decodeCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const [, id] = /^after:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (id === undefined)
    throw invalidValues([{ field: 'cursor', message: 'is not a cursor that this API gave' }])
  return Number(id)
}
