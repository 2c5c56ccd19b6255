import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import { NumericId } from '../../platform/schemas.ts'
import type { Storage } from '../../platform/storage.ts'
import { Voicemail } from './schemas.ts'
import {
  fromVoicemails,
  presentVoicemail,
  voicemailFields,
  type VoicemailRow
} from './voicemail-row.ts'

/** What callers left after the tone. */
export const voicemailRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; storage: Storage }
}> = async (app, { deps: { database, storage } }) => {
  app.get(
    '/voicemails/:id',
    {
      schema: {
        summary: 'Retrieve a voicemail',
        description: 'With a fresh link to its recording, good for 24 hours.',
        tags: ['SDK calls'],
        params: NumericId,
        response: { 200: Voicemail, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params, bearer }) => {
      const { rows } = await sql<VoicemailRow>`
        select ${voicemailFields} ${fromVoicemails}
        where v.id = ${params.id} and v.bearer_id = ${bearer.id}`.execute(database.sql)
      const [row] = rows
      if (!row) throw new errors.notFound('There is no such voicemail.')
      return presentVoicemail(storage, row)
    }
  )
}
