import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { EntitySchema, MigrationObject, MikroORM } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import type { EntityManager as PostgreSqlEntityManager } from '@mikro-orm/postgresql'
import type { EntityManager as SqliteEntityManager } from '@mikro-orm/sqlite'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { WriterTurns } from './writer-turns.ts'

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
export type ColumnType = 'bigint' | 'text' | 'uuid' | 'integer' | 'boolean' | 'double precision'

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
  /** Where one transaction is written at a time, an urgent one goes before the others that wait. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: { urgent?: boolean }): Promise<T>
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
  const dialect: Dialect = options.url.startsWith('sqlite:') ? 'sqlite' : 'postgresql'
  const { orm, native } =
    dialect === 'sqlite' ? await openSqlite(options) : await openPostgreSql(options)
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

  /** An entity manager that takes part in a transaction, made when somebody asks for it. */
  function joined(transaction: Executor): EntityManager {
    const em = orm.em.fork() as EntityManager
    em.setTransactionContext(transaction)
    return em
  }

  async function transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const afterwards: (() => void)[] = []
    const result = await executor.transaction().execute(async transaction => {
      let em: EntityManager | undefined
      const answer = await work({
        get em() {
          em ??= joined(transaction)
          return em
        },
        sql: transaction,
        afterCommit: action => afterwards.push(action)
      })
      await em?.flush()
      return answer
    })
    for (const action of afterwards) action()
    return result
  }
  const turns = dialect === 'sqlite' ? new WriterTurns() : undefined

  return {
    dialect,
    orm,
    sql: executor,
    em: () => orm.em.fork() as EntityManager,
    transaction: (work, { urgent = false } = {}) =>
      turns ? turns.take(() => transact(work), urgent) : transact(work),
    rows,
    async insert<Row>(
      into: Executor,
      table: string,
      columns: Readonly<Record<string, ColumnType>>,
      list: readonly object[],
      rest: RawBuilder<unknown> = sql``
    ) {
      if (list.length === 0) return []
      const names = Object.keys(columns)
      if (native && into.isTransaction)
        return insertEach<Row>(native, table, names, list, rest.compile(into))
      const columnList = sql.raw(names.join(', '))
      // SQLite's grammar needs `where true` between a select and `on conflict`.
      const statement = sql<Row>`insert into ${sql.table(table)} (${columnList})
        select ${columnList} from ${rows(list, columns)} where true ${rest}`
      return (await statement.execute(into)).rows
    },
    locking: clause => (dialect === 'postgresql' ? sql.raw(clause) : sql``),
    async migrate() {
      await orm.migrator.up()
    },
    close: () => orm.close()
  }
}

/** What we use of better-sqlite3 itself. */
interface NativeSqlite {
  prepare(text: string): NativeStatement
}

interface NativeStatement {
  readonly reader: boolean
  get(...values: unknown[]): unknown
  run(...values: unknown[]): unknown
}

/**
 * One prepared statement, run for each row: inside a transaction this is SQLite's fastest way to take many
 * rows in. The connection is the transaction's own, since there is only one.
 */
function insertEach<Row>(
  native: NativeSqlite,
  table: string,
  names: readonly string[],
  list: readonly object[],
  rest: { sql: string; parameters: readonly unknown[] }
): Row[] {
  const marks = names.map(() => '?').join(', ')
  const statement = native.prepare(
    `insert into ${table} (${names.join(', ')}) values (${marks}) ${rest.sql}`
  )
  const answers: Row[] = []
  for (const row of list) {
    const fields = row as Record<string, unknown>
    const values: unknown[] = []
    for (const name of names) values.push(fields[name] ?? null)
    values.push(...rest.parameters)
    if (!statement.reader) statement.run(values)
    else {
      const answer = statement.get(values)
      if (answer !== undefined) answers.push(answer as Row)
    }
  }
  return answers
}

/** Statements are prepared once for each text, not once for each use. */
function rememberStatements(native: NativeSqlite): void {
  const prepare = native.prepare.bind(native)
  const prepared = new Map<string, NativeStatement>()
  native.prepare = text => {
    const known = prepared.get(text)
    if (known) return known
    // Texts are few; those that hold keys or counts come and go.
    if (prepared.size >= 500) prepared.clear()
    const statement = prepare(text)
    prepared.set(text, statement)
    return statement
  }
}

interface Opened {
  orm: MikroORM
  /** SQLite's own connection. */
  native: NativeSqlite | undefined
}

async function openSqlite(options: DatabaseOptions): Promise<Opened> {
  const { MikroORM } = await import('@mikro-orm/sqlite')
  const file = options.url.slice('sqlite:'.length)
  if (file !== ':memory:') await mkdir(dirname(resolve(file)), { recursive: true })
  const orm = await MikroORM.init({ ...common(options, 'sqlite'), dbName: file })
  const pragmas = [
    'journal_mode = WAL',
    `synchronous = ${options.sqliteSynchronous ?? 'NORMAL'}`,
    'busy_timeout = 5000',
    // A checkpoint is the only time that NORMAL waits for the disk: fewer and longer ones.
    'wal_autocheckpoint = 8000',
    'cache_size = -32768',
    'temp_store = MEMORY'
  ]
  for (const pragma of pragmas) await orm.em.getConnection().execute(`pragma ${pragma}`)
  const native: NativeSqlite = await orm.em.getConnection().getNativeClient()
  rememberStatements(native)
  return { orm, native }
}

async function openPostgreSql(options: DatabaseOptions): Promise<Opened> {
  const { MikroORM } = await import('@mikro-orm/postgresql')
  const orm = await MikroORM.init({
    ...common(options, 'postgresql'),
    clientUrl: options.url,
    pool: { min: 0, max: options.pool ?? 12 },
    // int8 arrives as text by default; ours are ids and milliseconds, far below 2^53.
    driverOptions: {
      onPoolCreated: (pool: {
        options: { types: { setTypeParser(oid: number, parse: (text: string) => unknown): void } }
      }) => pool.options.types.setTypeParser(20, Number)
    }
  })
  return { orm, native: undefined }
}

function common(options: DatabaseOptions, dialect: Dialect) {
  return {
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...options.migrations[dialect]], snapshot: false, silent: true },
    discovery: { warnWhenNoEntities: false }
  }
}
