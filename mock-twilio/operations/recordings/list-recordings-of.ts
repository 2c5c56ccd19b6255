import type { Call, Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import { callRecordingResource, conferenceRecordingResource } from '../../resources/recording.ts'
import type { RecordingRecord } from '../../voice/recording-record.ts'
import type { World } from '../../world.ts'
import { dateFilter } from '../messages/date-filter.ts'
import { isOf, isThere, readOwner, type Owner } from './find-recording.ts'

export const listCallRecordings: Operation = {
  name: 'list-call-recordings',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Recordings.json',
  status: 200,
  handle: asked => listOf(asked, 'call', callRecordingResource)
}

export const listConferenceRecordings: Operation = {
  name: 'list-conference-recordings',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Recordings.json',
  status: 200,
  handle: asked => listOf(asked, 'conference', conferenceRecordingResource)
}

function listOf(
  asked: Call,
  owner: Owner,
  show: (world: World, recording: RecordingRecord) => Record<string, unknown>
): Record<string, unknown> {
  const { world, query, path } = asked
  const ownerSid = readOwner(asked, owner)
  const isInTime = dateFilter(query, 'DateCreated')
  const isMeant = (recording: RecordingRecord): boolean =>
    isOf(recording, owner, ownerSid) &&
    isThere(recording, world.now(), false) &&
    isInTime(recording.dateCreated)
  const page = takePage(
    pageRequest(query),
    before => world.recordings.newestFirst(before).filter(isMeant),
    recording => recording.seq
  )
  return envelope('recordings', path, query, page, recording => show(world, recording))
}
