import { type TSchema, Type } from '@sinclair/typebox'
import type { Static } from '@sinclair/typebox'

/**
 * A value or null, in an answer. Written as a type list, which OpenAPI 3.1 knows and the serialiser
 * handles faster than a union.
 */
export const Nullable = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Static<Schema> | null>({
    ...schema,
    type: [schema.type, 'null'],
    // A list of words without null would forbid what the type allows.
    ...(Array.isArray(schema.enum) && { enum: [...schema.enum, null] })
  })

/** A time on the wire. */
export const Timestamp = Type.String({
  format: 'date-time',
  examples: ['2026-11-23T10:34:00.000Z']
})

/** Our own id of a resource; larger ones no database and no JavaScript client could tell apart. */
export const Id = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Numeric id.',
  examples: [1]
})

/** A numeric id in a path. */
export const NumericId = Type.Object({ id: Id })

/** The same with an example that may be used up. */
export const numericIdLike = (example: number) =>
  Type.Object({ id: Type.Integer({ ...Id, examples: [example] }) })

/** The answer to a deletion. */
export const Deleted = Type.Object({}, { $id: 'Deleted', title: 'Deleted' })

/** A list in pages: hand `cursor` back to get what follows. */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: 'Most items to answer.' })
  ),
  cursor: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'From the header `x-next-cursor` of the page before.'
    })
  )
}
