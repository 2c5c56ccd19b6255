import { sql } from 'kysely'
import type { CurrentBearer } from '../../platform/access.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { type ErrorDetail, errors, invalidValues } from '../../platform/errors.ts'
import type { Queue } from '../../platform/queue.ts'
import { sha256 } from '../../platform/secrets.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import { isUuid } from '../../platform/ids.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { messageNews } from './message-news.ts'
import { fromMessages, messageFields, type MessageRow, presentMessage } from './message-row.ts'
import type { Message, StoreMediaCopies } from './schemas.ts'

/**
 * Takes over where our own copies of a message's media lie, and tells the client. The same report twice is
 * one event. A worker that copies the media of all bearers has the key of an Admin.
 *
 * @throws 404 for a message that is absent or another bearer's; 422 naming each URL at fault
 */
export async function storeMediaCopies(
  deps: { database: Database; queue: Queue; clock: Clock },
  bearer: CurrentBearer,
  { message_uuid: uuid, media_file_urls: urls }: StoreMediaCopies
): Promise<Message> {
  const problems = urls.flatMap((url, place): ErrorDetail[] => {
    const problem = httpUrlProblem(url)
    return problem === undefined ? [] : [{ field: `media_file_urls[${place}]`, message: problem }]
  })
  if (problems.length > 0) throw invalidValues(problems)

  return deps.database.transaction(async tx => {
    const { rows } = isUuid(uuid)
      ? await sql<MessageRow>`select ${messageFields} ${fromMessages}
          where m.uuid = ${uuid} and ${mayReport(bearer)} ${deps.database.locking('for update of m')}`.execute(
          tx.sql
        )
      : { rows: [] }
    const [found] = rows
    if (!found) throw new errors.notFound('There is no such message.')
    const now = deps.clock.now()
    const row = { ...found, media_file_urls: JSON.stringify(urls), updated_at: now }
    await sql`update messages set media_file_urls = ${row.media_file_urls}, updated_at = ${now}
      where id = ${row.id}`.execute(tx.sql)
    await emitEvents(
      deps,
      tx,
      messageNews(row, 'messages.message.images_lambda', sha256(row.media_file_urls)),
      now
    )
    return presentMessage(row)
  })
}

const mayReport = (bearer: CurrentBearer) =>
  bearer.type === 'Admin' ? sql`true` : sql`m.bearer_id = ${bearer.id}`
