import { rfc2822 } from '../dates.ts'
import { recordingPath, recordingSeconds } from '../resources/recording.ts'
import { transcriptionPath } from '../resources/transcription.ts'
import { callParameters } from '../voice/call-parameters.ts'
import type {
  RecordingCallback,
  RecordingCallbackEvent,
  RecordingRecord,
  TranscriptionRecord
} from '../voice/recording-record.ts'
import type { World } from '../world.ts'
import type { FormParameter } from './signature.ts'
import type { StatusCallback } from './status-callback.ts'

/**
 * One callback about a recording.
 * https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback
 */
export function recordingCallback(
  world: World,
  recording: RecordingRecord,
  event: RecordingCallbackEvent,
  { url, method }: RecordingCallback,
  mediaBaseUrl: string
): StatusCallback {
  const { sid, callSid, conferenceSid } = recording
  const parameters: FormParameter[] = [
    ['AccountSid', world.accountSid],
    // A conference's recording is of nobody in particular.
    conferenceSid === null ? ['CallSid', callSid] : ['ConferenceSid', conferenceSid],
    ['ErrorCode', String(recording.errorCode ?? 0)],
    ['RecordingChannels', String(recording.channels)],
    ['RecordingSid', sid],
    ['RecordingSource', recording.source],
    ['RecordingStartTime', rfc2822(recording.startTime)],
    ['RecordingStatus', event],
    ['RecordingTrack', recording.track]
  ]
  if (event === 'completed') {
    parameters.push(
      ['RecordingDuration', String(recordingSeconds(recording))],
      ['RecordingUrl', mediaBaseUrl + recordingPath(world, sid)]
    )
  }
  const call = world.calls.find(callSid)
  return {
    sid,
    to: call?.to ?? '',
    from: call?.from ?? null,
    status: event,
    url,
    method,
    parameters,
    isForged: false,
    requestId: recording.requestId
  }
}

/**
 * The callback about a transcription.
 * https://www.twilio.com/docs/voice/twiml/record#transcribecallback
 */
export function transcriptionCallback(
  world: World,
  transcription: TranscriptionRecord,
  { url, method }: { url: string; method: 'GET' | 'POST' },
  mediaBaseUrl: string
): StatusCallback {
  const { sid, status, text, callSid, recordingSid } = transcription
  const call = world.calls.find(callSid)
  const about: FormParameter[] =
    call === undefined
      ? [
          ['AccountSid', world.accountSid],
          ['ApiVersion', '2010-04-01'],
          ['CallSid', callSid]
        ]
      : callParameters(world, call)
  return {
    sid,
    to: call?.to ?? '',
    from: call?.from ?? null,
    status,
    url,
    method,
    parameters: [
      ...about,
      ['RecordingSid', recordingSid],
      ['RecordingUrl', mediaBaseUrl + recordingPath(world, recordingSid)],
      ['TranscriptionSid', sid],
      ['TranscriptionStatus', status],
      ['TranscriptionText', text ?? ''],
      ['TranscriptionType', 'fast'],
      ['TranscriptionUrl', mediaBaseUrl + transcriptionPath(world, sid)]
    ],
    isForged: false,
    requestId: null
  }
}
