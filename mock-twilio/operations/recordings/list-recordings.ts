import { flag, text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import { recordingResource } from '../../resources/recording.ts'
import type { RecordingRecord } from '../../voice/recording-record.ts'
import { dateFilter } from '../messages/date-filter.ts'
import { isThere } from './find-recording.ts'

/** Newest first. */
export const listRecordings: Operation = {
  name: 'list-recordings',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Recordings.json',
  status: 200,
  handle: ({ world, query, path, services }) => {
    const callSid = text(query, 'CallSid') || undefined
    const conferenceSid = text(query, 'ConferenceSid') || undefined
    const withDeleted = flag(query, 'IncludeSoftDeleted') ?? false
    const isInTime = dateFilter(query, 'DateCreated')
    const isMeant = (recording: RecordingRecord): boolean =>
      (callSid === undefined || recording.callSid === callSid) &&
      (conferenceSid === undefined || recording.conferenceSid === conferenceSid) &&
      isThere(recording, world.now(), withDeleted) &&
      isInTime(recording.dateCreated)
    const page = takePage(
      pageRequest(query),
      before => world.recordings.newestFirst(before).filter(isMeant),
      recording => recording.seq
    )
    const { mediaBaseUrl } = services.recordings
    return envelope('recordings', path, query, page, recording =>
      recordingResource(world, recording, mediaBaseUrl)
    )
  }
}
