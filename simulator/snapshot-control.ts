import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { FastifyRequest } from 'fastify'

import { ControlRefusal } from './control-refusal.ts'
import {
  mostBytes,
  readSnapshotFile,
  readSnapshotText,
  snapshotPath,
  snapshotText,
  writeSnapshotFile
} from './snapshot-files.ts'

/*
 * A world as a file: GET gives it, POST takes it up, PUT writes it into the directory that the mock was given.
 * What is in it, and whether it can be taken up, is the mock's affair.
 */

export interface SnapshotOptions {
  /** Settles when nothing is in flight. */
  save: (worldName: string) => Promise<object>
  /** Into the world in the request's header, if one is named. Refuses what it cannot take up. */
  restore: (
    worldName: string | undefined,
    snapshot: unknown,
    options: Readonly<Record<string, unknown>>
  ) => Promise<unknown>
  /** What `restore` can be told beside the snapshot: an object of optional booleans. */
  restoreOptions: TSchema
  /** Where files lie that are named in requests. Nowhere, when absent. */
  directory?: string | undefined
}

export const snapshotControl: FastifyPluginAsyncTypebox<
  SnapshotOptions & {
    worldOf: (request: FastifyRequest) => { readonly name: string }
    nameIn: (headers: Record<string, unknown>) => string | undefined
  }
> = async (app, options) => {
  // Whatever it is called, it is read here: as large as it is, and with words for what is wrong.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: mostBytes },
    (_request, body, done) => done(null, body)
  )

  const fileNamed = (name: string): string => {
    const { directory } = options
    if (directory === undefined) {
      throw new ControlRefusal(409, 'the mock was given no directory of snapshots: MOCK_SNAPSHOTS')
    }
    return snapshotPath(directory, name)
  }

  app.get('/_mock/snapshot', async (request, reply) => {
    const snapshot = await options.save(options.worldOf(request).name)
    return reply
      .type('application/json; charset=utf-8')
      .send(sensibly(() => snapshotText(snapshot)))
  })

  app.put('/_mock/snapshot', { bodyLimit: 10_000 }, async (request, reply) => {
    const body = sensibly(() => bodyOf(request.body))
    if (!isFile(body)) throw new ControlRefusal(400, 'the body names a file: {"file":"snow"}')
    const file = sensibly(() => fileNamed(body.file))
    const snapshot = await options.save(options.worldOf(request).name)
    const bytes = await writeSnapshotFile(file, snapshot)
    return reply.code(201).send({ file: body.file, bytes })
  })

  app.route({
    method: 'POST',
    url: '/_mock/snapshot',
    bodyLimit: mostBytes,
    schema: { querystring: options.restoreOptions },
    handler: async request => {
      const body = sensibly(() => bodyOf(request.body))
      const name = options.nameIn(request.headers)
      const query = isRecord(request.query) ? request.query : {}
      if (!isFile(body)) return options.restore(name, body, query)
      const { file, ...told } = body
      if (!Value.Check(options.restoreOptions, told)) {
        const first = Value.Errors(options.restoreOptions, told).First()
        throw new ControlRefusal(400, `${first?.path ?? 'body'}: ${first?.message ?? 'unknown'}`)
      }
      const path = sensibly(() => fileNamed(file))
      return options.restore(name, await readSnapshotFile(path).catch(refuse), {
        ...query,
        ...told
      })
    }
  })
}

const NamedFile = Type.Object({ file: Type.String(), format: Type.Optional(Type.Undefined()) })

function isFile(body: unknown): body is { file: string; [option: string]: unknown } {
  return Value.Check(NamedFile, body)
}

function bodyOf(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new ControlRefusal(400, 'the body is a snapshot, or names a file: {"file":"snow"}')
  }
  return readSnapshotText(body)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function refuse(error: unknown): never {
  throw error instanceof RangeError ? new ControlRefusal(400, error.message) : error
}

function sensibly<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    return refuse(error)
  }
}
