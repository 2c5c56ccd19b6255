import { randomUUID } from 'node:crypto'
import { MikroORM } from '@mikro-orm/postgresql'

export interface PostgresDatabase {
  url: string
  /** Ends the connections that are still open and deletes the database. */
  drop: () => Promise<void>
}

/**
 * A database for one test alone, empty or a copy of a template: copying is much faster than migrating.
 * It stands in the PostgreSQL that `npm test` starts and throws away.
 */
export const createPostgresDatabase = async (template?: string): Promise<PostgresDatabase> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const copying = template === undefined ? '' : ` template ${quoted(template)}`
  await onServer(server => server.execute(`create database ${quoted(name)}${copying}`))
  return {
    url: urlOf(name),
    drop: () => onServer(server => dropDatabase(server, name))
  }
}

/**
 * Makes the template once in a run, however many test files ask for it at the same time: they run in
 * processes of their own, so that only the server can make them wait for each other. It gets its name
 * when it is complete; a migration that fails leaves nothing behind and fails each file that asks.
 */
export const ensurePostgresTemplate = (
  name: string,
  migrate: (url: string) => Promise<void>
): Promise<void> =>
  onServer(server =>
    whileLocked(server, name, async () => {
      const found = await server.execute('select 1 from pg_database where datname = ?', [name])
      if (found.length > 0) return
      const unfinished = `${name}_unfinished`
      await dropDatabase(server, unfinished)
      await server.execute(`create database ${quoted(unfinished)}`)
      await migrate(urlOf(unfinished))
      // Renaming and copying fail while anyone is connected, even by a connection just being closed.
      await server.execute(`alter database ${quoted(unfinished)} allow_connections false`)
      await server.execute(
        'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ?',
        [unfinished]
      )
      await server.execute(`alter database ${quoted(unfinished)} rename to ${quoted(name)}`)
    })
  )

/**
 * As `createPostgresDatabase`, of a template whose tables are empty; but what is given back is emptied and lent
 * to the next test of this process. Emptying takes a tenth of the time of copying.
 */
export const lendPostgresDatabase = async (template: string): Promise<PostgresDatabase> => {
  const free = givenBack.get(template) ?? []
  givenBack.set(template, free)
  const url = free.pop() ?? (await createPostgresDatabase(template)).url
  return {
    url,
    drop: async () => {
      await onServer(async server => {
        await server.execute(endOtherConnections)
        await server.execute(emptyEveryTable)
      }, url)
      free.push(url)
    }
  }
}

const givenBack = new Map<string, string[]>()

const endOtherConnections = `select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`

// Those that were never written to take no space, and are not touched; the record of migrations stays.
const emptyEveryTable = `do $$
declare
  used text;
  counter regclass;
begin
  select string_agg(oid::regclass::text, ', ') into used from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and pg_relation_size(oid) > 0 and relname <> 'mikro_orm_migrations';
  if used is not null then execute 'truncate ' || used || ' cascade'; end if;
  for counter in select oid from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'S' and relname not like 'mikro_orm%'
  loop
    perform setval(counter, 1, false);
  end loop;
end $$`

type Server = ReturnType<MikroORM['driver']['getConnection']>

/** One connection for the work and one to hold a lock, closed at the end so that a test process can end. */
const onServer = async <T>(
  work: (server: Server) => Promise<T>,
  clientUrl = serverUrl()
): Promise<T> => {
  const orm = new MikroORM({
    clientUrl,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: 2 }
  })
  const server = orm.driver.getConnection()
  try {
    await server.connect()
    return await work(server)
  } finally {
    await orm.close(true)
  }
}

// The lock lives in a transaction, the work outside of it: PostgreSQL creates no database in a transaction.
const whileLocked = (server: Server, name: string, work: () => Promise<void>) =>
  server.transactional(async transaction => {
    const sql = 'select pg_advisory_xact_lock(hashtextextended(?, 0))'
    await server.execute(sql, [name], 'all', transaction)
    await work()
  })

const dropDatabase = async (server: Server, name: string) => {
  await server.execute(`drop database if exists ${quoted(name)} with (force)`)
}

const serverUrl = () => {
  const url = process.env.TEST_POSTGRES_URL
  if (url) return url
  throw new Error(
    'This test needs the PostgreSQL that the test runner starts: run it through `npm test -- <file>`.'
  )
}

const urlOf = (database: string) => {
  const url = new URL(serverUrl())
  url.pathname = `/${database}`
  return url.href
}

const quoted = (identifier: string) => `"${identifier.replaceAll('"', '""')}"`
