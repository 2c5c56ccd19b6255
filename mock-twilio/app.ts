import formbody from '@fastify/formbody'
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
import { readSnapshotFile, writeSnapshotFile } from '../simulator/snapshot-files.ts'
import { internalUrl, pathOnHost } from './addressing.ts'
import { Authentication } from './authentication.ts'
import { StatusCallbacks } from './callbacks/status-callback.ts'
import { Calls } from './voice/calls.ts'
import { Conferences } from './voice/conferences.ts'
import { recorderOf } from './voice/recorder.ts'
import { Recordings } from './voice/recordings.ts'
import { Delivery, messageStep } from './carrier/delivery.ts'
import { handleHandsetPlans } from './carrier/handsets.ts'
import { InboundMessages } from './carrier/inbound.ts'
import { outageStep } from './carrier/outages.ts'
import { handleReviews } from './compliance/reviews.ts'
import { callbackControl } from './control/callbacks.ts'
import { callControl } from './control/calls.ts'
import { handsetControl } from './control/handsets.ts'
import { optOutControl } from './control/opt-outs.ts'
import { outageControl } from './control/outages.ts'
import { queueControl } from './control/queues.ts'
import { recordingControl } from './control/recordings.ts'
import { resetWorld } from './control/reset.ts'
import { developmentAccountSeed } from './development-account.ts'
import { errorBody, refusal, TwilioRefusal } from './errors.ts'
import { addTwilioHeaders, registerOperations } from './operation.ts'
import { operations } from './operations.ts'
import { WorldSeed, type AccountSeed } from './seeds.ts'
import { snapshotOptions } from './control/snapshot.ts'
import { restoreWorld, saveWorld, type RestoreOptions } from './snapshot.ts'
import type { WorldSnapshot } from './snapshot-format.ts'
import { sharedValidators } from './shared-validators.ts'
import { Store } from './store.ts'
import type { World } from './world.ts'

export interface MockTwilioOptions {
  clock?: VirtualClock
  /** Of all chance, in every world that has no seed of its own. */
  seed?: string
  logger?: boolean | object
  /** The worlds there are from the beginning; the first is the default one. */
  accounts?: readonly AccountSeed[]
  /** Where inbound media are said to lie. The address that the mock listens on, when absent. */
  hostedMediaBaseUrl?: string
  /** How many messages, and how many journal entries, a world keeps. */
  retention?: number
  /** Keep the journal's digest even of entries that are dropped. */
  digest?: boolean
  /** How many callbacks are in flight at once. */
  callbackConcurrency?: number
  /** The application, when it lives in this process: callbacks and inbound texts go there and open no socket. */
  transport?: CallbackTransport
  /** The directory of the files that snapshots are written to and read from by name, over the control API. */
  snapshots?: string
}

export interface MockTwilio {
  app: FastifyInstance
  clock: VirtualClock
  store: Store
  /** The world of this account, or the default one. */
  world: (accountSid?: string) => World
  /** A person sends a text; settles when the application has answered. */
  inbound: InboundMessages
  /** All of a world, the default one when none is named, once nothing is in flight. */
  save: (accountSid?: string) => Promise<WorldSnapshot>
  /** Refuses what is no snapshot, and has changed nothing then. */
  restore: (snapshot: unknown, options?: RestoreOptions) => Promise<World>
  saveTo: (file: string, accountSid?: string) => Promise<void>
  restoreFrom: (file: string, options?: RestoreOptions) => Promise<World>
  /** Calls, and what people do in them. */
  calls: Calls
  recordings: Recordings
  conferences: Conferences
  close: () => Promise<void>
}

export async function createMockTwilio(options: MockTwilioOptions = {}): Promise<MockTwilio> {
  const { clock = new VirtualClock(), seed = 'mock-twilio', retention = 100_000 } = options
  const accounts = options.accounts ?? [developmentAccountSeed()]
  const store = new Store({ clock, seed, retention, digest: options.digest }, accounts)
  const sender =
    options.transport === undefined
      ? new NetworkCallbackSender({ concurrency: options.callbackConcurrency ?? 64 })
      : inProcessCallbackSender(options.transport)
  const complianceCallbacks = handleReviews(store.planned, sender)
  const callbacks = new StatusCallbacks(sender, store.planned)
  const delivery = new Delivery(callbacks)
  const mediaBaseUrl = () => options.hostedMediaBaseUrl ?? ownUrl(app)
  const recordings = new Recordings(callbacks, store.planned, mediaBaseUrl)
  const conferences = new Conferences({
    callbacks,
    sender,
    planned: store.planned,
    recordings,
    legs: {
      leftRoom: (world, call) => calls.leaveRoom(world, call),
      drop: (world, call) => calls.drop(world, call),
      hear: (world, call, how, what, ms) => calls.hear(world, call, how, what, ms)
    }
  })
  const calls = new Calls(sender, callbacks, store.planned, {
    recorder: recorderOf(recordings),
    rooms: conferences
  })
  calls.whenOver((world, call) => conferences.callEnded(world, call))
  calls.whenOver((world, call) => recordings.endAllOf(world, { callSid: call.sid }))
  store.planned.on(messageStep, (world, plan) => delivery.takeStep(world, plan))
  store.planned.on(outageStep, (world, plan) => delivery.takeOutageStep(world, plan))
  const app = fastify({
    logger: options.logger ?? false,
    // The journal tells what was asked; the log is for what went wrong.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 16 * 1024 * 1024,
    routerOptions: { maxParamLength: 200 },
    rewriteUrl: ({ url = '/', headers }) => internalUrl(url, headers.host),
    frameworkErrors: ({ message }, { url }, reply) => refusePath(url, message, reply)
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(await sharedValidators())
  const inbound = new InboundMessages({
    sender,
    delivery,
    mediaBaseUrl
  })
  handleHandsetPlans(store.planned, (where, text) => inbound.receive(where, text))
  const save = (accountSid = store.defaultName) => saveWorld(store, accountSid)
  const restore = (snapshot: unknown, told?: RestoreOptions) => restoreWorld(store, snapshot, told)
  const world = (accountSid = store.defaultName): World => {
    const found = store.get(accountSid)
    if (found === undefined) throw new ControlRefusal(404, noWorld(accountSid))
    return found
  }

  app.setNotFoundHandler(request => {
    const path = pathOnHost(request.url)
    const [, accountSid] = /\/Accounts\/(AC[0-9a-fA-F]{32})/.exec(path) ?? []
    const where = store.get(accountSid ?? store.defaultName) ?? store.get(store.defaultName)
    where?.journal.append({ kind: 'request.unknown', method: request.method, path })
    request.log.warn({ method: request.method, path }, 'no such operation here')
    throw refusal(20404, path)
  })

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof TwilioRefusal) {
      if (error.status === 401) reply.header('WWW-Authenticate', 'Basic realm="Twilio API"')
      return reply.code(error.status).send(errorBody(error))
    }
    const status = statusCodeOf(error)
    const message = error instanceof Error ? error.message : String(error)
    if (request.url.startsWith('/_mock/')) {
      if (status >= 500) request.log.error(error)
      return reply.code(status).send({ error: message })
    }
    if (status < 500) {
      return reply.code(status).send(errorBody(new TwilioRefusal(20001, status, message)))
    }
    request.log.error(error)
    return reply.code(500).send(errorBody(refusal(20500)))
  })

  await app.register(formbody)
  addTwilioHeaders(app, seed)
  registerOperations(app, operations, {
    services: { store, delivery, calls, recordings, conferences },
    authentication: new Authentication(store),
    responses: new FaultResponses(app, clock)
  })
  await app.register(control, {
    product: 'twilio',
    clock,
    resetBody: WorldSeed,
    findWorld: name => store.get(name ?? store.defaultName),
    reset: (name, body) => resetWorld(store, name ?? store.defaultName, body),
    snapshots: snapshotOptions(store, options.snapshots)
  })
  await app.register(handsetControl, { world, inbound })
  await app.register(callControl, { world, calls })
  await app.register(optOutControl, { world })
  await app.register(queueControl, { world })
  await app.register(outageControl, { world })
  await app.register(recordingControl, { world, recordings })
  await app.register(callbackControl, { world, callbacks, complianceCallbacks, recordings })

  return {
    app,
    clock,
    store,
    world,
    inbound,
    save,
    restore,
    saveTo: async (file, accountSid) => {
      await writeSnapshotFile(file, await save(accountSid))
    },
    restoreFrom: async (file, told) => restore(await readSnapshotFile(file), told),
    calls,
    recordings,
    conferences,
    close: async () => {
      clock.stop()
      await sender.close()
      await app.close()
    }
  }
}

function noWorld(accountSid: string): string {
  return `no world "${accountSid}": POST /_mock/reset with the header X-Mock-World creates one`
}

/** What the router cannot read leads nowhere, as any other path that is not known. */
function refusePath(url: string, message: string, reply: FastifyReply): void {
  void reply
    .code(404)
    .send(url.startsWith('/_mock/') ? { error: message } : errorBody(refusal(20404, url)))
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
