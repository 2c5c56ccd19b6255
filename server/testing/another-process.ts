import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { createApp, createDeps, type Deps } from '../app.ts'
import type { Config } from '../config.ts'
import { createLog } from '../platform/log.ts'
import { developmentToken } from '../seed.ts'
import type { TestServer } from './build.ts'

export interface AnotherProcess extends AsyncDisposable {
  app: FastifyInstance
  deps: Deps
}

/**
 * A second server on the database and clock of the first, as if it ran in another process or after a
 * restart. It consumes no lanes. Goes away at the end of its block: `await using`.
 */
export async function anotherProcess(
  server: TestServer,
  { config = {}, log }: { config?: Partial<Config>; log?: DestinationStream } = {}
): Promise<AnotherProcess> {
  const deps = await createDeps({
    config: { ...server.deps.config, ...config },
    clock: server.clock,
    log: createLog(log ? 'trace' : 'silent', log)
  })
  const app = await createApp(deps)
  return {
    app,
    deps,
    async [Symbol.asyncDispose]() {
      await app.close()
      await deps.close()
    }
  }
}

/** A server whose database cannot be reached. */
export async function processWithoutDatabase(server: TestServer): Promise<AnotherProcess> {
  if (server.deps.database.dialect === 'postgresql')
    return anotherProcess(server, {
      config: { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' }
    })
  const other = await anotherProcess(server)
  await other.app.ready()
  await other.deps.database.close()
  return other
}

/** The header of a token; the administrator's when absent. */
export const bearing = (token: string = developmentToken): { authorization: string } => ({
  authorization: `Bearer ${token}`
})
