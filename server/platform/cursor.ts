import { invalidValues } from './errors.ts'

/** An opaque cursor: where a page ended. */
export const encodeCursor = (id: number): string => Buffer.from(`after:${id}`).toString('base64url')

/** @throws 422 naming `cursor` when the text is not one of ours */
export function decodeCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const [, id] = /^after:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (id === undefined) throw invalidValues([{ field: 'cursor', message: 'is not a cursor that this API gave' }])
  return Number(id)
}
