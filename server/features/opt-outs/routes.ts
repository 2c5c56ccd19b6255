import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Clock } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody } from '../../platform/errors.ts'
import { exportOptOuts, listOptOuts, optOutCondition } from './find-opt-outs.ts'
import { importOptOuts } from './import-opt-outs.ts'
import {
  ExportOptOuts,
  ImportedOptOut,
  ListOptOuts,
  OptOutImport,
  OptOutRecord
} from './schemas.ts'

const tags = ['Opt-outs']
const Lines = Type.Unsafe<Readable>(Type.String())

/** A body that is read as it comes. Private, for it is no value whose fields could be checked. */
class StreamedBody {
  readonly #stream: Readable

  constructor(stream: Readable) {
    this.#stream = stream
  }

  get stream(): Readable {
    return this.#stream
  }
}

/** Who wants no more texts from whom: read, taken out and taken over by the administrator. */
export const optOutRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
}> = async (app, { deps }) => {
  const { database } = deps

  app.get(
    '/admin/opt_outs',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'List opt-outs',
        description:
          'Newest first. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags,
        querystring: ListOptOuts,
        response: { 200: Type.Array(OptOutRecord), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query }, reply) => {
      const { limit = 100, cursor, ...filter } = query
      const rows = await listOptOuts(database, optOutCondition(filter), decodeCursor(cursor), limit)
      const { page, next } = pageOf(rows, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return page
    }
  )

  app.get(
    '/admin/opt_outs/export',
    {
      exposeHeadRoute: false,
      config: { access: 'admin' },
      schema: {
        summary: 'Export opt-outs',
        description:
          'All of the filter, oldest first, as a stream: a JSON object a line, or CSV whose first line names the columns. What is exported can be imported.',
        tags,
        querystring: ExportOptOuts,
        response: {
          200: {
            description: 'A line for each opt-out.',
            headers: {
              'content-disposition': { description: 'A name for the file.', type: 'string' }
            },
            content: {
              'application/x-ndjson': { schema: Lines },
              'text/csv': { schema: Lines }
            }
          },
          403: ErrorBody,
          422: ErrorBody
        }
      }
    },
    async ({ query }, reply) => {
      const { format = 'ndjson', ...filter } = query
      const lines = exportOptOuts(database, optOutCondition(filter), format)
      return reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="opt-outs.${format}"`)
        .send(Readable.from(lines))
    }
  )

  await app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      ['application/x-ndjson', 'text/csv'],
      (_request, payload: Readable, done) => done(null, new StreamedBody(payload))
    )
    scope.post(
      '/admin/opt_outs/import',
      {
        config: { access: 'admin', form: ImportedOptOut, lenient: true },
        schema: {
          summary: 'Import opt-outs',
          description:
            'A stream of any length: a JSON object a line, or CSV whose first line names the columns. The later word about a recipient and sender counts, so that an import may be repeated and never undoes what a person said since. Lines that cannot be read are listed, the others are taken over.\n\n```csv\nrecipient_number,sender_key,class,opted_out_at\n+16015550142,MG00000000000000000000000000000001,messages,2026-11-23T10:34:00Z\n```',
          tags,
          consumes: ['application/x-ndjson', 'text/csv'],
          response: { 200: OptOutImport, 403: ErrorBody }
        }
      },
      async ({ body, headers }) =>
        importOptOuts(
          deps,
          body instanceof StreamedBody ? body.stream : Readable.from([]),
          headers['content-type']?.startsWith('text/csv') === true ? 'csv' : 'ndjson'
        )
    )
  })
}
