import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { examples } from '../../examples.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, type ErrorDetail, errors, invalidValues } from '../../platform/errors.ts'
import { isUuid } from '../../platform/ids.ts'
import type { Queue } from '../../platform/queue.ts'
import { Deleted, PageQuery } from '../../platform/schemas.ts'
import { parsePhoneNumber } from '../../telephony/phone-number.ts'
import type { UsageGuard } from '../usage-limits/usage-guard.ts'
import { createMessageAcceptance } from './accept-messages.ts'
import { cancelMessage } from './cancel-message.ts'
import { checkMessage } from './check-message.ts'
import { fromMessages, messageFields, type MessageRow, presentMessage } from './message-row.ts'
import { CreateMessage, ListMessagesBody, Message, StoreMediaCopies } from './schemas.ts'
import { storeMediaCopies } from './store-media-copies.ts'

const tags = ['Messages']
const MessageUuid = Type.Object({
  uuid: Type.String({
    description: "The message's `message_uuid`.",
    examples: [examples.messageUuid]
  })
})

/** Messages: sent now or later, read, listed, and called back while they wait. */
export const messageRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; queue: Queue; clock: Clock; guard: UsageGuard }
  config: Pick<Config, 'SMS_TO_MMS_RULE' | 'LOOKUP_BEFORE_FIRST_SMS'>
}> = async (app, { deps, config }) => {
  const acceptance = createMessageAcceptance({ ...deps, idempotency: app.idempotency })
  app.addHook('onClose', () => acceptance.drain())

  app.post(
    '/messages',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a message',
        description:
          'Accepted durably, sent at once or at `send_at`. An SMS with media, or with more than 160 characters, goes out as MMS.',
        tags,
        body: CreateMessage,
        response: { 201: Message, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ body, bearer, idempotency }, reply) => {
      const message = checkMessage(body, bearer, config, deps.clock.now())
      return reply.code(201).send(await acceptance.submit({ message, idempotency }))
    }
  )

  app.post(
    '/messages/images_lambda',
    {
      schema: {
        summary: "Report stored copies of a message's media",
        description:
          'For the worker that copies MMS media, with the key of the bearer or of an Admin; raises `messages.message.images_lambda`.',
        tags,
        body: StoreMediaCopies,
        response: { 200: Message, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    ({ body, bearer }) => storeMediaCopies(deps, bearer, body)
  )

  app.get(
    '/messages/:uuid',
    {
      schema: {
        summary: 'Retrieve a message',
        tags,
        params: MessageUuid,
        response: { 200: Message, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params, bearer }) => {
      const { rows } = isUuid(params.uuid)
        ? await sql<MessageRow>`select ${messageFields} ${fromMessages}
            where m.uuid = ${params.uuid} and m.bearer_id = ${bearer.id}`.execute(deps.database.sql)
        : { rows: [] }
      const [row] = rows
      if (!row) throw new errors.notFound('There is no such message.')
      return presentMessage(row)
    }
  )

  app.delete(
    '/messages/:uuid',
    {
      schema: {
        summary: 'Cancel a scheduled message',
        description: 'Refused with 409 once the message no longer waits for its time.',
        tags,
        params: MessageUuid,
        response: { 200: Deleted, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody }
      }
    },
    async ({ params, bearer }) => {
      await cancelMessage(deps, bearer.id, params.uuid)
      return {}
    }
  )

  app.get(
    '/messages',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'List messages between two numbers',
        description:
          'Newest first. The numbers stand in the query or in a JSON body. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags,
        querystring: Type.Object({ ...ListMessagesBody.properties, ...PageQuery }),
        body: Type.Optional(Type.Union([ListMessagesBody, Type.Null()])),
        response: { 200: Type.Array(Message), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query, body, bearer }, reply) => {
      const { from, to } = checkedPair(query.from ?? body?.from, query.to ?? body?.to)
      const limit = query.limit ?? 100
      const before = decodeCursor(query.cursor)
      const { rows } = await sql<MessageRow>`
        select ${messageFields} ${fromMessages}
        where m.bearer_id = ${bearer.id} and m.announcement_id is null and m.sender_number = ${from} and m.receiver_number = ${to}
          ${before === undefined ? sql`` : sql`and m.id < ${before}`}
        order by m.id desc limit ${limit + 1}`.execute(deps.database.sql)
      const { page, next } = pageOf(rows, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return page.map(presentMessage)
    }
  )
}

function checkedPair(
  from: string | undefined,
  to: string | undefined
): { from: string; to: string } {
  const problems: ErrorDetail[] = []
  for (const [field, number] of Object.entries({ from, to })) {
    if (number === undefined) {
      problems.push({ field, message: 'is required, in the query or in a JSON body' })
      continue
    }
    const result = parsePhoneNumber(number)
    if (!result.ok) problems.push({ field, message: result.reason })
  }
  if (problems.length > 0 || from === undefined || to === undefined) throw invalidValues(problems)
  return { from, to }
}
