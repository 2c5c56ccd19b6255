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

type Server = ReturnType<MikroORM['driver']['getConnection']>

/** One connection for the work and one to hold a lock, closed at the end so that a test process can end. */
const onServer = async <T>(work: (server: Server) => Promise<T>): Promise<T> => {
  const orm = new MikroORM({
    clientUrl: serverUrl(),
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
