import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import type { Database } from '../../platform/database.ts'
import { callTwiml } from '../../telephony/call-twiml.ts'

/** What a participant is welcomed with: the words of the request, of the conversation, or the configured ones. */
export async function answerWelcome(
  { database, config }: { database: Database; config: Pick<Config, 'WELCOME_MESSAGE'> },
  callUuid: string | undefined
): Promise<string> {
  if (callUuid === undefined) return callTwiml([])
  const { rows } = await sql<{ words: string | null }>`
    select coalesce(f.welcome_message, c.welcome_message) as words
    from calls k left join conference_calls f on f.id = k.conference_call_id
      left join conversations c on c.id = k.conversation_id
    where k.uuid = ${callUuid}`.execute(database.sql)
  const [call] = rows
  const words = call === undefined ? '' : (call.words ?? config.WELCOME_MESSAGE)
  return callTwiml(words === '' ? [] : [{ say: words }])
}
