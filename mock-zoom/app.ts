import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { LogController, type FastifyInstance, type FastifyReply } from 'fastify'

import {
  inProcessCallbackSender,
  NetworkCallbackSender,
  type CallbackTransport
} from '../simulator/callback-sender.ts'
import { VirtualClock } from '../simulator/clock.ts'
import { control } from '../simulator/control.ts'
import { ControlRefusal } from '../simulator/control-refusal.ts'
import { FaultResponses } from '../simulator/fault-responses.ts'
import { sharedValidators } from '../simulator/shared-validators.ts'
import { readSnapshotFile, writeSnapshotFile } from '../simulator/snapshot-files.ts'
import { internalUrl } from './addressing.ts'
import { Authentication } from './authentication.ts'
import { resetWorld } from './control/reset.ts'
import { roomControl } from './control/rooms.ts'
import { snapshotOptions } from './control/snapshot.ts'
import { webhookControl } from './control/webhooks.ts'
import { developmentAccountSeed } from './development-account.ts'
import { errorBody, refusal, ZoomRefusal } from './errors.ts'
import { oauth } from './oauth.ts'
import { registerOperations } from './operation.ts'
import { operations } from './operations.ts'
import { downloads } from './recordings/downloads.ts'
import { handleRecordings } from './recordings/process-recording.ts'
import { handleTrash } from './recordings/trash.ts'
import { WorldSeed, type AccountSeed } from './seeds.ts'
import { handleCallouts } from './sessions/call-out.ts'
import { handleSessions } from './sessions/plans.ts'
import { restoreWorld, saveWorld, type RestoreOptions } from './snapshot.ts'
import type { WorldSnapshot } from './snapshot-format.ts'
import { Store } from './store.ts'
import { Challenges } from './webhooks/challenge.ts'
import { Webhooks } from './webhooks/deliver.ts'
import type { World } from './world.ts'

export interface MockZoomOptions {
  clock?: VirtualClock
  /** Of all chance, in every world that has no seed of its own. */
  seed?: string
  logger?: boolean | object
  /** The worlds there are from the beginning; the first is the default one. */
  accounts?: readonly AccountSeed[]
  /** Where recordings are said to lie. The address that the mock listens on, when absent. */
  downloadBaseUrl?: string
  /** How many sessions, webhooks and journal entries a world keeps. */
  retention?: number
  /** Keep the journal's digest even of entries that are dropped. */
  digest?: boolean
  /** How many webhooks are in flight at once. */
  webhookConcurrency?: number
  /** The application, when it lives in this process: webhooks go there and open no socket. */
  transport?: CallbackTransport
  /** The directory of the files that snapshots are written to and read from by name, over the control API. */
  snapshots?: string
}

export interface MockZoom {
  app: FastifyInstance
  clock: VirtualClock
  store: Store
  /** The world of this account, or the default one. */
  world: (accountId?: string) => World
  /** Whether the application answers for its endpoints: see Challenges. */
  challenges: Challenges
  /** All of a world, the default one when none is named, once nothing is in flight. */
  save: (accountId?: string) => Promise<WorldSnapshot>
  /** Refuses what is no snapshot, and has changed nothing then. */
  restore: (snapshot: unknown, options?: RestoreOptions) => Promise<World>
  saveTo: (file: string, accountId?: string) => Promise<void>
  restoreFrom: (file: string, options?: RestoreOptions) => Promise<World>
  close: () => Promise<void>
}

export async function createMockZoom(options: MockZoomOptions = {}): Promise<MockZoom> {
  const { clock = new VirtualClock(), seed = 'mock-zoom', retention = 20_000 } = options
  const accounts = options.accounts ?? [developmentAccountSeed()]
  const store = new Store({ clock, seed, retention, digest: options.digest }, accounts)
  const sender =
    options.transport === undefined
      ? new NetworkCallbackSender({ concurrency: options.webhookConcurrency ?? 64 })
      : inProcessCallbackSender(options.transport)
  const webhooks = new Webhooks(sender, store.planned)
  const challenges = new Challenges(sender, store.planned)
  store.postBy((world, delivery) => webhooks.post(world, delivery))
  const app = fastify({
    logger: options.logger ?? false,
    // The journal tells what was asked; the log is for what went wrong.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 1000 },
    rewriteUrl: ({ url = '/' }) => internalUrl(url),
    frameworkErrors: (_error, { url }, reply) => refusePath(url, reply)
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(await sharedValidators())
  handleSessions(store.planned)
  handleCallouts(store.planned)
  handleTrash(store.planned)
  const baseUrl = () => options.downloadBaseUrl ?? ownUrl(app)
  handleRecordings(store.planned, ({ id }) => `${baseUrl()}/rec/download/${id}`)

  const save = (accountId = store.defaultName) => saveWorld(store, accountId)
  const restore = (snapshot: unknown, told?: RestoreOptions) => restoreWorld(store, snapshot, told)
  const world = (accountId = store.defaultName): World => {
    const found = store.get(accountId)
    if (found === undefined) throw new ControlRefusal(404, noWorld(accountId))
    return found
  }

  app.setNotFoundHandler(request => {
    const { method, originalUrl: path } = request
    if (path.startsWith('/_mock/')) throw new ControlRefusal(404, `no ${method} ${path} here`)
    store
      .get(store.defaultName)
      ?.journal.append({ kind: 'request.unknown', method, path: path.slice(0, 1000) })
    request.log.warn({ method, path }, 'no such operation here')
    throw refusal('unknownEndpoint')
  })

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ZoomRefusal) return reply.code(error.status).send(errorBody(error))
    const status = statusCodeOf(error)
    const message = error instanceof Error ? error.message : String(error)
    if (request.originalUrl.startsWith('/_mock/')) {
      if (status >= 500) request.log.error(error)
      return reply.code(status).send({ error: message })
    }
    if (status === 413) return reply.code(413).send(errorBody(refusal('tooLarge')))
    if (status < 500) return reply.code(400).send(errorBody(new ZoomRefusal(400, 300, message)))
    request.log.error(error)
    return reply.code(500).send(errorBody(refusal('internal')))
  })

  const authentication = new Authentication(store)
  await app.register((zoom, _options, done) => {
    readBodies(zoom)
    registerOperations(zoom, operations, {
      store,
      authentication,
      responses: new FaultResponses(app, clock)
    })
    done()
  })
  await app.register((zoom, _options, done) => {
    zoom.removeAllContentTypeParsers()
    zoom.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body)
    )
    zoom.register(oauth, { store })
    done()
  })
  await app.register(downloads, { store, authentication })
  await app.register(control, {
    product: 'zoom',
    clock,
    resetBody: WorldSeed,
    findWorld: name => store.get(name ?? store.defaultName),
    reset: (name, body) => resetWorld(store, name ?? store.defaultName, body),
    snapshots: snapshotOptions(store, options.snapshots)
  })
  await app.register(roomControl, { world })
  await app.register(webhookControl, { world, challenges })

  return {
    app,
    clock,
    store,
    world,
    challenges,
    save,
    restore,
    saveTo: async (file, accountId) => {
      await writeSnapshotFile(file, await save(accountId))
    },
    restoreFrom: async (file, told) => restore(await readSnapshotFile(file), told),
    close: async () => {
      clock.stop()
      await sender.close()
      await app.close()
    }
  }
}

/** Whatever it is called, it is read as JSON. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') {
      done(null, undefined)
      return
    }
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(refusal('notJson'), undefined)
    }
  })
}

function noWorld(accountId: string): string {
  return `no world "${accountId}": POST /_mock/reset with the header X-Mock-World creates one`
}

/** What the router cannot read leads nowhere, as any other path that is not known. */
function refusePath(url: string, reply: FastifyReply): void {
  const message = `${url} is no path`
  void reply
    .code(404)
    .send(url.startsWith('/_mock/') ? { error: message } : errorBody(refusal('unknownEndpoint')))
}

function statusCodeOf(error: unknown): number {
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode
  }
  return 500
}

/** Before it listens there is nothing to fetch from, and the port is 0. */
function ownUrl(app: FastifyInstance): string {
  const [address] = app.addresses()
  return `http://127.0.0.1:${typeof address === 'object' ? address.port : 0}`
}
