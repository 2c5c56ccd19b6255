import { sql } from 'kysely'
import type { Database } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import { menuTwiml, speechTwiml, type Speech } from '../../telephony/twiml.ts'
import { voiceUrl } from './call-channel.ts'

/** What the provider asks in a call with an announcement number. */
export interface CallQuestion {
  /** Of the message that the call is about; unknown when a person calls us. */
  messageUuid: string | undefined
  from: string
  to: string
  /** What was pressed, if anything. */
  digits: string
  /** human, machine_end_beep and so on; '' when nobody looked. */
  answeredBy: string
}

export const optOutKey = '9'
const repeatKey = '1'
const listeningSeconds = 6

const menu: Speech = {
  say: `Press ${repeatKey} to hear this again, or ${optOutKey} to receive no more announcements.`
}
const farewell: Speech = { say: 'You will receive no more announcements. Goodbye.' }
const nothingToSay: Speech = {
  say: 'This number only makes announcements, and there is none for you at this time. Goodbye.'
}

interface Spoken {
  uuid: string
  message_body: string
  media_urls: string
  voice: string | null
  language: string | null
}

/**
 * What is to happen in a call, as TwiML. A person hears the message and may press a key; a voicemail hears it
 * once. Who calls an announcement number hears the last announcement that they were sent from there.
 */
export async function answerCall(
  { database, publicUrl }: { database: Database; publicUrl: string },
  question: CallQuestion
): Promise<string> {
  const { messageUuid, digits, answeredBy } = question
  const found =
    messageUuid !== undefined && isUuid(messageUuid)
      ? await findMessage(database, messageUuid.toLowerCase())
      : await findLastMessage(database, question)
  if (!found) return speechTwiml([nothingToSay])
  if (digits === optOutKey) return speechTwiml([farewell])
  const message = speechOf(found)
  if (answeredBy.startsWith('machine') || answeredBy === 'fax') return speechTwiml([message])
  const parts = digits === '' || digits === repeatKey ? [message, menu] : [menu]
  return menuTwiml(parts, {
    action: voiceUrl(publicUrl, found.uuid),
    timeoutSeconds: listeningSeconds
  })
}

function speechOf({ message_body, media_urls, voice, language }: Spoken): Speech {
  const [recording]: string[] = JSON.parse(media_urls)
  return recording === undefined ? { say: message_body, voice, language } : { play: recording }
}

async function findMessage(database: Database, uuid: string): Promise<Spoken | undefined> {
  const { rows } = await sql<Spoken>`
    select m.uuid, m.message_body, m.media_urls, a.voice, a.language
    from messages m join announcements a on a.id = m.announcement_id
    where m.uuid = ${uuid}`.execute(database.sql)
  return rows[0]
}

/** Pictures that came with a text are nothing to be played. */
async function findLastMessage(
  database: Database,
  { from, to }: CallQuestion
): Promise<Spoken | undefined> {
  const { rows } = await sql<Spoken>`
    select m.uuid, m.message_body, a.voice, a.language,
      case when m.message_type = 'voice' then m.media_urls else '[]' end as media_urls
    from messages m join announcements a on a.id = m.announcement_id
    where m.bearer_id in (
        select s.bearer_id from provider_numbers n join messaging_services s on s.id = n.messaging_service_id
          where n.number = ${to}
        union select b.id from bearers b where b.bearer_type = 'Admin'
      )
      and m.sender_number = ${to} and m.receiver_number = ${from} and m.message_sid is not null
    order by m.id desc limit 1`.execute(database.sql)
  return rows[0]
}
