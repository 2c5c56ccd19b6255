import { sql } from 'kysely'
import type { Config } from '../../config.ts'
import type { Database } from '../../platform/database.ts'
import { callTwiml } from '../../telephony/call-twiml.ts'
import { callUrls } from '../provider-callbacks/call-urls.ts'
import { isMachine, progress, type ConferenceStatus } from './lifecycle.ts'

/** What the provider asks when somebody picked up as moderator, and when what they were connected to is over. */
export interface ModeratorQuestion {
  conferenceUuid: string | undefined
  callUuid: string | undefined
  isOver: boolean
  answeredBy: string
}

const hangUp = callTwiml([{ hangUp: true }])
const tooLate = callTwiml([{ say: 'This call is over. Goodbye.' }, { hangUp: true }])

/** A person is put into the conference; a machine is hung up on. */
export async function answerModerator(
  { database, config }: { database: Database; config: Pick<Config, 'PUBLIC_URL' | 'RECORD_CALLS'> },
  { conferenceUuid, callUuid, isOver, answeredBy }: ModeratorQuestion
): Promise<string> {
  if (isOver || isMachine(answeredBy === '' ? null : answeredBy)) return hangUp
  if (conferenceUuid === undefined) return hangUp
  const { rows } = await sql<{ internal_status: ConferenceStatus; call_uuid: string }>`
    select f.internal_status, k.uuid as call_uuid
    from conference_calls f join calls k on k.conference_call_id = f.id and k.kind = 'moderator'
    where f.uuid = ${conferenceUuid}`.execute(database.sql)
  const [conference] = rows
  if (conference === undefined || (callUuid !== undefined && callUuid !== conference.call_uuid))
    return hangUp
  if (progress[conference.internal_status] >= progress.ending) return tooLate
  const urls = callUrls(config.PUBLIC_URL)
  return callTwiml([
    {
      dialConference: {
        name: conferenceUuid,
        label: conference.call_uuid,
        action: urls.next(conference.call_uuid),
        startsIt: true,
        // Nobody stays behind in a conference without its moderator.
        endsIt: true,
        statusCallback: urls.conference(conferenceUuid),
        recordingCallback: config.RECORD_CALLS ? urls.recording(conference.call_uuid) : undefined
      }
    }
  ])
}
