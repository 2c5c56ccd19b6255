import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { examples } from '../../examples.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import { isUuid } from '../../platform/ids.ts'
import type { Storage } from '../../platform/storage.ts'
import { callFields, type CallRow, fromCalls, linkToRecording, presentCall } from './call-row.ts'
import { Call, RecordingUrl } from './schemas.ts'

const tags = ['Calls']
const params = Type.Object({
  uuid: Type.String({ description: "The call's `uuid`.", examples: [examples.callUuid] })
})

/** Calls of every kind: from browsers, return calls, and the legs of conference calls. */
export const callRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; storage: Storage }
}> = async (app, { deps: { database, storage } }) => {
  app.get(
    '/calls/:uuid',
    {
      schema: {
        summary: 'Retrieve a call',
        description: 'A call from a browser, a return call, or a leg of a conference call.',
        tags,
        params,
        response: { 200: Call, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params: { uuid }, bearer }) => presentCall(storage, await findCall(bearer.id, uuid))
  )

  app.get(
    '/calls/:uuid/recording_url',
    {
      schema: {
        summary: 'Retrieve a recording URL',
        description: 'A fresh link, good for 12 hours; empty when the call has no recording.',
        tags,
        params,
        response: { 200: RecordingUrl, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params: { uuid }, bearer }) => {
      const call = await findCall(bearer.id, uuid)
      return { recording_url: await linkToRecording(storage, call.recording_key) }
    }
  )

  async function findCall(bearerId: number, uuid: string): Promise<CallRow> {
    const { rows } = isUuid(uuid)
      ? await sql<CallRow>`select ${callFields} ${fromCalls}
          where k.uuid = ${uuid.toLowerCase()} and k.bearer_id = ${bearerId}`.execute(database.sql)
      : { rows: [] }
    const [row] = rows
    if (!row) throw new errors.notFound('There is no such call.')
    return row
  }
}
