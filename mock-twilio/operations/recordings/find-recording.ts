import { refusal } from '../../errors.ts'
import { flag } from '../../forms.ts'
import { isRunning } from '../../lifecycles/recording.ts'
import type { Call } from '../../operation.ts'
import type { RecordingRecord } from '../../voice/recording-record.ts'

/** What is known of a deleted recording stays for 40 days: https://www.twilio.com/docs/voice/api/recording */
const keptMs = 40 * 86_400_000

export function isThere(recording: RecordingRecord, now: number, withDeleted: boolean): boolean {
  if (recording.status !== 'deleted') return true
  return withDeleted && now - recording.dateUpdated < keptMs
}

/** Of the account, whatever was recorded. */
export function findRecording(asked: Call): RecordingRecord {
  const { world, params, query, path } = asked
  const recording = world.recordings.find(params['Sid'] ?? '')
  const withDeleted = flag(query, 'IncludeSoftDeleted') ?? false
  if (recording === undefined || !isThere(recording, world.now(), withDeleted)) {
    throw refusal(20404, path)
  }
  return recording
}

export type Owner = 'call' | 'conference'

export function isOf(recording: RecordingRecord, owner: Owner, sid: string): boolean {
  return owner === 'conference'
    ? recording.conferenceSid === sid
    : recording.conferenceSid === null && recording.callSid === sid
}

/** The sid of the call or the conference in the path, which is there. */
export function readOwner(asked: Call, owner: Owner): string {
  const { world, params, path } = asked
  const sid = params[owner === 'call' ? 'CallSid' : 'ConferenceSid'] ?? ''
  const found = owner === 'call' ? world.calls.find(sid) : world.conferences.find(sid)
  if (found === undefined) throw refusal(20404, path)
  return sid
}

/** Of one call or conference. Twilio.CURRENT stands for the newest that runs. */
export function findRecordingOf(asked: Call, owner: Owner): RecordingRecord {
  const { world, params, path } = asked
  const ownerSid = readOwner(asked, owner)
  const { Sid: sid = '' } = params
  const recording =
    sid === 'Twilio.CURRENT'
      ? [...world.recordings.open()].findLast(
          other => isOf(other, owner, ownerSid) && isRunning(other.status)
        )
      : world.recordings.find(sid)
  if (recording === undefined || recording.status === 'deleted') throw refusal(20404, path)
  if (!isOf(recording, owner, ownerSid)) throw refusal(20404, path)
  return recording
}
