import type { MigrationObject } from '@mikro-orm/core'
import type { Dialect } from '../platform/database.ts'
import { FirstSchema as PostgreSqlFirstSchema } from './postgresql/0001-first-schema.ts'
import { FirstSchema as SqliteFirstSchema } from './sqlite/0001-first-schema.ts'

/** Every migration, oldest first. One that has been released is never changed; add the next. */
export const migrations: Record<Dialect, MigrationObject[]> = {
  sqlite: [{ name: '0001-first-schema', class: SqliteFirstSchema }],
  postgresql: [{ name: '0001-first-schema', class: PostgreSqlFirstSchema }]
}
