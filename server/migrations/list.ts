import type { MigrationObject } from '@mikro-orm/core'
import type { Dialect } from '../platform/database.ts'
import { FirstSchema as PostgreSqlFirstSchema } from './postgresql/0001-first-schema.ts'
import { Announcements as PostgreSqlAnnouncements } from './postgresql/0002-announcements.ts'
import { Calls as PostgreSqlCalls } from './postgresql/0003-calls.ts'
import { VideoCalls as PostgreSqlVideoCalls } from './postgresql/0004-video-calls.ts'
import { RestOfTheApi as PostgreSqlRestOfTheApi } from './postgresql/0005-rest-of-the-api.ts'
import { ScheduledAndSilent as PostgreSqlScheduledAndSilent } from './postgresql/0006-scheduled-and-silent.ts'
import { FirstSchema as SqliteFirstSchema } from './sqlite/0001-first-schema.ts'
import { Announcements as SqliteAnnouncements } from './sqlite/0002-announcements.ts'
import { Calls as SqliteCalls } from './sqlite/0003-calls.ts'
import { VideoCalls as SqliteVideoCalls } from './sqlite/0004-video-calls.ts'
import { RestOfTheApi as SqliteRestOfTheApi } from './sqlite/0005-rest-of-the-api.ts'
import { ScheduledAndSilent as SqliteScheduledAndSilent } from './sqlite/0006-scheduled-and-silent.ts'

/** Every migration, oldest first. One that has been released is never changed; add the next. */
export const migrations: Record<Dialect, MigrationObject[]> = {
  sqlite: [
    { name: '0001-first-schema', class: SqliteFirstSchema },
    { name: '0002-announcements', class: SqliteAnnouncements },
    { name: '0003-calls', class: SqliteCalls },
    { name: '0004-video-calls', class: SqliteVideoCalls },
    { name: '0005-rest-of-the-api', class: SqliteRestOfTheApi },
    { name: '0006-scheduled-and-silent', class: SqliteScheduledAndSilent }
  ],
  postgresql: [
    { name: '0001-first-schema', class: PostgreSqlFirstSchema },
    { name: '0002-announcements', class: PostgreSqlAnnouncements },
    { name: '0003-calls', class: PostgreSqlCalls },
    { name: '0004-video-calls', class: PostgreSqlVideoCalls },
    { name: '0005-rest-of-the-api', class: PostgreSqlRestOfTheApi },
    { name: '0006-scheduled-and-silent', class: PostgreSqlScheduledAndSilent }
  ]
}
