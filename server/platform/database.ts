import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { EntitySchema, MigrationObject, MikroORM } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { EntityManager as PostgreSqlEntityManager } from '@mikro-orm/postgresql'
import type { EntityManager as SqliteEntityManager } from '@mikro-orm/sqlite'
import { type Kysely, type RawBuilder, sql } from 'kysely'

export type Dialect = 'sqlite' | 'postgresql'

/** What runs a `sql` statement: the pool, or the transaction in hand. */
export type Executor = Kysely<unknown>

type EntityManager = PostgreSqlEntityManager | SqliteEntityManager

/** One transaction: an entity manager and a query executor that share it. */
export interface Transaction {
  em: EntityManager
  sql: Executor
  /** Runs the action once the transaction is committed, and not when it is rolled back. */
  afterCommit(action: () => void): void
}

/** A column of a set of rows that is handed to a statement. */
export type ColumnType = 'bigint' | 'text' | 'uuid' | 'integer'

export interface DatabaseOptions {
  /** `sqlite:<file>` or `postgresql://…` */
  url: string
  entities: readonly EntitySchema[]
  migrations: Readonly<Record<Dialect, readonly MigrationObject[]>>
  /** PostgreSQL connections. */
  pool?: number
  sqliteSynchronous?: 'NORMAL' | 'FULL'
}

/** The database behind the server: SQLite in a file, or PostgreSQL. */
export interface Database {
  readonly dialect: Dialect
  readonly orm: MikroORM
  /** Outside of any transaction. */
  readonly sql: Executor
  /** A fresh entity manager, outside of any transaction. */
  em(): EntityManager
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * A set of rows as something to select from, whatever their number: one parameter, one statement text.
   * Named `r` with the given columns: ``sql`select r.id from ${database.rows(list, { id: 'bigint' })}` ``.
   */
  rows(list: readonly object[], columns: Readonly<Record<string, ColumnType>>): RawBuilder<unknown>
  /** Inserts all rows by one statement. `rest` may say `on conflict …` and `returning …`. */
  insert<Row = unknown>(
    executor: Executor,
    table: string,
    columns: Readonly<Record<string, ColumnType>>,
    list: readonly object[],
    rest?: RawBuilder<unknown>
  ): Promise<Row[]>
  /** `for update skip locked` and the like, where the dialect has row locks; nothing where one process writes. */
  locking(clause: string): RawBuilder<unknown>
  migrate(): Promise<void>
  close(): Promise<void>
}

/** Opens the database. Nothing is migrated: see `migrate`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const orm = options.url.startsWith('sqlite:') ? await openSqlite(options) : await openPostgreSql(options)
  const dialect: Dialect = options.url.startsWith('sqlite:') ? 'sqlite' : 'postgresql'
  const root = orm.em.fork() as EntityManager
  const executor = root.getKysely() as unknown as Executor

  const rows: Database['rows'] = (list, columns) => {
    const names = Object.entries(columns)
    const json = JSON.stringify(list)
    if (dialect === 'postgresql') {
      const definition = names.map(([name, type]) => `${name} ${type}`).join(', ')
      return sql`json_to_recordset(${json}::json) as r(${sql.raw(definition)})`
    }
    const selected = names.map(([name]) => `json_extract(value, '$.${name}') as ${name}`).join(', ')
    return sql`(select ${sql.raw(selected)} from json_each(${json})) as r`
  }

  return {
    dialect,
    orm,
    sql: executor,
    em: () => orm.em.fork() as EntityManager,
    async transaction(work) {
      const afterwards: (() => void)[] = []
      const result = await (orm.em.fork() as SqliteEntityManager).transactional(em =>
        work({
          em,
          sql: em.getKysely() as unknown as Executor,
          afterCommit: action => afterwards.push(action)
        })
      )
      for (const action of afterwards) action()
      return result
    },
    rows,
    async insert<Row>(
      into: Executor,
      table: string,
      columns: Readonly<Record<string, ColumnType>>,
      list: readonly object[],
      rest: RawBuilder<unknown> = sql``
    ) {
      const names = sql.raw(Object.keys(columns).join(', '))
      // SQLite's grammar needs `where true` between a select and `on conflict`.
      const statement = sql<Row>`insert into ${sql.table(table)} (${names})
        select ${names} from ${rows(list, columns)} where true ${rest}`
      return (await statement.execute(into)).rows
    },
    locking: clause => (dialect === 'postgresql' ? sql.raw(clause) : sql``),
    async migrate() {
      await orm.migrator.up()
    },
    close: () => orm.close()
  }
}

async function openSqlite(options: DatabaseOptions): Promise<MikroORM> {
  const { MikroORM } = await import('@mikro-orm/sqlite')
  const file = options.url.slice('sqlite:'.length)
  if (file !== ':memory:') await mkdir(dirname(resolve(file)), { recursive: true })
  const orm = await MikroORM.init({ ...common(options, 'sqlite'), dbName: file })
  const pragmas = [
    'journal_mode = WAL',
    `synchronous = ${options.sqliteSynchronous ?? 'NORMAL'}`,
    'busy_timeout = 5000',
    'cache_size = -65536',
    'temp_store = MEMORY'
  ]
  for (const pragma of pragmas) await orm.em.getConnection().execute(`pragma ${pragma}`)
  return orm
}

async function openPostgreSql(options: DatabaseOptions): Promise<MikroORM> {
  const { MikroORM } = await import('@mikro-orm/postgresql')
  return MikroORM.init({
    ...common(options, 'postgresql'),
    clientUrl: options.url,
    pool: { min: 0, max: options.pool ?? 12 },
    // int8 arrives as text by default; ours are ids and milliseconds, far below 2^53.
    driverOptions: {
      onPoolCreated: (pool: { options: { types: { setTypeParser(oid: number, parse: (text: string) => unknown): void } } }) =>
        pool.options.types.setTypeParser(20, Number)
    }
  })
}

function common(options: DatabaseOptions, dialect: Dialect) {
  return {
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...options.migrations[dialect]], snapshot: false, silent: true },
    discovery: { warnWhenNoEntities: false }
  }
}
