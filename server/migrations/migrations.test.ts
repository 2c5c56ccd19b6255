import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { entities } from '../entities.ts'
import { type Database, type Dialect, openDatabase } from '../platform/database.ts'
import { onEachDatabase } from '../testing/build.ts'
import { createPostgresDatabase } from '../testing/postgres.ts'
import { migrations } from './list.ts'

onEachDatabase(dialect => {
  test('the migrations make what the entities say', async t => {
    const migrated = await openEmpty(dialect, t)
    const described = await openEmpty(dialect, t)

    await migrated.migrate()
    await described.orm.schema.create()

    assert.deepEqual(await schemaOf(migrated), await schemaOf(described))
  })
})

async function openEmpty(
  dialect: Dialect,
  t: { after(end: () => Promise<void>): void }
): Promise<Database> {
  const place = dialect === 'sqlite' ? await emptyFile() : await createPostgresDatabase()
  const database = await openDatabase({ url: place.url, entities, migrations })
  t.after(async () => {
    await database.close()
    await place.drop()
  })
  return database
}

async function emptyFile(): Promise<{ url: string; drop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'common-services-schema-'))
  return {
    url: `sqlite:${join(directory, 'empty.sqlite')}`,
    drop: () => rm(directory, { recursive: true, force: true })
  }
}

/** Columns with type and nullability, and indexes with their conditions; migrations keep a table of their own. */
async function schemaOf(database: Database): Promise<{ columns: unknown[]; indexes: unknown[] }> {
  const questions =
    database.dialect === 'postgresql'
      ? {
          columns: sql`select table_name as "table", column_name as name, data_type as type, is_nullable as "null"
            from information_schema.columns where table_schema = 'public' order by 1, 2`,
          indexes: sql`select tablename as "table", indexname as name, indexdef as definition
            from pg_indexes where schemaname = 'public' order by 1, 2`
        }
      : {
          columns: sql`select m.name as "table", c.name, lower(c.type) as type, c."notnull" as "null"
            from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by 1, 2`,
          indexes: sql`select tbl_name as "table", name, sql as definition
            from sqlite_master where type = 'index' order by 1, 2`
        }
  const ours = (row: unknown): boolean => !JSON.stringify(row).includes('mikro_orm_migrations')
  const { rows: columns } = await questions.columns.execute(database.sql)
  const { rows: indexes } = await questions.indexes.execute(database.sql)
  return { columns: columns.filter(ours), indexes: indexes.filter(ours).map(withoutQuotes) }
}

/** A name may be quoted or not; it is the same name. */
const withoutQuotes = (row: unknown): string => JSON.stringify(row).replaceAll(/[`]|\\"/g, '')
